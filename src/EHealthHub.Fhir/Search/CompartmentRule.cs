using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search.Expressions;
using EHealthHub.Fhir.Search.Extraction;

namespace EHealthHub.Fhir.Search;

/// <summary>Where a resource type lives (the room Records keeps one data key for each compartment).</summary>
public enum CompartmentKind
{
    /// <summary>Everything about one patient (R4 patient compartment).</summary>
    Patient = 1,

    /// <summary>Of the institution that submitted it: worklists, groups, things about several patients or none.</summary>
    Institution = 2,

    /// <summary>Organization, Practitioner, PractitionerRole, Location, HealthcareService, Endpoint and conformance resources; public within the hub.</summary>
    Directory = 3,
}

/// <summary>
/// Which patients a resource is about, by R4's CompartmentDefinition/patient. A Patient lies in its own compartment alone, whatever its <c>link</c> says; a Binary belongs to the patient that its <c>securityContext</c> names and
/// else to the institution.
/// </summary>
public static class CompartmentRule
{
    private static readonly ConcurrentDictionary<string, ImmutableArray<byte[][]>> Ways = new(StringComparer.Ordinal);

    /// <summary>True for types that are public within the hub.</summary>
    public static bool IsDirectory(string type) => CompartmentTable.Directory.Contains(type);

    /// <summary>True for a type that R4 places in a patient's compartment by at least one element (Patient itself too, and Binary by its <c>securityContext</c>).</summary>
    public static bool IsPatientType(string type) => type is "Patient" or "Binary" || CompartmentTable.Parameters.ContainsKey(type);

    /// <summary>The types that R4 places in a compartment (Patient, Encounter, Practitioner, RelatedPerson, Device) by at least one element, sorted: those of <c>[compartment]/[id]/*</c>. Empty for what is no compartment.</summary>
    public static IReadOnlyList<string> TypesOf(string compartment) => [.. CompartmentTable.TypesOf(compartment)];

    /// <summary>
    /// The distinct references, as written in the resource (<c>Patient/1</c>, <c>urn:uuid:…</c>, <c>Patient?identifier=…</c>), by which it belongs to patients. References to other types in a compartment element are left out where the
    /// written form tells the type; a <c>urn:</c> and a URL that tells no type are given back, for the caller to resolve. A reference to a contained resource leads to no patient of the hub. Empty for a Patient.
    /// </summary>
    public static IReadOnlyList<string> PatientReferences(FhirResource resource)
    {
        var found = new List<string>();
        foreach (var way in Ways.GetOrAdd(resource.Type, static type => Compile(type)))
        {
            Follow(resource.Root, way, found);
        }

        return found;
    }

    private static void Follow(JsonElement element, ReadOnlySpan<byte[]> way, List<string> found)
    {
        if (way.IsEmpty)
        {
            if (JsonText.Of(element, "reference"u8) is { } reference && MayBePatient(reference) && !found.Contains(reference))
            {
                found.Add(reference);
            }

            return;
        }

        foreach (var item in ValueReader.Items(element, way[0]))
        {
            Follow(item, way[1..], found);
        }
    }

    private static bool MayBePatient(string reference) => reference[0] != '#' && ReferenceText.Parse(reference, null).Type is null or "Patient";

    // The membership elements are those of the search parameters, without their own `resolve() is Patient`: here an unresolved reference counts.
    private static ImmutableArray<byte[][]> Compile(string type)
    {
        if (type == "Binary")
        {
            return [["securityContext"u8.ToArray()]];
        }

        if (!CompartmentTable.Parameters.TryGetValue(type, out var codes) || TypeParameters.Of(type) is not { } parameters)
        {
            return [];
        }

        var ways = codes
            .SelectMany(code => parameters.Find(code)?.Paths ?? throw new InvalidOperationException($"{type} has no search parameter {code}."))
            .Select(path => string.Join('.', path.Steps.Where(s => s.Kind != StepKind.WhereResolves).Select(Member)))
            .Distinct(StringComparer.Ordinal);
        return [.. ways.Select(way => way.Split('.').Select(Encoding.UTF8.GetBytes).ToArray())];
    }

    private static string Member(PathStep step) =>
        step.Kind == StepKind.Child ? step.Name : throw new InvalidOperationException($"A compartment element is reached by a step of kind {step.Kind}.");
}
