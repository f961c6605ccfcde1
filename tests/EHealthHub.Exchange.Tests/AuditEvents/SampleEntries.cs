using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.AuditEvents;

namespace EHealthHub.Exchange.Tests.AuditEvents;

/// <summary>One entry of each kind that the hub writes.</summary>
internal static class SampleEntries
{
    internal const string Origin = "ehealthhub/06/node-1/6f1b0c1e/2026H2";

    private static readonly AuditEntry Clinician = new()
    {
        Kind = EntryKind.Read, Time = new DateTimeOffset(2026, 11, 24, 9, 30, 0, TimeSpan.Zero), RequestId = "0198-request", Institution = "hospital-ankara", Person = "dr-ayse", Role = "Clinician", Purpose = "TREAT", Interaction = "read",
        ResourceType = "Observation", ResourceId = "o-1", Patients = ["p-1"], Status = 200, Reason = "open-encounter", Certificate = new string('a', 64), TokenId = "01980000-0000-7000-8000-000000000001", Source = "10.1.2.0/24",
    };

    private static readonly AuditEntry System = Clinician with { Person = "", Role = "Provider", Purpose = "HOPERAT", TokenId = "", Reason = "own-submission" };

    private static readonly AuditEntry Citizen = Clinician with { Institution = "", Person = "citizen-1", Role = "Citizen", Purpose = "PATRQT", TokenId = "", Reason = "own-record" };

    private static readonly AuditEntry Hub = new() { Kind = EntryKind.Administration, Time = Clinician.Time, Interaction = "hub-started", Reason = "hub-started", Detail = "node-1" };

    /// <summary>Name of the case, the entry, and the BALP profiles that the event claims to an auditor.</summary>
    internal static IReadOnlyDictionary<string, (AuditEntry Entry, string[] Profiles)> All { get; } = new Dictionary<string, (AuditEntry, string[])>(StringComparer.Ordinal)
    {
        ["read"] = (Clinician, ["BasicAudit.PatientRead", "BasicAudit.OAUTHaccessTokenUse.Minimal"]),
        ["vread of the directory"] = (System with { Interaction = "vread", ResourceType = "Organization", Patients = [] }, ["BasicAudit.Read"]),
        ["own record"] = (Citizen, ["BasicAudit.PatientRead"]),
        ["history"] = (Clinician with { Interaction = "history-instance" }, ["BasicAudit.OAUTHaccessTokenUse.Minimal"]),
        ["search asked"] = (Clinician with { Kind = EntryKind.SearchAsked, Interaction = "search-type", ResourceId = "", Detail = "Observation?patient=p-1&code=718-7" }, ["BasicAudit.OAUTHaccessTokenUse.Minimal"]),
        ["search released"] = (Clinician with { Kind = EntryKind.SearchReleased, Interaction = "search-type", ResourceId = "", Detail = "Observation?patient=p-1&code=718-7", Count = 7, Released = 7, Patients = ["p-1", "p-2"] },
            ["BasicAudit.PatientQuery", "BasicAudit.OAUTHaccessTokenUse.Minimal"]),
        ["search of the directory"] = (System with { Kind = EntryKind.SearchReleased, Interaction = "search-type", ResourceType = "Organization", ResourceId = "", Patients = [], Detail = "Organization?name=a" }, ["BasicAudit.Query"]),
        ["compartment"] = (Clinician with { Kind = EntryKind.SearchReleased, Interaction = "search-compartment", ResourceId = "p-1", Detail = "Patient/p-1/Observation", TokenId = "" }, ["BasicAudit.PatientQuery"]),
        ["everything"] = (Clinician with { Kind = EntryKind.SearchReleased, Interaction = "$everything", ResourceType = "Patient", ResourceId = "p-1", Detail = "Patient/p-1/$everything", TokenId = "" }, []),
        ["create asked"] = (System with { Kind = EntryKind.WriteIntent, Interaction = "create", Detail = "Create:Observation:1", Hashes = new byte[32] }, []),
        ["create"] = (System with { Kind = EntryKind.WriteOutcome, Interaction = "create", IntentIndex = 41, CommitSequence = 9, Reason = "committed", Hashes = new byte[32] }, ["BasicAudit.PatientCreate"]),
        ["update"] = (Clinician with { Kind = EntryKind.WriteOutcome, Interaction = "update", IntentIndex = 41, CommitSequence = 9, Reason = "committed", TokenId = "" }, ["BasicAudit.PatientUpdate"]),
        ["patch of the directory"] = (System with { Kind = EntryKind.WriteOutcome, Interaction = "patch", ResourceType = "Location", Patients = [], IntentIndex = 41, CommitSequence = 9, Reason = "committed" }, ["BasicAudit.Update"]),
        ["delete"] = (System with { Kind = EntryKind.WriteOutcome, Interaction = "delete", IntentIndex = 41, CommitSequence = 9, Reason = "committed" }, ["BasicAudit.PatientDelete"]),
        ["create that met a conflict"] = (System with { Kind = EntryKind.WriteOutcome, Interaction = "create", IntentIndex = 41, Status = 409, Reason = "conflict" }, []),
        ["transaction"] = (System with { Kind = EntryKind.WriteOutcome, Interaction = "transaction", ResourceType = "Bundle", ResourceId = "", IntentIndex = 41, CommitSequence = 9, Reason = "committed", Patients = ["p-1", "p-2"] }, []),
        ["disclosure to an insurer"] = (System with { Institution = "insurer", Role = "Insurer", Purpose = "HPAYMT", Reason = "insurer-claim" }, ["BasicAudit.PrivacyDisclosure.Source"]),
        ["disclosure of a page"] = (System with { Kind = EntryKind.SearchReleased, Interaction = "search-type", ResourceId = "", Institution = "insurer", Purpose = "HPAYMT", Reason = "insurer-claim", Detail = "Claim?patient=p-1" }, ["BasicAudit.PrivacyDisclosure.Source"]),
        ["refused by consent"] = (Clinician with { Kind = EntryKind.Refusal, Reason = "consent-deny", Status = 404 }, ["BasicAudit.AuthZconsent"]),
        ["refused by role"] = (System with { Kind = EntryKind.Refusal, Reason = "not-own-submission", Status = 404 }, ["BasicAudit.AuthZconsent"]),
        ["refused to a citizen"] = (Citizen with { Kind = EntryKind.Refusal, Reason = "no-relationship", Status = 404 }, []),
        ["refused for its form"] = (Clinician with { Kind = EntryKind.Refusal, Reason = "id-invalid", Status = 400, ResourceType = "No Type", ResourceId = "!\u0001", Patients = [], TokenId = "" }, []),
        ["failed"] = (Clinician with { Kind = EntryKind.Refusal, Reason = "content-tampered", Status = 503, TokenId = "" }, []),
        ["refused at the door"] = (new() { Kind = EntryKind.Refusal, Time = Clinician.Time, Interaction = "identify", Reason = "Expired", Status = 403, Source = "10.1.2.0/24", Count = 12 }, []),
        ["sign-in failed"] = (new() { Kind = EntryKind.Refusal, Time = Clinician.Time, Interaction = "sign-in", Reason = "SignInFailed", Status = 403, Source = "many" }, []),
        ["token"] = (Clinician with { Kind = EntryKind.TokenIssued, Interaction = "token", ResourceType = "", ResourceId = "", Patients = [], Reason = "assertion-accepted" }, ["IUA.71"]),
        ["token of a system"] = (System with { Kind = EntryKind.TokenIssued, Interaction = "token", ResourceType = "", ResourceId = "", Patients = [], Reason = "client_credentials", TokenId = "jti-1" }, ["IUA.71"]),
        ["consent to an application"] = (Citizen with { Kind = EntryKind.TokenIssued, Interaction = "authorize", ResourceType = "", ResourceId = "", Patients = [], Reason = "consent-given", TokenId = "grant-1", Detail = "app-1" }, ["IUA.71"]),
        ["glass broken"] = (Clinician with { Kind = EntryKind.Alert, Interaction = "break-glass", ResourceType = "", ResourceId = "", Patients = [], Purpose = "BTG", Reason = "break-glass", Statement = "Bilinci kapalı, yakını yok" }, ["BasicAudit.OAUTHaccessTokenUse.Minimal"]),
        ["read under broken glass"] = (Clinician with { Purpose = "ETREAT", Reason = "break-glass", Statement = "Bilinci kapalı, yakını yok", Signs = EntrySigns.Emergency | EntrySigns.SameSurname }, ["BasicAudit.PatientRead", "BasicAudit.OAUTHaccessTokenUse.Minimal"]),
        ["glass reviewed"] = (Clinician with { Kind = EntryKind.Administration, Institution = "", Person = "operator-1", Role = "Operator", Purpose = "SYSADMIN", Interaction = "$emergency-review", ResourceType = "", ResourceId = "", Reason = "emergency-justified", Detail = "jti", Statement = "Haklı", TokenId = "" }, []),
        ["signed in"] = (Citizen with { Kind = EntryKind.SignIn, Interaction = "sign-in", ResourceType = "", ResourceId = "", Patients = [], Reason = "signed-in" }, []),
        ["signed out"] = (Citizen with { Kind = EntryKind.SignIn, Interaction = "sign-out", ResourceType = "", ResourceId = "", Patients = [], Reason = "signed-out" }, []),
        ["started"] = (Hub, []),
        ["watermark"] = (Hub with { Interaction = "watermark", Reason = "outcomes-closed-below", Detail = "12" }, []),
        ["registry changed"] = (Hub with { Interaction = "registry-change", Reason = "registry-change", Person = "operator-1", Role = "Operator", Detail = "revision 4: suspended\nhospital-izmir" }, []),
        ["erased"] = (Hub with { Interaction = "erased", ResourceType = "Patient", ResourceId = "p-1", Patients = ["p-1"], Reason = "erased", Detail = "case 17", Status = 200 }, []),
        ["legal hold"] = (System with { Kind = EntryKind.Administration, Interaction = "$legal-hold", ResourceType = "Patient", ResourceId = "p-1", Reason = "legal-hold" }, []),
        ["definitions loaded"] = (Hub with { Kind = EntryKind.SearchReleased, Interaction = "search-type", ResourceType = "ValueSet", Detail = "" }, ["BasicAudit.Query"]),
        ["capabilities"] = (new() { Kind = EntryKind.Open, Time = Clinician.Time, Interaction = "capabilities", Reason = "open", Status = 200, Source = "10.1.2.0/24", Count = 3 }, []),
        ["report read"] = (Citizen with { Kind = EntryKind.AuditRead, Interaction = "$access-report", ResourceType = "Patient", ResourceId = "p-1" }, []),
        ["heads"] = (Hub with { Kind = EntryKind.Heads, Interaction = "", Reason = "", Detail = "", Heads = new HeadsRoot(10, 2, new byte[32], null) }, []),
        ["incident"] = (Hub with { Kind = EntryKind.Incident, Interaction = "incident-opened", Reason = "many-reads", Detail = "" }, []),
    };

    internal static LoggedEntry Logged(string name) => new(Origin, 42, All[name].Entry);
}
