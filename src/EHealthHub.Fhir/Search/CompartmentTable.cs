using System.Collections.Frozen;
using System.Reflection;

namespace EHealthHub.Fhir.Search;

/// <summary>R4's CompartmentDefinition/patient (4.0.1): the search parameters by which a resource of a type belongs to a patient.</summary>
internal static class CompartmentTable
{
    /// <summary>Stands for the resource that the compartment is named after.</summary>
    internal const string Itself = "{def}";

    private const string OthersFile = "EHealthHub.Fhir.Search.Expressions.compartments.r4.txt";

    private static readonly Lazy<FrozenDictionary<(string Compartment, string Type), string[]>> Others = new(ReadOthers);

    /// <summary>The parameters by which a type belongs to a compartment (<see cref="Itself"/> for its own type); null where R4 knows no such compartment or the type lies in none of them.</summary>
    internal static string[]? ParametersOf(string compartment, string type) => (compartment, type) switch
    {
        ("Patient", "Patient") => [Itself],
        ("Patient", _) => Parameters.GetValueOrDefault(type),
        _ => Others.Value.GetValueOrDefault((compartment, type)),
    };

    /// <summary>The types that lie in a compartment, sorted; empty for what is none.</summary>
    internal static IEnumerable<string> TypesOf(string compartment) =>
        (compartment == "Patient" ? Parameters.Keys.Append("Patient") : Others.Value.Keys.Where(k => k.Compartment == compartment).Select(k => k.Type)).Order(StringComparer.Ordinal);

    /// <summary>Public within the hub: who and where, and the conformance and terminology resources that tell how to speak.</summary>
    internal static readonly FrozenSet<string> Directory = FrozenSet.Create(
        StringComparer.Ordinal,
        "Organization", "Practitioner", "PractitionerRole", "Location", "HealthcareService", "Endpoint",
        "CapabilityStatement", "CodeSystem", "CompartmentDefinition", "ConceptMap", "ExampleScenario", "GraphDefinition", "ImplementationGuide", "MessageDefinition", "NamingSystem",
        "OperationDefinition", "SearchParameter", "StructureDefinition", "StructureMap", "TerminologyCapabilities", "ValueSet");

    /// <summary>
    /// By type. <c>Patient</c> itself is not here: R4 lists its <c>link</c>, but a Patient lies in its own compartment and in no other. Neither is Binary, which belongs where its securityContext says.
    /// </summary>
    internal static readonly FrozenDictionary<string, string[]> Parameters = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["Account"] = ["subject"],
        ["AdverseEvent"] = ["subject"],
        ["AllergyIntolerance"] = ["patient", "recorder", "asserter"],
        ["Appointment"] = ["actor"],
        ["AppointmentResponse"] = ["actor"],
        ["AuditEvent"] = ["patient"],
        ["Basic"] = ["patient", "author"],
        ["BodyStructure"] = ["patient"],
        ["CarePlan"] = ["patient", "performer"],
        ["CareTeam"] = ["patient", "participant"],
        ["ChargeItem"] = ["subject"],
        ["Claim"] = ["patient", "payee"],
        ["ClaimResponse"] = ["patient"],
        ["ClinicalImpression"] = ["subject"],
        ["Communication"] = ["subject", "sender", "recipient"],
        ["CommunicationRequest"] = ["subject", "sender", "recipient", "requester"],
        ["Composition"] = ["subject", "author", "attester"],
        ["Condition"] = ["patient", "asserter"],
        ["Consent"] = ["patient"],
        ["Coverage"] = ["policy-holder", "subscriber", "beneficiary", "payor"],
        ["CoverageEligibilityRequest"] = ["patient"],
        ["CoverageEligibilityResponse"] = ["patient"],
        ["DetectedIssue"] = ["patient"],
        ["DeviceRequest"] = ["subject", "performer"],
        ["DeviceUseStatement"] = ["subject"],
        ["DiagnosticReport"] = ["subject"],
        ["DocumentManifest"] = ["subject", "author", "recipient"],
        ["DocumentReference"] = ["subject", "author"],
        ["Encounter"] = ["patient"],
        ["EnrollmentRequest"] = ["subject"],
        ["EpisodeOfCare"] = ["patient"],
        ["ExplanationOfBenefit"] = ["patient", "payee"],
        ["FamilyMemberHistory"] = ["patient"],
        ["Flag"] = ["patient"],
        ["Goal"] = ["patient"],
        ["Group"] = ["member"],
        ["ImagingStudy"] = ["patient"],
        ["Immunization"] = ["patient"],
        ["ImmunizationEvaluation"] = ["patient"],
        ["ImmunizationRecommendation"] = ["patient"],
        ["Invoice"] = ["subject", "patient", "recipient"],
        ["List"] = ["subject", "source"],
        ["MeasureReport"] = ["patient"],
        ["Media"] = ["subject"],
        ["MedicationAdministration"] = ["patient", "performer", "subject"],
        ["MedicationDispense"] = ["subject", "patient", "receiver"],
        ["MedicationRequest"] = ["subject"],
        ["MedicationStatement"] = ["subject"],
        ["MolecularSequence"] = ["patient"],
        ["NutritionOrder"] = ["patient"],
        ["Observation"] = ["subject", "performer"],
        ["Person"] = ["patient"],
        ["Procedure"] = ["patient", "performer"],
        ["Provenance"] = ["patient"],
        ["QuestionnaireResponse"] = ["subject", "author"],
        ["RelatedPerson"] = ["patient"],
        ["RequestGroup"] = ["subject", "participant"],
        ["ResearchSubject"] = ["individual"],
        ["RiskAssessment"] = ["subject"],
        ["Schedule"] = ["actor"],
        ["ServiceRequest"] = ["subject", "performer"],
        ["Specimen"] = ["subject"],
        ["SupplyDelivery"] = ["patient"],
        ["SupplyRequest"] = ["subject"],
        ["VisionPrescription"] = ["patient"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // CompartmentDefinition of Device, Encounter, Practitioner and RelatedPerson: compartment, type, parameters.
    private static FrozenDictionary<(string Compartment, string Type), string[]> ReadOthers()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(OthersFile) ?? throw new InvalidOperationException($"{OthersFile} is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .ToFrozenDictionary(fields => (fields[0], fields[1]), fields => fields[2].Split(','));
    }
}
