namespace EHealthHub.Exchange.AuditEvents;

/// <summary>A code as it stands in an event.</summary>
/// <param name="System">Its code system.</param>
/// <param name="Code">The code.</param>
internal readonly record struct EventCode(string System, string Code)
{
    /// <summary>What a DICOM event identifies itself by (PS3.16, CID 400 and the like).</summary>
    public static EventCode Dicom(string code) => new("http://dicom.nema.org/resources/ontology/DCM", code);

    /// <summary>A RESTful interaction.</summary>
    public static EventCode Rest(string code) => new("http://hl7.org/fhir/restful-interaction", code);

    /// <summary>A step in the life of a record.</summary>
    public static EventCode Lifecycle(string code) => new("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", code);

    /// <summary>Which step of an act of the hub the entry tells of (<c>fhir-profiles/hub-audit-step.json</c>).</summary>
    public static EventCode Step(string code) => new("https://ehealthhub.example/fhir/CodeSystem/hub-audit-step", code);

    /// <summary>IHE BALP's own kinds of agents.</summary>
    public static EventCode Agent(string code) => new("https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes", code);

    /// <summary>How somebody takes part.</summary>
    public static EventCode Participation(string code) => new("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", code);

    /// <summary>What something in an event is.</summary>
    public static EventCode Entity(string code) => new("http://terminology.hl7.org/CodeSystem/audit-entity-type", code);

    /// <summary>As what it takes part.</summary>
    public static EventCode Object(string code) => new("http://terminology.hl7.org/CodeSystem/object-role", code);

    /// <summary>A RESTful interaction as the type of an event.</summary>
    public static readonly EventCode RestType = new("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest");

    /// <summary>An IHE transaction.</summary>
    public static readonly EventCode Iti71 = new("urn:ihe:event-type-code", "ITI-71");

    /// <summary>A decision by roles and consents, or by roles alone.</summary>
    public static EventCode Decision(bool byConsent) => new("https://profiles.ihe.net/ITI/BALP/CodeSystem/AuthZsubType", byConsent ? "AuthZ-Consent" : "AuthZ-Role");
}
