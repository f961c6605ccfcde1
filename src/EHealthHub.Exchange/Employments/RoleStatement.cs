using System.Globalization;
using System.Text.Json;

namespace EHealthHub.Exchange.Employments;

/// <summary>Whom an element of a PractitionerRole means: by an identifier in the hub's system, or by a reference to a directory resource that has one.</summary>
/// <param name="Identifier">The value in the system; null without one.</param>
/// <param name="Reference">Logical id of the resource; null without one of the right type.</param>
internal readonly record struct Meant(string? Identifier, string? Reference);

/// <summary>What a PractitionerRole says of an employment, before anybody is looked up (R4 8.4). Pure.</summary>
/// <param name="Practitioner">Who.</param>
/// <param name="Organization">Where.</param>
/// <param name="IsActive">False only where <c>active</c> says so.</param>
/// <param name="Role">The first code, else the first text; null without one.</param>
/// <param name="From">Begin of the period, inclusive; null without one.</param>
/// <param name="Until">End of the period, exclusive: the first moment after a day, month or year that is written; null without one.</param>
/// <param name="IsPeriodRead">False for a period that cannot be told in time.</param>
internal sealed record RoleStatement(Meant Practitioner, Meant Organization, bool IsActive, string? Role, DateTimeOffset? From, DateTimeOffset? Until, bool IsPeriodRead)
{
    /// <summary>The hub's identifier system for its institutions: their registered ids.</summary>
    public const string InstitutionSystem = "https://ehealthhub.example/fhir/sid/institution";

    /// <summary>Longest role that a registry takes.</summary>
    private const int RoleLengthMax = 64;

    /// <summary>Reads a valid PractitionerRole. <paramref name="references"/>: as posted, and as stored. <paramref name="fhirBase"/>: references to it are the hub's own.</summary>
    public static RoleStatement Read(JsonElement role, IReadOnlyDictionary<string, string> references, string fhirBase)
    {
        var period = role.TryGetProperty("period"u8, out var p) ? p : default;
        var (start, end) = (Text(period, "start"u8), Text(period, "end"u8));
        var (from, until) = (Span(start)?.Begin, Span(end)?.After);
        return new RoleStatement(
            Meaning(role, "practitioner"u8, "Practitioner", DecisionFacts.NationalIdSystem, references, fhirBase),
            Meaning(role, "organization"u8, "Organization", InstitutionSystem, references, fhirBase),
            !(role.TryGetProperty("active"u8, out var active) && active.ValueKind == JsonValueKind.False),
            RoleOf(role), from, until,
            (start is null) == (from is null) && (end is null) == (until is null));
    }

    /// <summary>The identifier in a system of a directory resource or a reference; null where there is none, or more than one that differ.</summary>
    public static string? Identifier(JsonElement resource, string system)
    {
        if (!resource.TryGetProperty("identifier"u8, out var identifiers))
        {
            return null;
        }

        var values = (identifiers.ValueKind == JsonValueKind.Array ? identifiers.EnumerateArray().AsEnumerable() : [identifiers])
            .Where(i => i.ValueKind == JsonValueKind.Object && i.TryGetProperty("system"u8, out var s) && s.ValueEquals(system))
            .Select(i => Text(i, "value"u8)).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        return values is [var only] ? only : null;
    }

    private static Meant Meaning(JsonElement role, ReadOnlySpan<byte> name, string type, string system, IReadOnlyDictionary<string, string> references, string fhirBase)
    {
        if (!role.TryGetProperty(name, out var element) || element.ValueKind != JsonValueKind.Object)
        {
            return default;
        }

        var written = Text(element, "reference"u8) ?? "";
        var stored = references.GetValueOrDefault(written, written);
        stored = stored.StartsWith(fhirBase + "/", StringComparison.Ordinal) ? stored[(fhirBase.Length + 1)..] : stored;
        var parts = stored.Split('/');
        return new Meant(Identifier(element, system), parts.Length is 2 or 4 && parts[0] == type ? parts[1] : null);
    }

    private static string? RoleOf(JsonElement role)
    {
        if (!role.TryGetProperty("code"u8, out var concepts) || concepts.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var codings = concepts.EnumerateArray().Where(c => c.TryGetProperty("coding"u8, out var list) && list.ValueKind == JsonValueKind.Array).SelectMany(c => c.GetProperty("coding"u8).EnumerateArray());
        return codings.Select(c => Text(c, "code"u8)).Concat(concepts.EnumerateArray().Select(c => Text(c, "text"u8))).FirstOrDefault(t => t is { Length: > 0 and <= RoleLengthMax } && !t.Any(char.IsControl));
    }

    private static string? Text(JsonElement parent, ReadOnlySpan<byte> name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>What a date or time of R4 spans; days without a zone are those of UTC, as in the hub's commands. Null for none, and for what .NET cannot tell: a leap second, the last year.</summary>
    private static (DateTimeOffset Begin, DateTimeOffset After)? Span(string? text)
    {
        var form = text?.Length switch { 4 => "yyyy", 7 => "yyyy-MM", 10 => "yyyy-MM-dd", _ => null };
        if (form is null)
        {
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) ? (moment.ToUniversalTime(), moment.ToUniversalTime()) : null;
        }

        if (!DateTimeOffset.TryParseExact(text, form, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var begin) || begin.Year == DateTimeOffset.MaxValue.Year)
        {
            return null;
        }

        return (begin, text!.Length switch { 4 => begin.AddYears(1), 7 => begin.AddMonths(1), _ => begin.AddDays(1) });
    }
}
