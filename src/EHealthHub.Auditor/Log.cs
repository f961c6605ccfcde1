namespace EHealthHub.Auditor;

/// <summary>Everything that this process writes to its text log. No value from an audit entry can be passed to it.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "The auditors' pages are at https://localhost:{Port}/")]
    public static partial void Listening(ILogger logger, int port);

    [LoggerMessage(2, LogLevel.Error, "The log {Origin} is not whole, or cannot be read: {Problem}")]
    public static partial void LogNotWhole(ILogger logger, string origin, string problem);

    [LoggerMessage(3, LogLevel.Warning, "Access to the auditors' pages refused: {Reason}, certificate {Thumbprint}")]
    public static partial void Refused(ILogger logger, string reason, string thumbprint);

    [LoggerMessage(4, LogLevel.Error, "A request failed: {Type}")]
    public static partial void RequestFailed(ILogger logger, string type, Exception exception);

    [LoggerMessage(5, LogLevel.Information, "The auditors' pages have stopped")]
    public static partial void Stopped(ILogger logger);
}
