using EHealthHub.Operator.Commands;

return await HubCommand.Run(args).ConfigureAwait(false);
