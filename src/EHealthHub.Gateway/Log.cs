namespace EHealthHub.Gateway;

/// <summary>All that the gateway writes to its text log. Clinical content cannot be passed to any of these.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Ready on {BaseUrl}, log {Origin} with {Entries} entries; {Orphans} open intents closed", EventName = "Ready")]
    public static partial void Ready(ILogger logger, string baseUrl, string origin, long entries, int orphans);

    [LoggerMessage(2, LogLevel.Information, "Stopped", EventName = "Stopped")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(3, LogLevel.Error, "Unexpected {ExceptionType} at {Place} in request {RequestId}", EventName = "Unexpected")]
    public static partial void Unexpected(ILogger logger, string exceptionType, string place, string requestId);

    [LoggerMessage(4, LogLevel.Error, "The audit log cannot be written: {Reason}. Requests are refused until it can", EventName = "AuditUnavailable")]
    public static partial void AuditUnavailable(ILogger logger, string reason);

    [LoggerMessage(5, LogLevel.Error, "The record store cannot be used: {Reason}. Requests are refused until it can", EventName = "RecordsUnavailable")]
    public static partial void RecordsUnavailable(ILogger logger, string reason);

    [LoggerMessage(6, LogLevel.Warning, "Background work failed with {ExceptionType} at {Place}; it is tried again", EventName = "BackgroundFailed")]
    public static partial void BackgroundFailed(ILogger logger, string exceptionType, string place);

    [LoggerMessage(7, LogLevel.Warning, "{Count} definitions of the directory (profiles, terminology) could not be taken up and are not in force; look at what was uploaded by an earlier version of the hub", EventName = "DefinitionsNotTaken")]
    public static partial void DefinitionsNotTaken(ILogger logger, int count);

    [LoggerMessage(8, LogLevel.Information, "Search parameters changed: facts are extracted again for generation {Generation}, {Resources} resources so far", EventName = "ReindexBegun")]
    public static partial void ReindexBegun(ILogger logger, int generation, long resources);

    [LoggerMessage(9, LogLevel.Information, "Facts are extracted again for generation {Generation}: {Resources} resources so far", EventName = "ReindexGoesOn")]
    public static partial void ReindexGoesOn(ILogger logger, int generation, long resources);

    [LoggerMessage(10, LogLevel.Information, "Facts are extracted again for generation {Generation}: done, {Resources} resources. Its search parameters are in force", EventName = "ReindexDone")]
    public static partial void ReindexDone(ILogger logger, int generation, long resources);

    [LoggerMessage(11, LogLevel.Error, "The audit log's checkpoint was last cosigned {AgeSeconds} s ago: {Problems}", EventName = "NotWitnessed")]
    public static partial void NotWitnessed(ILogger logger, long ageSeconds, string problems);
}
