using System.Text.Json;
using EHealthHub.Access.Consent;
using EHealthHub.Access.Tests.Policy;

namespace EHealthHub.Access.Tests.Consent;

/// <summary>Consents as JSON, with the least that each needs, and a registry of four actors.</summary>
internal static class Consents
{
    public const string Reason = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    public const string Confidentiality = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    public const string ActCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    /// <summary>An active consent with this provision (JSON), and members beside it.</summary>
    public static JsonElement Active(string provision, string more = "", string scope = "patient-privacy") => JsonDocument.Parse($$"""
        {
          "resourceType": "Consent", "id": "c1", "status": "active",
          "scope": { "coding": [ { "system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "{{scope}}" } ] },
          "category": [ { "coding": [ { "system": "http://loinc.org", "code": "59284-0" } ] } ],
          "patient": { "reference": "Patient/p1" }, "dateTime": "2026-06-13", "performer": [ { "reference": "Patient/p1" } ]
          {{(more.Length > 0 ? "," + more : "")}}{{(provision.Length > 0 ? ",\"provision\":" + provision : "")}}
        }
        """).RootElement;

    public static string Purposes(params string[] codes) => Codings("purpose", Reason, codes);

    public static string Labels(params string[] codes) =>
        $"\"securityLabel\":[{string.Join(',', codes.Select(c => $$"""{"system":"{{(c is "U" or "L" or "M" or "N" or "R" or "V" ? Confidentiality : ActCode)}}","code":"{{c}}"}"""))}]";

    public static string Actor(string reference) => $$"""{"role":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"IRCP"}]},"reference":{"reference":"{{reference}}"} }""";

    public static string Actors(params string[] references) => $"\"actor\":[{string.Join(',', references.Select(Actor))}]";

    public static ConsentActor Resolve(string? reference, string? system, string? value) => (reference ?? value) switch
    {
        "Organization/here" => new(ActorKind.Institution, Situation.Here),
        "Organization/elsewhere" => new(ActorKind.Institution, Situation.Elsewhere),
        "Practitioner/ayse" => new(ActorKind.Clinician, Situation.Doctor),
        "Device/1" => new(ActorKind.Nobody, ""),
        _ => new(ActorKind.NotUnderstood, ""),
    };

    private static string Codings(string name, string system, string[] codes) => $"\"{name}\":[{string.Join(',', codes.Select(c => $$"""{"system":"{{system}}","code":"{{c}}"}"""))}]";
}
