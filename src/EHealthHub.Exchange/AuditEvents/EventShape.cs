using System.Collections.Immutable;
using EHealthHub.Access.Policy;
using EHealthHub.Audit.Entries;

namespace EHealthHub.Exchange.AuditEvents;

/// <summary>What an entry of the log is as an AuditEvent.</summary>
/// <param name="Form">The pattern.</param>
/// <param name="Type">AuditEvent.type.</param>
/// <param name="Subtypes">AuditEvent.subtype.</param>
/// <param name="Action">C, R, U, D or E.</param>
/// <param name="Profiles">IHE BALP profiles that the event satisfies, by their last part; empty for none.</param>
internal sealed record EventShape(EventForm Form, EventCode Type, ImmutableArray<EventCode> Subtypes, string Action, ImmutableArray<string> Profiles)
{
    private const string TokenUse = "IHE.BasicAudit.OAUTHaccessTokenUse.Minimal";

    private static readonly EventCode SecurityAlert = EventCode.Dicom("110113");
    private static readonly EventCode Authentication = EventCode.Dicom("110114");
    private static readonly EventCode Activity = EventCode.Dicom("110100");

    private static readonly HashSet<string> Rules = [.. AccessPolicy.RuleCodes];

    /// <summary>The hub's own verbs that have a code of DICOM's; all others are activities of the application.</summary>
    private static readonly Dictionary<string, (EventCode Type, EventCode Subtype)> Verbs = new(StringComparer.Ordinal)
    {
        ["hub-started"] = (Activity, EventCode.Dicom("110120")),
        ["hub-stopped"] = (Activity, EventCode.Dicom("110121")),
        ["sign-in"] = (Authentication, EventCode.Dicom("110122")),
        ["sign-out"] = (Authentication, EventCode.Dicom("110123")),
        ["break-glass"] = (SecurityAlert, EventCode.Dicom("110127")),
        ["$emergency-review"] = (SecurityAlert, EventCode.Dicom("110138")),
        ["registry-change"] = (SecurityAlert, EventCode.Dicom("110137")),
        ["revoke"] = (SecurityAlert, EventCode.Dicom("110137")),
        ["authorize"] = (Authentication, EventCode.Iti71),
        ["token"] = (Authentication, EventCode.Iti71),
        ["identify"] = (SecurityAlert, EventCode.Dicom("110126")),
        ["bound"] = (SecurityAlert, EventCode.Dicom("110132")),
        ["erased"] = (EventCode.Lifecycle("destroy"), EventCode.Step("erased")),
        ["$legal-hold"] = (EventCode.Lifecycle("hold"), EventCode.Step("legal-hold")),
        ["$lift-legal-hold"] = (EventCode.Lifecycle("unhold"), EventCode.Step("lift-legal-hold")),
    };

    /// <summary>The shape of an entry, shown to somebody who may know its token or not.</summary>
    public static EventShape Of(AuditEntry entry, bool showsToken)
    {
        var shape = Shape(entry);
        return showsToken && entry.TokenId.Length > 0 && shape.Form is not (EventForm.Decision or EventForm.Token) ? shape with { Profiles = shape.Profiles.Add(TokenUse) } : shape;
    }

    /// <summary>True for a refusal by the access rules of something about a patient, asked by a registered institution.</summary>
    public static bool IsDecision(AuditEntry entry) => entry is { Kind: EntryKind.Refusal, Patients.IsEmpty: false, Institution.Length: > 0 } && Rules.Contains(RuleOf(entry));

    private static EventShape Shape(AuditEntry entry) => entry.Kind switch
    {
        EntryKind.Read when IsDisclosure(entry) => Disclosure(entry, "read"),
        EntryKind.SearchReleased when IsDisclosure(entry) => Disclosure(entry, "search-released"),
        EntryKind.Read when entry.Interaction is "read" or "vread" => Rest(entry, EventForm.Read, "R", "read", entry.ResourceId.Length > 0 ? "Read" : null),
        EntryKind.Read => Rest(entry, EventForm.Basic, "R", "read", null),
        EntryKind.SearchAsked => Rest(entry, EventForm.Query, "E", "search-asked", null),
        EntryKind.SearchReleased => Rest(entry, EventForm.Query, "E", "search-released", IsSearch(entry.Interaction) ? "Query" : null),
        EntryKind.WriteIntent => Write(entry, "write-intent", isDone: false),
        EntryKind.WriteOutcome => Write(entry, "write-outcome", isDone: entry is { Status: < 400, CommitSequence: > 0 }),
        EntryKind.Refusal when IsDecision(entry) => new(EventForm.Decision, SecurityAlert, [EventCode.Decision(IsByConsent(RuleOf(entry)))], "E", ["IHE.BasicAudit.AuthZconsent"]),
        EntryKind.Refusal => Verbs.TryGetValue(entry.Interaction, out var verb) ? Own(verb.Type, [verb.Subtype, EventCode.Step("refusal")], "E") : Rest(entry, EventForm.Basic, "E", "refusal", null),
        EntryKind.TokenIssued => new(EventForm.Token, Authentication, [EventCode.Iti71], "E", ["IHE.IUA.71"]),
        EntryKind.Open => Rest(entry, EventForm.Basic, "R", "open", null),
        EntryKind.AuditRead => Own(EventCode.Dicom("110101"), [EventCode.Step("audit-read"), .. Named(entry)], "R"),
        EntryKind.SignIn => Own(Authentication, [EventCode.Dicom(entry.Interaction == "sign-out" ? "110123" : "110122"), EventCode.Step("sign-in")], "E"),
        EntryKind.Alert => Own(SecurityAlert, [.. Verbs.TryGetValue(entry.Interaction, out var known) ? [known.Subtype] : Array.Empty<EventCode>(), EventCode.Step("alert")], "E"),
        EntryKind.Incident => Own(SecurityAlert, [EventCode.Step("incident")], "E"),
        EntryKind.Heads => Own(Activity, [EventCode.Step("heads")], "E"),
        _ => Administration(entry),
    };

    private static EventShape Administration(AuditEntry entry) =>
        Verbs.TryGetValue(entry.Interaction, out var verb) ? Own(verb.Type, [verb.Subtype, EventCode.Step("administration")], entry.Interaction == "erased" ? "D" : "E")
        : entry.RequestId.Length > 0 ? Rest(entry, EventForm.Basic, "E", "administration", null)
        : Own(Activity, [EventCode.Step("administration")], "E");

    private static EventShape Own(EventCode type, ImmutableArray<EventCode> subtypes, string action) => new(EventForm.Basic, type, subtypes, action, []);

    private static EventShape Rest(AuditEntry entry, EventForm form, string action, string step, string? profile) =>
        new(form, EventCode.RestType, [.. Named(entry), EventCode.Step(step)], action, profile is null ? [] : [Profile(entry, profile)]);

    private static EventShape Write(AuditEntry entry, string step, bool isDone)
    {
        var (form, action, profile) = entry.Interaction switch
        {
            "create" => (EventForm.Write, "C", "Create"),
            "update" or "patch" => (EventForm.Write, "U", "Update"),
            "delete" => (EventForm.Delete, "D", "Delete"),
            _ => (EventForm.Basic, entry.Interaction.StartsWith('$') ? "U" : "E", (string?)null),
        };
        return Rest(entry, form, action, step, isDone && entry.ResourceId.Length > 0 ? profile : null);
    }

    private static EventShape Disclosure(AuditEntry entry, string step) =>
        new(EventForm.Disclosure, EventCode.Dicom("110106"), [EventCode.Lifecycle("disclose"), .. Named(entry), EventCode.Step(step)], "R", ["IHE.BasicAudit.PrivacyDisclosure.Source"]);

    /// <summary>A patient's record, shown to somebody for what is neither their care nor their own wish.</summary>
    private static bool IsDisclosure(AuditEntry entry) => !entry.Patients.IsEmpty && entry.Purpose is Purpose.Payment or Purpose.PublicHealth or Purpose.Research;

    /// <summary>R4's code of an interaction; an operation is one, and its name stands in the entry.</summary>
    private static ImmutableArray<EventCode> Named(AuditEntry entry) => entry.Interaction switch
    {
        "" => [],
        "read" or "vread" or "update" or "patch" or "delete" or "create" or "history-instance" or "history-type" or "history-system" or "search-type" or "search-system" or "capabilities" or "transaction" or "batch" => [EventCode.Rest(entry.Interaction)],
        "search-compartment" => [EventCode.Rest("search")],
        _ => [EventCode.Rest("operation")],
    };

    private static bool IsSearch(string interaction) => interaction is "search-type" or "search-system" or "search-compartment";

    private static string Profile(AuditEntry entry, string name) => "IHE.BasicAudit." + (entry.Patients.IsEmpty ? "" : "Patient") + name;

    private static string RuleOf(AuditEntry entry) => entry.Reason.EndsWith("-masked", StringComparison.Ordinal) ? entry.Reason[..^"-masked".Length] : entry.Reason;

    private static bool IsByConsent(string rule) => rule.StartsWith("consent", StringComparison.Ordinal) || rule.Contains("-consent", StringComparison.Ordinal) || rule == "security-setting";
}
