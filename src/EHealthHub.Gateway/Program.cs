using EHealthHub.Gateway.Composition;

if (!GatewaySettings.TryParse(args, out var settings, out var fault))
{
    await Console.Error.WriteLineAsync(fault).ConfigureAwait(false);
    return 2;
}

return await GatewayHost.Run(settings).ConfigureAwait(false);
