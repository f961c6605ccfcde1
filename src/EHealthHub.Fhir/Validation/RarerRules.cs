using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation;

/// <summary>R4's invariants on values that few senders meet.</summary>
internal static class RarerRules
{
    private const string Ucum = "http://unitsofmeasure.org";

    /// <summary>ctm-1: only a practitioner acts for an organization, as far as the reference tells.</summary>
    public static void CareTeamParticipant(JsonElement owner, ulong seen, ValidationRun run)
    {
        if (!owner.Has("onBehalfOf"u8) || !owner.TryGetProperty("member"u8, out var member) || member.Text("reference"u8) is not { } text)
        {
            return;
        }

        var form = ReferenceForms.Of(Encoding.UTF8.GetBytes(text), out var type);
        if (form == ReferenceForm.Local && !run.Container.Refer(text[1..], out type))
        {
            return;
        }

        ValueRules.Demand(run, type is null or "Practitioner", "ctm-1", "Only a practitioner takes part on behalf of another.", "onBehalfOf");
    }

    /// <summary>ppc-2 to ppc-5, whose system in R4 is literally 'something'.</summary>
    public static void Consent(JsonElement owner, ulong seen, ValidationRun run)
    {
        if (owner.Has("patient"u8))
        {
            return;
        }

        Needs("patient-privacy", "ppc-2");
        Needs("research", "ppc-3");
        Needs("adr", "ppc-4");
        Needs("treatment", "ppc-5");

        void Needs(string scope, string key) => ValueRules.Demand(run, !owner.HasCoding("scope"u8, "something", scope), key, $"A consent of the scope {scope} names the patient.", "patient");
    }

    /// <summary>ras-1 and ras-2: a probability is in percent.</summary>
    public static void RiskPrediction(JsonElement owner, ulong seen, ValidationRun run)
    {
        ValueRules.Demand(run, !(owner.Number("probabilityDecimal"u8) > 100), "ras-2", "A probability is at most 100 percent.", "probability");
        if (owner.TryGetProperty("probabilityRange"u8, out var range))
        {
            ValueRules.Demand(run, IsPercent(range, "low"u8) && IsPercent(range, "high"u8), "ras-1", "The ends of a probability are in percent, by UCUM.", "probability");
        }
    }

    /// <summary>trd-3: what a trigger of each kind needs.</summary>
    public static void Trigger(JsonElement owner, ulong seen, ValidationRun run)
    {
        var type = owner.Text("type"u8) ?? "";
        var has = type == "named-event" ? owner.Has("name"u8)
            : type == "periodic" ? owner.EnumerateObject().Any(m => m.Name.StartsWith("timing", StringComparison.Ordinal) || m.Name.StartsWith("_timing", StringComparison.Ordinal))
            : !type.StartsWith("data-", StringComparison.Ordinal) || owner.Has("data"u8);
        ValueRules.Demand(run, has, "trd-3", "A named event has a name, a periodic trigger a timing, and one on data says which.");
    }

    private static bool IsPercent(JsonElement range, ReadOnlySpan<byte> end) => !range.Has(end) || (range.GetProperty(end).Is("code"u8, "%") && range.GetProperty(end).Is("system"u8, Ucum));
}
