using System.Text.Json;

namespace EHealthHub.Fhir.Validation;

/// <summary>Looks at the values of an object all of whose members were seen. <paramref name="seen"/> has the bits of its elements.</summary>
internal delegate void ValueRule(JsonElement owner, ulong seen, ValidationRun run);

/// <summary>R4's invariants that look at values, and the hub's rule for national ids: those that are cheap and that senders break. Written natively; what is left to the SDK's FHIRPath is said in the room's README.</summary>
internal static class ValueRules
{
    private const string Clinical = "http://terminology.hl7.org/CodeSystem/condition-clinical";
    private const string Verification = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
    private const string Allergy = "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification";
    private const string Ucum = "http://unitsofmeasure.org";

    /// <summary>The rules of a type; null where it has none.</summary>
    public static ValueRule? For(string type) => type switch
    {
        "Extension" => (owner, _, run) => run.See(owner),
        "Identifier" => Identifier,
        "Period" => Period,
        "Range" => Range,
        "Age" => (owner, _, run) => Measured(owner, run, "age-1", mustBePositive: true),
        "Count" => (owner, _, run) => Measured(owner, run, "cnt-3", mustBePositive: false),
        "Distance" => (owner, _, run) => Measured(owner, run, "dis-1", mustBePositive: false),
        "Duration" => (owner, _, run) => Measured(owner, run, "drt-1", mustBePositive: false),
        "Timing.repeat" => Timing,
        "AllergyIntolerance" => AllergyIntolerance,
        "Appointment" => Appointment,
        "Bundle" => BundleRules.Check,
        "CareTeam.participant" => RarerRules.CareTeamParticipant,
        "Condition" => Condition,
        "Consent" => RarerRules.Consent,
        "Group" => (owner, _, run) => Demand(run, !owner.Has("member"u8) || owner.IsTrue("actual"u8), "grp-1", "Only an actual group has members."),
        "Linkage" => (owner, _, run) => Demand(run, owner.Count("item"u8) > 1, "lnk-1", "A linkage has at least two items."),
        "List" => List,
        "MeasureReport" => (owner, _, run) => Demand(run, !owner.Is("type"u8, "data-collection") || !owner.Has("group"u8), "mrp-1", "A report of collected data has no groups.", "group"),
        "MedicationDispense" => MedicationDispense,
        "MolecularSequence" => (owner, _, run) => Demand(run, !owner.Has("coordinateSystem"u8) || owner.Number("coordinateSystem"u8) is 0 or 1, "msq-3", "Coordinates are counted from 0 or from 1.", "coordinateSystem"),
        "Observation" => Observation,
        "Organization" => Organization,
        "RiskAssessment.prediction" => RarerRules.RiskPrediction,
        "Task" => (owner, _, run) => Demand(run, !Starts(owner, "authoredOn"u8, "lastModified"u8), "inv-1", "A task is not modified before it was written.", "lastModified"),
        "TriggerDefinition" => RarerRules.Trigger,
        _ => null,
    };

    /// <summary>Reports a broken invariant.</summary>
    public static void Demand(ValidationRun run, bool holds, string key, string text, string? child = null)
    {
        if (!holds)
        {
            run.Error("invariant", key, text, child);
        }
    }

    private static void Identifier(JsonElement owner, ulong seen, ValidationRun run)
    {
        if (owner.Is("system"u8, NationalId.System) && owner.TryGetProperty("value"u8, out var value) && value.ValueKind == JsonValueKind.String && !NationalId.IsValid(value.GetString()))
        {
            run.Error("business-rule", "national-id-checksum", "The value is no national identity number: its check digits do not hold.", "value");
        }
    }

    private static void Period(JsonElement owner, ulong seen, ValidationRun run) =>
        Demand(run, !Starts(owner, "start"u8, "end"u8), "per-1", "The period ends before it starts.");

    private static void MedicationDispense(JsonElement owner, ulong seen, ValidationRun run) =>
        Demand(run, !Starts(owner, "whenPrepared"u8, "whenHandedOver"u8), "mdd-1", "Handed over before it was prepared.");

    private static void Range(JsonElement owner, ulong seen, ValidationRun run)
    {
        if (owner.TryGetProperty("low"u8, out var low) && owner.TryGetProperty("high"u8, out var high) && low.Text("code"u8) == high.Text("code"u8) && low.Number("value"u8) > high.Number("value"u8))
        {
            run.Error("invariant", "rng-2", "The low end of the range is above the high end.");
        }
    }

    private static void Measured(JsonElement owner, ValidationRun run, string key, bool mustBePositive)
    {
        Demand(run, !owner.Has("system"u8) || owner.Is("system"u8, Ucum), key, "The unit system is UCUM.", "system");
        Demand(run, !mustBePositive || !(owner.Number("value"u8) <= 0), key, "The value is positive.", "value");
    }

    private static void Timing(JsonElement owner, ulong seen, ValidationRun run)
    {
        Demand(run, !(owner.Number("duration"u8) < 0), "tim-4", "A duration is not negative.", "duration");
        Demand(run, !(owner.Number("period"u8) < 0), "tim-5", "A period is not negative.", "period");
        Demand(run, !owner.Has("offset"u8) || (owner.Has("when"u8) && !owner.Items("when"u8).Any(IsMeal)), "tim-9", "An offset needs a when, and none that is the meal itself (C, CM, CD, CV).", "offset");
    }

    private static bool IsMeal(JsonElement when) => when.ValueKind == JsonValueKind.String && (when.ValueEquals("C"u8) || when.ValueEquals("CM"u8) || when.ValueEquals("CD"u8) || when.ValueEquals("CV"u8));

    private static void AllergyIntolerance(JsonElement owner, ulong seen, ValidationRun run)
    {
        var isError = owner.HasCoding("verificationStatus"u8, Allergy, "entered-in-error");
        Demand(run, isError != owner.Has("clinicalStatus"u8), isError ? "ait-2" : "ait-1", "A clinicalStatus is there exactly when the verificationStatus is not entered-in-error.");
    }

    private static void Appointment(JsonElement owner, ulong seen, ValidationRun run)
    {
        var status = owner.Text("status"u8);
        Demand(run, ((owner.Has("start"u8) || owner.Has("_start"u8)) && (owner.Has("end"u8) || owner.Has("_end"u8))) || status is "proposed" or "cancelled" or "waitlist", "app-3", "Only a proposed, cancelled or waitlisted appointment has no start and end.");
        Demand(run, !owner.Has("cancelationReason"u8) || status is "cancelled" or "no-show", "app-4", "Only a cancelled or missed appointment has a cancelationReason.");
    }

    private static void Condition(JsonElement owner, ulong seen, ValidationRun run)
    {
        var abated = false;
        foreach (var member in owner.EnumerateObject())
        {
            abated |= member.Name.StartsWith("abatement", StringComparison.Ordinal) || member.Name.StartsWith("_abatement", StringComparison.Ordinal);
        }

        Demand(
            run,
            !abated || owner.HasCoding("clinicalStatus"u8, Clinical, "resolved") || owner.HasCoding("clinicalStatus"u8, Clinical, "remission") || owner.HasCoding("clinicalStatus"u8, Clinical, "inactive"),
            "con-4",
            "An abated condition is resolved, in remission or inactive.");
        Demand(run, !owner.Has("clinicalStatus"u8) || !owner.HasCoding("verificationStatus"u8, Verification, "entered-in-error"), "con-5", "What was entered in error has no clinicalStatus.");
    }

    private static void List(JsonElement owner, ulong seen, ValidationRun run)
    {
        var mode = owner.Text("mode"u8);
        foreach (var entry in owner.Items("entry"u8))
        {
            Demand(run, mode == "changes" || !entry.Has("deleted"u8), "lst-2", "Only a list of changes has deleted entries.");
            Demand(run, mode == "working" || !entry.Has("date"u8), "lst-3", "Only a working list has dated entries.");
        }
    }

    /// <summary>obs-7: a component that repeats the code of the observation would give its value a second time.</summary>
    private static void Observation(JsonElement owner, ulong seen, ValidationRun run)
    {
        if (!owner.Has("component"u8) || !owner.TryGetProperty("code"u8, out var code) || !owner.EnumerateObject().Any(m => m.Name.StartsWith("value", StringComparison.Ordinal)))
        {
            return;
        }

        var codings = code.Items("coding"u8).Select(Key).ToHashSet();
        if (owner.Items("component"u8).Any(c => c.ValueKind == JsonValueKind.Object && c.TryGetProperty("code"u8, out var inner) && inner.Items("coding"u8).Any(i => codings.Contains(Key(i)))))
        {
            run.Error("invariant", "obs-7", "With a value of its own, no component has the observation's code.");
        }
    }

    private static (string?, string?, string?, string?) Key(JsonElement coding) => (coding.Text("system"u8), coding.Text("version"u8), coding.Text("code"u8), coding.Text("display"u8));

    private static void Organization(JsonElement owner, ulong seen, ValidationRun run)
    {
        Demand(run, !owner.Items("address"u8).Any(a => a.Is("use"u8, "home")), "org-2", "An organization has no home address.", "address");
        Demand(run, !owner.Items("telecom"u8).Any(t => t.Is("use"u8, "home")), "org-3", "An organization has no home telephone.", "telecom");
    }

    /// <summary>True when the first time certainly begins after all of the second.</summary>
    private static bool Starts(JsonElement owner, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) =>
        owner.TryGetProperty(first, out var from) && from.ValueKind == JsonValueKind.String
        && owner.TryGetProperty(second, out var to) && to.ValueKind == JsonValueKind.String
        && FhirTime.TryDateTime(JsonUnescape.Text(from), out var start) && FhirTime.TryDateTime(JsonUnescape.Text(to), out var end)
        && start.IsAfter(end);
}
