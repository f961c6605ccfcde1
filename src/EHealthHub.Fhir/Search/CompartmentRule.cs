using EHealthHub.Fhir.Reading;

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

/// <summary>Which patients a resource is about, by R4's CompartmentDefinition/patient.</summary>
public static class CompartmentRule
{
    /// <summary>True for types that are public within the hub.</summary>
    public static bool IsDirectory(string type) => throw new NotSupportedException("under construction");

    /// <summary>True for a type that R4 places in a patient's compartment by at least one element (Patient itself too).</summary>
    public static bool IsPatientType(string type) => throw new NotSupportedException("under construction");

    /// <summary>
    /// The distinct references, as written in the resource (<c>Patient/1</c>, <c>urn:uuid:…</c>, <c>Patient?identifier=…</c>), by which it belongs to patients. References to other types in a compartment element are left out where the
    /// written form tells the type; a <c>urn:</c> is given back, for the caller to resolve.
    /// </summary>
    public static IReadOnlyList<string> PatientReferences(FhirResource resource) => throw new NotSupportedException("under construction");
}
