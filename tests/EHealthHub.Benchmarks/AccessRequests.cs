using System.Diagnostics;
using System.Text.Json;
using EHealthHub.Access.Consent;
using EHealthHub.Access.Labels;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Relationships;
using EHealthHub.Fhir.Search;
using EHealthHub.Trust;

namespace EHealthHub.Benchmarks;

/// <summary>Requests whose decision is measured: from one that two rules decide to one that weighs ten consents of four provisions each.</summary>
internal static class AccessRequests
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    /// <summary>What the first decision took, code that had to be compiled included.</summary>
    public static double ColdMicroseconds { get; private set; }

    /// <summary>A consent with an exception.</summary>
    public static JsonElement Consent { get; } = JsonDocument.Parse("""
        {"resourceType":"Consent","id":"c","status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},
         "patient":{"reference":"Patient/p"},"dateTime":"2026-06-13","performer":[{"reference":"Patient/p"}],
         "provision":{"type":"permit","purpose":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActReason","code":"TREAT"}],"securityLabel":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"N"}],
         "provision":[{"type":"permit","securityLabel":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"PSY"}],"actor":[{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"IRCP"}]},"reference":{"reference":"Practitioner/ayse"}}]}]}}
        """).RootElement;

    public static ConsentActor Resolve(string? reference, string? system, string? value) => new(ActorKind.Clinician, "dr-ayse");

    /// <summary>Decides for the first time in this process.</summary>
    public static void MeasureCold()
    {
        var request = All().Last().Request;
        var start = Stopwatch.GetTimestamp();
        AccessPolicy.Decide(request);
        ColdMicroseconds = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }

    public static IEnumerable<(string Name, AccessRequest Request)> All()
    {
        var doctor = new Caller { Institution = "hospital-ankara", InstitutionKind = InstitutionKind.Provider, PersonKind = PersonKind.Clinician, Person = "dr-ayse", Purpose = "TREAT", Certificate = "c", Scopes = ["user/*.cruds"] };
        var patient = new PatientKnowledge { PatientId = "p", Submitter = "hospital-izmir", BirthDate = new DateOnly(1980, 1, 1) };
        var read = new AccessRequest
        {
            Caller = doctor,
            Interaction = Interaction.Read,
            ResourceType = "Observation",
            Compartment = CompartmentKind.Patient,
            Now = s_now,
            PatientId = "p",
            Known = patient,
            Resource = new ResourceTraits { Type = "Observation", Id = "1", Submitter = "hospital-ankara", Labels = ResourceLabels.Of(Sensitivities.Psychiatry), CareFrom = s_now.AddDays(-9), CareUntil = s_now.AddDays(-8), Codes = [], Authors = [], Related = [] },
        };
        var treated = patient with { Encounters = [new CareEncounter("hospital-ankara", "e", CareSetting.Visit, true, s_now.AddHours(-1)) { Clinicians = ["dr-ayse"] }] };
        yield return ("hospital's system reads what it submitted", read with { Caller = doctor with { PersonKind = PersonKind.None, Person = null, Scopes = ["system/*.cruds"] } });
        yield return ("clinician is refused", read);
        yield return ("clinician reads under an open encounter", read with { Known = treated });
        yield return ("one consent", read with { Known = treated with { Consents = Consents(1) } });
        yield return ("ten consents", read with { Known = treated with { Consents = Consents(10) } });
        yield return ("fifty encounters and ten consents", read with { Known = treated with { Encounters = [.. Enumerable.Repeat(treated.Encounters[0] with { Institution = "hospital-izmir" }, 49), treated.Encounters[0]], Consents = Consents(10) } });
    }

    private static System.Collections.Immutable.ImmutableArray<ConsentDirective> Consents(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new ConsentDirective($"c{i}",
        [
            new ConsentRule { Permits = true, Depth = 0, Purposes = ["TREAT", "HPAYMT"], Confidentiality = Confidentiality.Restricted },
            new ConsentRule { Permits = false, Depth = 1, Purposes = ["TREAT", "HPAYMT"], Actors = [new ConsentActor(ActorKind.Institution, "hospital-izmir")] },
            new ConsentRule { Permits = false, Depth = 1, Purposes = ["TREAT", "HPAYMT"], DataFrom = s_now.AddYears(-3), DataUntil = s_now.AddYears(-2) },
            new ConsentRule { Permits = true, Depth = 1, Purposes = ["TREAT", "HPAYMT"], Actors = [new ConsentActor(ActorKind.Clinician, "dr-ayse")], Sensitivities = Sensitivities.Psychiatry },
        ])),
    ];
}
