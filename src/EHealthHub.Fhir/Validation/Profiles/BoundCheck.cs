using System.Text.Json;
using EHealthHub.Fhir.Search.Units;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>maxLength, minValue and maxValue of a profile (R4 2.28).</summary>
internal static class BoundCheck
{
    public static void Check(ProfileRun run, ProfileNode node, in Occurrence occurrence)
    {
        var value = occurrence.Value;
        if (node.MaxLength is { } length && value.ValueKind == JsonValueKind.String && value.GetString()!.EnumerateRunes().Count() > length)
        {
            run.Report("error", "too-long", "profile-max-length", $"{node.Id} has at most {length} characters.");
        }

        if (node.MinValue is { } min && IsOf(min, occurrence) && !(Compare(value, min.Value) >= 0))
        {
            run.Report("error", "value", "profile-min-value", $"{node.Id} is below the least value of the profile, or cannot be compared with it.");
        }

        if (node.MaxValue is { } max && IsOf(max, occurrence) && !(Compare(value, max.Value) <= 0))
        {
            run.Report("error", "value", "profile-max-value", $"{node.Id} is above the greatest value of the profile, or cannot be compared with it.");
        }
    }

    private static bool IsOf(ProfileBound bound, in Occurrence occurrence) => occurrence.Value.ValueKind != JsonValueKind.Undefined && occurrence.TypeName.Equals(bound.Type, StringComparison.OrdinalIgnoreCase);

    /// <summary>Below zero when the value is certainly less than the bound, above zero when certainly greater; null where they cannot be compared (units of other dimensions). Units of UCUM are converted.</summary>
    private static int? Compare(JsonElement value, JsonElement bound)
    {
        switch (value.ValueKind, bound.ValueKind)
        {
            case (JsonValueKind.Number, JsonValueKind.Number):
                return value.TryGetDecimal(out var number) && bound.TryGetDecimal(out var other) ? number.CompareTo(other) : null;
            case (JsonValueKind.Object, JsonValueKind.Object):
                return value.Number("value"u8) is { } amount && bound.Number("value"u8) is { } limit ? Amounts(value, amount, bound, limit) : 0;
            case (JsonValueKind.String, JsonValueKind.String):
                return FhirTime.TryDateTime(JsonUnescape.Text(value), out var time) && FhirTime.TryDateTime(JsonUnescape.Text(bound), out var end) ? (time.IsAfter(end) ? 1 : end.IsAfter(time) ? -1 : 0)
                    : string.CompareOrdinal(value.GetString(), bound.GetString());
            default:
                return null;
        }
    }

    private static int? Amounts(JsonElement value, decimal amount, JsonElement bound, decimal limit)
    {
        var (system, code) = (value.Text("system"u8), value.Text("code"u8));
        if (system != bound.Text("system"u8))
        {
            return null;
        }

        return code == bound.Text("code"u8) ? amount.CompareTo(limit)
            : system == Ucum.System && code is not null && Ucum.Find(code) is { } unit && bound.Text("code"u8) is { } other && Ucum.Find(other) is { } wanted && unit.Dimension == wanted.Dimension ? unit.To(wanted, amount).CompareTo(limit)
            : null;
    }
}
