using System.Text.Json;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>maxLength, minValue and maxValue of a profile (R4 2.28).</summary>
internal static class BoundCheck
{
    public static void Check(ProfileRun run, ProfileNode node, in Occurrence occurrence)
    {
        var value = occurrence.Value;
        if (node.MaxLength is { } length && value.ValueKind == JsonValueKind.String && value.GetString()!.Length > length)
        {
            run.Report("error", "too-long", "profile-max-length", $"{node.Id} has at most {length} characters.");
        }

        if (node.MinValue is { } min && Compare(value, min) < 0)
        {
            run.Report("error", "value", "profile-min-value", $"{node.Id} is below the least value of the profile.");
        }

        if (node.MaxValue is { } max && Compare(value, max) > 0)
        {
            run.Report("error", "value", "profile-max-value", $"{node.Id} is above the greatest value of the profile.");
        }
    }

    /// <summary>Below zero when the value is certainly less than the bound, above zero when certainly greater; null where they cannot be compared (other units, other kinds).</summary>
    private static int? Compare(JsonElement value, JsonElement bound)
    {
        switch (value.ValueKind, bound.ValueKind)
        {
            case (JsonValueKind.Number, JsonValueKind.Number):
                return value.TryGetDecimal(out var number) && bound.TryGetDecimal(out var other) ? number.CompareTo(other) : null;
            case (JsonValueKind.Object, JsonValueKind.Object):
                return value.Text("system"u8) == bound.Text("system"u8) && value.Text("code"u8) == bound.Text("code"u8) && value.Number("value"u8) is { } amount && bound.Number("value"u8) is { } limit ? amount.CompareTo(limit) : null;
            case (JsonValueKind.String, JsonValueKind.String):
                return FhirTime.TryDateTime(JsonUnescape.Text(value), out var time) && FhirTime.TryDateTime(JsonUnescape.Text(bound), out var end) ? (time.IsAfter(end) ? 1 : end.IsAfter(time) ? -1 : 0)
                    : string.CompareOrdinal(value.GetString(), bound.GetString());
            default:
                return null;
        }
    }
}
