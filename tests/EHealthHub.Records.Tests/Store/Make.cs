using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Tests.Store;

/// <summary>Resources and asks for tests.</summary>
internal static class Make
{
    public static FhirResource Resource(string json) =>
        FhirReader.Read(Encoding.UTF8.GetBytes(json), new FhirLimits()).Try(out var resource, out var failure) ? resource : throw new InvalidOperationException(failure.Issues[0].Diagnostics);

    public static FhirResource Patient(string? identifier = null, string family = "Yılmaz") => Resource(
        "{\"resourceType\":\"Patient\"" + (identifier is null ? "" : ",\"identifier\":[{\"system\":\"urn:test:mrn\",\"value\":\"" + identifier + "\"}]")
        + ",\"name\":[{\"family\":\"" + family + "\",\"given\":[\"Zeynep\"]}],\"birthDate\":\"1980-03-01\"}");

    public static FhirResource Observation(string patient, string code = "718-7", string date = "2026-03-04", string value = "13.50", string? encounter = null) => Resource(
        "{\"resourceType\":\"Observation\",\"status\":\"final\",\"category\":[{\"coding\":[{\"system\":\"http://terminology.hl7.org/CodeSystem/observation-category\",\"code\":\"laboratory\"}]}],"
        + "\"code\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":\"" + code + "\"}]},\"subject\":{\"reference\":\"Patient/" + patient + "\"},"
        + (encounter is null ? "" : "\"encounter\":{\"reference\":\"Encounter/" + encounter + "\"},")
        + "\"effectiveDateTime\":\"" + date + "\",\"valueQuantity\":{\"value\":" + value + ",\"unit\":\"g/dL\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"g/dL\"}}");

    public static FhirResource Encounter(string patient, string status) => Resource(
        "{\"resourceType\":\"Encounter\",\"status\":\"" + status + "\",\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":\"AMB\"},\"subject\":{\"reference\":\"Patient/" + patient
        + "\"},\"period\":{\"start\":\"2026-11-24T09:00:00Z\"}}");

    public static FhirResource Organization(string name, string identifier) => Resource(
        "{\"resourceType\":\"Organization\",\"identifier\":[{\"system\":\"urn:test:org\",\"value\":\"" + identifier + "\"}],\"active\":true,\"name\":\"" + name + "\"}");

    /// <summary>A group about several patients; it lies with the institution.</summary>
    public static FhirResource Group(params string[] patients) => Resource(
        "{\"resourceType\":\"Group\",\"type\":\"person\",\"actual\":true,\"code\":{\"coding\":[{\"system\":\"urn:test\",\"code\":\"family\"}]},\"member\":["
        + string.Join(',', patients.Select(p => "{\"entity\":{\"reference\":\"Patient/" + p + "\"}}")) + "]}");

    /// <summary>Who submitted the patient, and which encounters are open, by institution and id.</summary>
    public static Relationships Relations(PatientSource source) => new(
        source.Of("Patient").LastOrDefault(p => p.Id == source.PatientId)?.Submitter,
        [.. source.Of("Encounter").Where(e => e.Of("status").Any(s => s.Text == "in-progress")).Select(e => (e.Submitter, e.Id))]);

    public static WriteEntry Create(FhirResource resource, string id, CompartmentKind kind, string name) => new()
    {
        Action = EntryAction.Create,
        Type = resource.Type,
        Id = id,
        Compartment = kind,
        CompartmentName = name,
        Version = 1,
        Resource = resource,
    };

    public static WriteEntry Create(FhirResource resource, string id, string patient) => Create(resource, id, CompartmentKind.Patient, patient);

    public static WriteEntry Update(ResourceLocation current, FhirResource resource) => new()
    {
        Action = EntryAction.Update,
        Type = current.Type,
        Id = current.Id,
        Compartment = current.Compartment,
        CompartmentName = current.CompartmentName,
        Replaces = current,
        Version = current.Version + 1,
        Resource = resource,
    };

    public static WriteEntry Delete(ResourceLocation current) => new()
    {
        Action = EntryAction.Delete,
        Type = current.Type,
        Id = current.Id,
        Compartment = current.Compartment,
        CompartmentName = current.CompartmentName,
        Replaces = current,
        Version = current.Version + 1,
    };

    public static CommitAsk Ask(params WriteEntry[] entries) => Ask("hospital-ankara", entries);

    public static CommitAsk Ask(string submitter, params WriteEntry[] entries) => new()
    {
        Entries = [.. entries],
        Resolved = ImmutableDictionary<IdentifierCondition, string>.Empty,
        References = ImmutableDictionary<string, string>.Empty,
        Submitter = submitter,
        Time = StoreFixture.Noon,
        Salt = RandomNumberGenerator.GetBytes(16),
    };

    public static CommitAsk With(this CommitAsk ask, string? requestKey = null, byte[]? result = null, IReadOnlyDictionary<IdentifierCondition, string>? resolved = null) => new()
    {
        Entries = ask.Entries,
        Resolved = resolved ?? ask.Resolved,
        References = ask.References,
        Submitter = ask.Submitter,
        Time = ask.Time,
        Salt = ask.Salt,
        RequestKey = requestKey,
        Result = result,
    };

    /// <summary>The same ask on the condition that what was decided on still stands.</summary>
    public static CommitAsk On(this CommitAsk ask, params DecidedOn[] decided) => new()
    {
        Entries = ask.Entries,
        Resolved = ask.Resolved,
        Decided = [.. decided],
        References = ask.References,
        Submitter = ask.Submitter,
        Time = ask.Time,
        Salt = ask.Salt,
    };

    /// <summary>The same ask at another time.</summary>
    public static CommitAsk At(this CommitAsk ask, DateTimeOffset time) => new()
    {
        Entries = ask.Entries,
        Resolved = ask.Resolved,
        Decided = ask.Decided,
        References = ask.References,
        Submitter = ask.Submitter,
        Time = time,
        Salt = ask.Salt,
    };

    public static SearchQuery Query(string type, string? patient, params SearchCriterion[] criteria) =>
        new() { Type = type, PatientId = patient, Criteria = criteria, Used = [] };

    public static SearchCriterion Token(string parameter, string? system, string? code) => new(parameter, null, [new SearchValue(FactKind.Token, "eq", system, code)]);

    public static SearchAsk InPatient(SearchQuery query, string patient, long after = 0) => new(query, CompartmentKind.Patient, patient, after, false);

    public static SearchAsk Everywhere(SearchQuery query, long after = 0) => new(query, CompartmentKind.Patient, null, after, true);

    public static string Text(this RecordVersion version) => Encoding.UTF8.GetString(version.Json.Span);
}

/// <summary>What the tests make of what may be read in order to decide.</summary>
internal sealed record Relationships(string? PatientSubmitter, IReadOnlyList<(string Institution, string EncounterId)> OpenEncounters);
