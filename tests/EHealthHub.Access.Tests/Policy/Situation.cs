using System.Collections.Immutable;
using EHealthHub.Access.Consent;
using EHealthHub.Access.Emergency;
using EHealthHub.Access.Labels;
using EHealthHub.Access.Payment;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Relationships;
using EHealthHub.Access.Representation;
using EHealthHub.Trust;

namespace EHealthHub.Access.Tests.Policy;

/// <summary>Who asks, as the matrix names them.</summary>
internal enum Who
{
    System,
    SystemWithoutInstitution,
    Doctor,
    DoctorWithoutInstitution,
    DoctorOfInsurer,
    Insurer,
    Authority,
    Proxy,
    Citizen,
    Auditor,
    Operator,
}

/// <summary>Something that may be known of a patient, with what it means in words that the oracle reads: written down by hand, not worked out.</summary>
internal sealed record Situation(string Words, PatientKnowledge? Known, bool IsOwnRecord = false)
{
    public const string Here = "hospital-ankara";
    public const string Elsewhere = "hospital-izmir";
    public const string Doctor = "dr-ayse";
    public const string NationalId = "10000000146";

    public static readonly DateTimeOffset Now = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private static readonly PatientKnowledge Adult = new() { PatientId = "p1", Submitter = Elsewhere, BirthDate = new DateOnly(1980, 1, 1) };

    private static readonly PatientKnowledge Child = Adult with { BirthDate = new DateOnly(2020, 1, 1) };

    public bool Is(string word) => Words.Split(' ').Contains(word, StringComparer.Ordinal);

    public static IReadOnlyList<Situation> All { get; } =
    [
        new("unknown", null),
        new("nothing", Adult),
        new("registered", Adult with { Submitter = Here }),
        new("new", Adult with { Submitter = null, IsNew = true }),
        new("open add", Visit(Here, CareSetting.Visit)),
        new("open part add", Visit(Here, CareSetting.Visit, Doctor)),
        new("elsewhere", Visit(Elsewhere, CareSetting.Visit, Doctor)),
        new("inpatient add", Visit(Here, CareSetting.Inpatient)),
        new("emergency add", Visit(Here, CareSetting.Emergency)),
        new("finished", Adult with { Encounters = [new CareEncounter(Here, "e", CareSetting.Visit, false, Now.AddHours(-3), Now.AddHours(-1))] }),
        new("family", Adult with { FamilyDoctors = [new FamilyDoctor(Doctor, Here)] }),
        new("named add-clinician", Adult with { Referrals = [new Referral("r", null, Doctor, Now.AddDays(-1), Now.AddDays(1))] }),
        new("referred add", Adult with { Referrals = [new Referral("r", Here, null, Now.AddDays(-1), Now.AddDays(1))] }),
        new("over", Adult with { Referrals = [new Referral("r", Here, null, Now.AddDays(-2), Now)] }),
        new("glass-ETREAT", Broken("ETREAT", Now.AddMinutes(5))),
        new("glass-BTG", Broken("BTG", Now.AddMinutes(5))),
        new("expired", Broken("BTG", Now)),
        new("own adult", Adult, IsOwnRecord: true),
        new("own", Child, IsOwnRecord: true),
        new("represented", Child with { Delegations = [new Delegation("d", DelegationKind.Representative, NationalId)] }),
        new("outgrown", Adult with { Delegations = [new Delegation("d", DelegationKind.Representative, NationalId)] }),
        new("cared", Adult with { Delegations = [new Delegation("d", DelegationKind.Caregiver, NationalId)] }),
        new("insured", Adult with { Coverages = [Contract] }),
        new("insured claimed", Adult with { Coverages = [Contract], Claims = [Claim] }),
        new("claimed", Adult with { Claims = [Claim] }),
        new("partial add", Visit(Here, CareSetting.Emergency) with { IsWhole = false }),
    ];

    private static CoverageFacts Contract => new("c", "insurer", Now.AddYears(-1), Now.AddYears(1));

    private static ClaimFacts Claim => new("1", "insurer", ["Observation/1"]);

    private static PatientKnowledge Visit(string institution, CareSetting setting, params string[] clinicians) =>
        Adult with { Encounters = [new CareEncounter(institution, "e", setting, true, Now.AddDays(-3)) { Clinicians = [.. clinicians] }] };

    private static PatientKnowledge Broken(string purpose, DateTimeOffset until) =>
        Adult with { Emergencies = [new EmergencyGrant("g", Doctor, Here, purpose, "unconscious", Now.AddMinutes(-5), until)] };

    public static Caller CallerOf(Who who, string purpose)
    {
        var (kind, institution, institutionKind) = who switch
        {
            Who.System => (PersonKind.None, Here, (InstitutionKind?)InstitutionKind.Provider),
            Who.SystemWithoutInstitution => (PersonKind.None, null, InstitutionKind.Provider),
            Who.Doctor => (PersonKind.Clinician, Here, InstitutionKind.Provider),
            Who.DoctorWithoutInstitution => (PersonKind.Clinician, null, null),
            Who.DoctorOfInsurer => (PersonKind.Clinician, "insurer", InstitutionKind.Insurer),
            Who.Insurer => (PersonKind.None, "insurer", InstitutionKind.Insurer),
            Who.Authority => (PersonKind.None, "ministry", InstitutionKind.Authority),
            Who.Proxy => (PersonKind.None, "proxy", InstitutionKind.Proxy),
            Who.Citizen => (PersonKind.Citizen, (string?)null, (InstitutionKind?)null),
            Who.Auditor => (PersonKind.Auditor, null, null),
            _ => (PersonKind.Operator, null, null),
        };
        return new Caller
        {
            PersonKind = kind,
            Institution = institution,
            InstitutionKind = institutionKind,
            Person = kind == PersonKind.None ? null : kind == PersonKind.Clinician ? Doctor : "person",
            NationalId = kind == PersonKind.Citizen ? NationalId : null,
            Purpose = purpose,
            Certificate = "",
            Scopes = [kind == PersonKind.None ? "system/*.cruds" : "user/*.cruds"],
        };
    }
}

/// <summary>A resource's labels, with the words that the oracle reads.</summary>
internal sealed record Labelled(string Words, ResourceLabels Labels)
{
    public static readonly ImmutableArray<Labelled> All =
    [
        new("N", default),
        new("R psychiatry", ResourceLabels.Of(Sensitivities.Psychiatry)),
        new("R violence", ResourceLabels.Of(Sensitivities.Violence, Confidentiality.Normal)),
        new("V", ResourceLabels.Of(Sensitivities.None, Confidentiality.VeryRestricted)),
    ];

    public bool Is(string word) => Words.Split(' ').Contains(word, StringComparer.Ordinal);
}

/// <summary>Consents of a patient, with what they mean to a caller and a resource, written down by hand.</summary>
/// <param name="Name">Name.</param>
/// <param name="Consents">The consents.</param>
/// <param name="Means">Silent, permit, deny or not-covered, with <c>named</c>, <c>purpose</c> and <c>released</c>; <c>deny-whole</c> where nothing at all may be seen.</param>
internal sealed record ConsentCase(string Name, ImmutableArray<ConsentDirective> Consents, Func<ConsentCase.Asked, string> Means)
{
    /// <summary>What the meaning may depend on.</summary>
    internal sealed record Asked(Who Who, string Purpose, string Type, Labelled Label, string Leniency);

    private static readonly ConsentRule Deny = new() { Permits = false, Depth = 0 };
    private static readonly ConsentRule Permit = new() { Permits = true, Depth = 0 };
    private static readonly ConsentActor Here = new(ActorKind.Institution, Situation.Here);
    private static readonly ConsentActor Doctor = new(ActorKind.Clinician, Situation.Doctor);

    public static readonly ImmutableArray<ConsentCase> All =
    [
        new("none", [], _ => "silent"),
        new("deny all", [Of(Deny)], a => a.Leniency == "" ? "deny-whole" : "silent"),
        new("deny here", [Of(Deny with { Actors = [Here] })], a => !IsHere(a) || a.Leniency == "glass" ? "silent" : "deny-whole"),
        new("deny doctor", [Of(Deny with { Actors = [Doctor] })], a => IsDoctor(a) ? "deny-whole" : "silent"),
        new("deny psychiatry", [Of(Deny with { Sensitivities = Sensitivities.Psychiatry })], a => a.Label.Is("psychiatry") && a.Leniency != "glass" ? "deny" : "silent"),
        new("deny treatment", [Of(Deny with { Purposes = ["TREAT"] })], a => a.Purpose == "TREAT" && a.Leniency == "" ? "deny-whole" : "silent"),
        new("deny broken glass", [Of(Deny with { Purposes = ["BTG"] })], a => a.Purpose == "BTG" && a.Leniency != "exempt" ? "deny-whole" : "silent"),
        new("permit observations", [Of(Permit with { Types = ["Observation"] })], a => a.Type == "Observation" ? "permit" : a.Leniency == "" ? "not-covered" : "silent"),
        new("permit here what is normal", [Of(Permit with { Actors = [Here], Confidentiality = Confidentiality.Normal })], a => !IsHere(a) ? "silent" : a.Label.Is("N") ? "permit named released" : a.Leniency == "" ? "not-covered" : "silent"),
        new(
            "permit doctor psychiatry too",
            [Of(Permit with { Actors = [Doctor], Confidentiality = Confidentiality.Normal }, Permit with { Depth = 1, Actors = [Doctor], Sensitivities = Sensitivities.Psychiatry })],
            a => !IsDoctor(a) ? "silent" : a.Label.Is("N") || a.Label.Is("psychiatry") ? "permit named released" : a.Leniency == "" ? "not-covered" : "silent"),
        new("permit research", [Of(Permit with { Purposes = ["HRESCH"], Confidentiality = Confidentiality.Restricted })], a => a.Purpose != "HRESCH" ? "silent" : a.Label.Is("V") ? "not-covered" : "permit purpose released"),
        new("permit insurer", [Of(Permit with { Purposes = ["HPAYMT"], Actors = [new ConsentActor(ActorKind.Institution, "insurer")] })], a => a is { Who: Who.Insurer, Purpose: "HPAYMT" } ? "permit named purpose" : "silent"),
        new("deny all but the doctor", [Of(Deny), new ConsentDirective("2", [Permit with { Actors = [Doctor] }])], a => IsDoctor(a) ? "permit named" : a.Leniency == "" ? "deny-whole" : "silent"),
    ];

    private static bool IsHere(Asked a) => a.Who is Who.System or Who.Doctor;

    private static bool IsDoctor(Asked a) => a.Who is Who.Doctor or Who.DoctorWithoutInstitution or Who.DoctorOfInsurer;

    private static ConsentDirective Of(params ConsentRule[] rules) => new("1", [.. rules]);
}
