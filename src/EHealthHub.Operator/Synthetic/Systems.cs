namespace EHealthHub.Operator.Synthetic;

/// <summary>Code and identifier systems that the made-up patients use.</summary>
internal static class Systems
{
    public const string PatientProfile = "https://ehealthhub.example/fhir/StructureDefinition/tr-hub-patient";
    public const string OrganizationId = "https://ehealthhub.example/fhir/sid/ckys";
    public const string PractitionerId = "https://ehealthhub.example/fhir/sid/practitioner";
    public const string Icd10 = "http://hl7.org/fhir/sid/icd-10";
    public const string Loinc = "http://loinc.org";
    public const string Ucum = "http://unitsofmeasure.org";
    public const string Atc = "http://www.whocc.no/atc";
    public const string Cvx = "http://hl7.org/fhir/sid/cvx";
    public const string Hl7 = "http://terminology.hl7.org/CodeSystem/";
}
