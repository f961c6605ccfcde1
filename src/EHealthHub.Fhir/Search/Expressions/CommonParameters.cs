using System.Collections.Immutable;

namespace EHealthHub.Fhir.Search.Expressions;

/// <summary>Parameters of every resource (R4 3.1.1.3), which the SDK's table leaves out.</summary>
internal static class CommonParameters
{
    internal const string Id = "_id";
    internal const string LastUpdated = "_lastUpdated";

    internal static readonly ImmutableArray<SearchParameter> All =
    [
        Of(Id, "token", FactKind.Token, "id"),
        Of(LastUpdated, "date", FactKind.Date, "lastUpdated"),
        Of("_profile", "uri", FactKind.Uri, "profile", "meta", "profile"),
        Of("_security", "token", FactKind.Token, "security", "meta", "security"),
        Of("_source", "uri", FactKind.Uri, "source", "meta", "source"),
        Of("_tag", "token", FactKind.Token, "tag", "meta", "tag"),
    ];

    private static SearchParameter Of(string code, string typeCode, FactKind kind, string urlEnd, params string[] way) => new()
    {
        Code = code,
        TypeCode = typeCode,
        Kind = kind,
        Url = "http://hl7.org/fhir/SearchParameter/Resource-" + urlEnd,
        Paths = way.Length == 0 ? [] : [new SearchPath("Resource", [.. way.Select(w => new PathStep(StepKind.Child, w))])],
    };
}
