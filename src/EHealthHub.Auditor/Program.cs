using EHealthHub.Auditor.Composition;

if (!AuditorSettings.TryParse(args, out var settings, out var fault))
{
    await Console.Error.WriteLineAsync(fault).ConfigureAwait(false);
    return 2;
}

try
{
    await using var host = await AuditorHost.Start(settings, configure: null, TimeProvider.System).ConfigureAwait(false);
    await host.WaitForShutdown().ConfigureAwait(false);
    return 0;
}
catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException)
{
    await Console.Error.WriteLineAsync("EHealthHub.Auditor: " + e.Message).ConfigureAwait(false);
    return 1;
}
