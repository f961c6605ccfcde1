using System.Numerics;

namespace EHealthHub.Fhir.Validation;

/// <summary>
/// R4's invariants on presence, one a line: type, key, and a formula over elements. <c>a b |</c> at least one of them; <c>a b > c d</c> any of the left demands all of the right; <c>a ! b</c> not both; <c>a ^ b</c> exactly one; <c>a = b</c> both or neither; <c>a b c 1</c> one alone.
/// </summary>
internal static class PresenceRules
{
    private const string Table = """
        Extension ext-1 extension ^ value
        Attachment att-1 data > contentType
        ContactPoint cpt-2 value > system
        Quantity qty-3 code > system
        Age qty-3 code > system
        Age age-1 value > code
        Count qty-3 code > system
        Count cnt-3 value > code
        Distance qty-3 code > system
        Distance dis-1 value > code
        Duration qty-3 code > system
        Duration drt-1 code > system value
        DataRequirement.codeFilter drq-1 path ^ searchParam
        DataRequirement.dateFilter drq-2 path ^ searchParam
        Expression exp-1 expression reference |
        Ratio rat-1 numerator = denominator
        Ratio rat-1 numerator extension |
        Timing.repeat tim-1 duration > durationUnit
        Timing.repeat tim-2 period > periodUnit
        Timing.repeat tim-6 periodMax > period
        Timing.repeat tim-7 durationMax > duration
        Timing.repeat tim-8 countMax > count
        Timing.repeat tim-10 timeOfDay ! when
        TriggerDefinition trd-1 data ! timing
        TriggerDefinition trd-2 condition > data
        Appointment app-2 start = end
        Appointment.participant app-1 type actor |
        AppointmentResponse apr-1 participantType actor |
        AuditEvent.entity sev-1 name ! query
        Bundle.entry bdl-5 resource request response |
        CarePlan.activity cpl-3 detail ! reference
        Composition.section cmp-1 text entry section |
        Composition.section cmp-2 emptyReason ! entry
        Condition.stage con-1 summary assessment |
        Condition.evidence con-2 code detail |
        Consent ppc-1 policy policyRule |
        CoverageEligibilityResponse.insurance.item ces-1 category ^ productOrService
        FamilyMemberHistory fhs-1 age ! born
        FamilyMemberHistory fhs-2 estimatedAge > age
        Goal.target gol-1 detail > measure
        Immunization.education imm-1 documentType reference |
        ImmunizationRecommendation.recommendation imr-1 vaccineCode targetDisease |
        InsurancePlan ipn-1 identifier name |
        List lst-1 emptyReason ! entry
        MedicationAdministration.dosage mad-1 dose rate |
        MeasureReport.group.stratifier.stratum mrp-2 value ^ component
        MolecularSequence.referenceSeq msq-5 chromosome = genomeBuild
        MolecularSequence.referenceSeq msq-6 genomeBuild referenceSeqId referenceSeqPointer referenceSeqString 1
        Observation obs-6 dataAbsentReason ! value
        Observation.referenceRange obs-3 low high text |
        Organization org-1 identifier name |
        Parameters.parameter inv-1 value resource part 1
        Patient.contact pat-1 name telecom address organization |
        QuestionnaireResponse.item qrs-1 answer ! item
        RequestGroup.action rqg-1 resource ^ action
        ServiceRequest prr-1 orderDetail > code
        TestReport.setup.action inv-1 operation ^ assert
        TestReport.test.action inv-2 operation ^ assert
        TestScript.setup.action tst-1 operation ^ assert
        TestScript.test.action tst-2 operation ^ assert
        """;

    private static readonly ILookup<string, string[]> ByType =
        Table.Split('\n', StringSplitOptions.TrimEntries).Select(line => line.Split(' ')).ToLookup(words => words[0], words => words[1..]);

    /// <summary>Type and key of every rule.</summary>
    public static IEnumerable<(string Type, string Key)> All => ByType.SelectMany(g => g.Select(words => (g.Key, words[0])));

    /// <summary>Names of the types that have rules.</summary>
    public static IEnumerable<string> Types => ByType.Select(g => g.Key);

    /// <summary>The rules of a type whose elements are numbered in the order of <paramref name="elements"/>.</summary>
    public static IReadOnlyList<PresenceRule> For(string type, List<string> elements) => [.. ByType[type].Select(words => Parse(type, words, elements))];

    private static PresenceRule Parse(string type, string[] words, List<string> elements)
    {
        var formula = words[1..];
        var sign = Array.FindIndex(formula, w => w is "|" or ">" or "!" or "^" or "=" or "1");
        var kind = formula[sign] switch
        {
            "|" => PresenceKind.Any,
            ">" => PresenceKind.Implies,
            "!" => PresenceKind.NotBoth,
            "^" => PresenceKind.ExactlyOne,
            "1" => PresenceKind.OnlyOne,
            _ => PresenceKind.Together,
        };
        return new PresenceRule(words[0], string.Join(' ', formula), kind, Mask(type, formula[..sign], elements), Mask(type, formula[(sign + 1)..], elements));
    }

    private static ulong Mask(string type, string[] names, List<string> elements)
    {
        var mask = 0UL;
        foreach (var name in names)
        {
            var index = elements.IndexOf(name);
            mask |= index >= 0 ? 1UL << index : throw new InvalidOperationException($"{type} has no element {name}.");
        }

        return BitOperations.PopCount(mask) == names.Length ? mask : throw new InvalidOperationException($"{type} names an element twice.");
    }
}
