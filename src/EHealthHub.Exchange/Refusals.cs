using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Exchange;

/// <summary>The failures that acts answer with. A record that one may not know of and one that does not exist give the same.</summary>
internal static class Refusals
{
    /// <summary>The same at another place: which entry of a Bundle it was.</summary>
    public static Failure At(this Failure failure, string place) =>
        failure with { Issues = [.. failure.Issues.Select(i => i with { Expression = place.StartsWith("Bundle", StringComparison.Ordinal) ? place : i.Expression ?? place })] };

    public static Failure NotFound(string type, string id) =>
        Failure.Of(404, "not-found", "not-found", $"No {type} with this id is known to you.", type.Length + id.Length > 0 ? type : null);

    public static Failure Denied(string type) => Failure.Of(403, "forbidden", "access-denied", "The hub's rules do not allow this for you, this purpose and this patient.", type);

    public static Failure Gone(string type) => Failure.Of(410, "deleted", "deleted", "The resource was deleted.", type);

    public static Failure AlreadyExists(string type) => Failure.Of(412, "duplicate", "already-exists", "If-None-Match rules out the version that exists.", type);

    public static Failure VersionConflict(string type) => Failure.Of(412, "conflict", "version-conflict", "If-Match does not name the current version.", type);

    public static Failure Busy(string type) => Failure.Of(409, "conflict", "concurrent-change", "Another request changed the same resources; nothing was stored. Send the request again.", type);
}
