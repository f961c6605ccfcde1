using Microsoft.Extensions.Logging;

namespace EHealthHub.Trust;

/// <summary>What the room says to those who run it. Refusals of callers are not logged here: they go to the audit log.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "Revocation list of {Issuer} taken from {Location}: {Entries} entries, next by {NextUpdate:O}.")]
    internal static partial void RevocationListTaken(ILogger log, string issuer, string location, int entries, DateTimeOffset nextUpdate);

    [LoggerMessage(2, LogLevel.Error, "Revocation list of {Issuer} at {Location} not taken: {Fault}. The list in force counts until its own end.")]
    internal static partial void RevocationListRefused(ILogger log, string issuer, string location, string fault);

    [LoggerMessage(5, LogLevel.Error, "OCSP answer of {Issuer}'s responder at {Location} not taken: {Fault}. The answers in force count until their own end.")]
    internal static partial void OcspAnswerRefused(ILogger log, string issuer, string location, string fault);

    [LoggerMessage(6, LogLevel.Warning, "OCSP answers could not be kept: a restart asks about everybody anew.")]
    internal static partial void OcspAnswersNotKept(ILogger log);

    [LoggerMessage(3, LogLevel.Information, "Registry revision {Revision} in force: {Institutions} institutions, {Persons} persons.")]
    internal static partial void RegistryTaken(ILogger log, long revision, int institutions, int persons);

    [LoggerMessage(6, LogLevel.Error, "OpenID provider {Issuer} not taken: {Fault}. What it published before counts for a day.")]
    internal static partial void ProviderRefused(ILogger log, string issuer, string fault);

    [LoggerMessage(7, LogLevel.Warning, "OpenID provider {Issuer} cannot be reached ({ExceptionType}). What it published before counts for a day.")]
    internal static partial void ProviderUnreachable(ILogger log, string issuer, string exceptionType);

    [LoggerMessage(4, LogLevel.Critical, "Registry file not taken: {Fault} Revision {Revision} stays in force.")]
    internal static partial void RegistryRefused(ILogger log, string fault, long revision);
}
