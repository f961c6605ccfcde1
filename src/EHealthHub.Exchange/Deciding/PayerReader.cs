using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Access.Payment;
using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Deciding;

/// <summary>What is known of a patient with contracts and claims, for insurers.</summary>
/// <param name="Known">All of it.</param>
internal sealed record PayerKnowledge(PatientKnowledge Known);

/// <summary>Reads the contracts of a Coverage and what a Claim needs.</summary>
internal static class PayerReader
{
    private const int ReferencesMax = 1_000;

    /// <summary>A contract for each registered insurer that pays. One without a beginning covers nothing; neither does one whose period cannot be read.</summary>
    public static IEnumerable<CoverageFacts> Coverages(RegisteredNames names, PatientSource source, DecidingResource coverage)
    {
        using var body = JsonDocument.Parse(coverage.Json);
        var (from, until, isRead) = Period(body.RootElement);
        return isRead ? [.. names.Institutions(source, coverage.Facts, "payor").Select(insurer => new CoverageFacts(coverage.Facts.Id, insurer, from, until))] : [];
    }

    /// <summary>A claim for the insurer that it was sent to, with what it rests on.</summary>
    public static IEnumerable<ClaimFacts> Claims(RegisteredNames names, PatientSource source, DecidingResource claim)
    {
        using var body = JsonDocument.Parse(claim.Json);
        var root = body.RootElement;
        ImmutableArray<string> references =
        [
            .. Items(root, "supportingInfo").Select(i => Reference(i, "valueReference"))
                .Concat(Items(root, "diagnosis").Select(i => Reference(i, "diagnosisReference")))
                .Concat(Items(root, "procedure").Select(i => Reference(i, "procedureReference")))
                .Concat(Items(root, "item").SelectMany(i => Items(i, "encounter")).Select(Literal))
                .Concat([Reference(root, "prescription"), Reference(root, "originalPrescription"), Reference(root, "referral"), Reference(root, "patient")])
                .OfType<string>().Distinct(StringComparer.Ordinal).Take(ReferencesMax),
        ];
        return [.. names.Institutions(source, claim.Facts, "insurer").Select(insurer => new ClaimFacts(claim.Facts.Id, insurer, references))];
    }

    /// <summary>A period: first moment inclusive, last exclusive; days are those of the hub's clock. False where one of its ends cannot be read.</summary>
    public static (DateTimeOffset? From, DateTimeOffset? Until, bool IsRead) Period(JsonElement resource)
    {
        if (!resource.TryGetProperty("period"u8, out var period) || period.ValueKind != JsonValueKind.Object)
        {
            return (null, null, true);
        }

        var isRead = true;
        return (End("start")?.From, End("end")?.Until, isRead);

        (DateTimeOffset? From, DateTimeOffset? Until)? End(string name)
        {
            if (!period.TryGetProperty(name, out var written))
            {
                return null;
            }

            var parsed = SearchQuery.Parse("Basic", [new("_lastUpdated", written.GetString() ?? "")], strict: true).Try(out var query, out _) && query.Criteria is [{ Values: [{ Prefix: "eq" } date] }] ? date : null;
            isRead &= parsed is not null;
            return parsed is null ? null : (FactTime.From(parsed.From), FactTime.Until(parsed.To));
        }
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement parent, string name) => parent.TryGetProperty(name, out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;

    private static string? Reference(JsonElement parent, string name) => parent.TryGetProperty(name, out var element) ? Literal(element) : null;

    /// <summary><c>Type/id</c>; null for any other form.</summary>
    private static string? Literal(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty("reference"u8, out var written) && written.GetString() is { } reference && reference.Count(c => c == '/') == 1 ? reference : null;
}
