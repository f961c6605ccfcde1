using System.Globalization;

namespace EHealthHub.Operator.Synthetic;

/// <summary>Writes the resources of one patient into the Bundle, one method for each type.</summary>
internal sealed class ResourceJson(BundleJson bundle, SeededSource source, Guid patient)
{
    private readonly string _patient = BundleJson.Urn(patient);

    public void Patient(SyntheticPerson person, Hospital home)
    {
        var json = bundle.Json;
        bundle.Begin("Patient", patient);
        json.WriteStartObject("meta");
        json.WriteStartArray("profile");
        json.WriteStringValue(Systems.PatientProfile);
        json.WriteEndArray();
        json.WriteEndObject();
        bundle.Identifier(NationalId.System, person.NationalId);
        json.WriteBoolean("active", true);
        json.WriteStartArray("name");
        json.WriteStartObject();
        json.WriteString("use", "official");
        json.WriteString("family", person.Family);
        json.WriteStartArray("given");
        foreach (var given in person.Given.Split(' '))
        {
            json.WriteStringValue(given);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("telecom");
        json.WriteStartObject();
        json.WriteString("system", "phone");
        json.WriteString("value", person.Phone);
        json.WriteString("use", "mobile");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("gender", person.Female ? "female" : "male");
        json.WriteString("birthDate", BundleJson.Date(person.Birth));
        WriteAddress(person);
        bundle.Concept("maritalStatus", Systems.Hl7 + "v3-MaritalStatus", person.Married ? "M" : "S", person.Married ? "Married" : "Never Married");
        json.WriteStartArray("communication");
        json.WriteStartObject();
        bundle.Concept("language", "urn:ietf:bcp:47", "tr", "Turkish");
        json.WriteBoolean("preferred", true);
        json.WriteEndObject();
        json.WriteEndArray();
        bundle.Reference("managingOrganization", home.Reference);
        bundle.End("Patient", $"identifier={NationalId.System}|{person.NationalId}");
    }

    public void Encounter(Visit visit, Diagnosis reason)
    {
        var json = bundle.Json;
        bundle.Begin("Encounter", visit.Encounter);
        json.WriteString("status", "finished");
        json.WriteStartObject("class");
        json.WriteString("system", Systems.Hl7 + "v3-ActCode");
        json.WriteString("code", visit.ClassCode);
        json.WriteString("display", visit.ClassDisplay);
        json.WriteEndObject();
        bundle.Concepts("type", null, null, null, visit.TypeText);
        bundle.Reference("subject", _patient);
        json.WriteStartArray("participant");
        json.WriteStartObject();
        bundle.Reference("individual", visit.Physician.Reference);
        json.WriteEndObject();
        json.WriteEndArray();
        bundle.Period("period", visit.Start, visit.End);
        bundle.Concepts("reasonCode", Systems.Icd10, reason.Code, reason.English, reason.Turkish);
        bundle.Reference("serviceProvider", visit.Hospital.Reference);
        bundle.End("Encounter");
    }

    public Guid Condition(Visit visit, Diagnosis diagnosis, DateOnly onset, bool chronic)
    {
        var id = source.Uuid();
        var json = bundle.Json;
        var status = chronic ? "active" : "resolved";
        bundle.Begin("Condition", id);
        bundle.Concept("clinicalStatus", Systems.Hl7 + "condition-clinical", status, null);
        bundle.Concept("verificationStatus", Systems.Hl7 + "condition-ver-status", "confirmed", null);
        bundle.Concepts("category", Systems.Hl7 + "condition-category", "encounter-diagnosis", "Encounter Diagnosis");
        bundle.Concept("code", Systems.Icd10, diagnosis.Code, diagnosis.English, diagnosis.Turkish);
        bundle.Reference("subject", _patient);
        bundle.Reference("encounter", BundleJson.Urn(visit.Encounter));
        json.WriteString("onsetDateTime", BundleJson.Date(onset));
        if (!chronic)
        {
            var abated = visit.Day.AddDays(source.Between(4, 21));
            json.WriteString("abatementDateTime", BundleJson.Date(abated < PatientGenerator.AsOf ? abated : PatientGenerator.AsOf));
        }

        json.WriteString("recordedDate", BundleJson.Instant(visit.Start.AddMinutes(15)));
        bundle.Reference("recorder", visit.Physician.Reference);
        bundle.End("Condition");
        return id;
    }

    /// <summary>A vital sign; one with a second value becomes the blood pressure panel of R4's vital-signs profile.</summary>
    public void Vital(Measured vital, DateTime at, Guid? encounter)
    {
        if (vital.Second is null)
        {
            Observation(vital, "vital-signs", "Vital Signs", at, encounter);
            return;
        }

        var json = bundle.Json;
        bundle.Begin("Observation", source.Uuid());
        ObservationHead("vital-signs", "Vital Signs", "85354-9", "Blood pressure panel with all children optional", at, encounter);
        json.WriteStartArray("component");
        foreach (var part in new[] { vital, vital.Second })
        {
            json.WriteStartObject();
            bundle.Concept("code", Systems.Loinc, part.Code, part.Display);
            bundle.Quantity("valueQuantity", BundleJson.Fixed(part.Value, part.Decimals), part.Unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        bundle.End("Observation");
    }

    public Guid Laboratory(Visit visit, Measured result) => Observation(result, "laboratory", "Laboratory", visit.Start.AddMinutes(25), visit.Encounter);

    public void Report(Visit visit, (string Code, string English, string Turkish) panel, IReadOnlyList<Guid> results)
    {
        var json = bundle.Json;
        bundle.Begin("DiagnosticReport", source.Uuid());
        json.WriteString("status", "final");
        bundle.Concepts("category", Systems.Hl7 + "v2-0074", "LAB", "Laboratory");
        bundle.Concept("code", Systems.Loinc, panel.Code, panel.English, panel.Turkish);
        bundle.Reference("subject", _patient);
        bundle.Reference("encounter", BundleJson.Urn(visit.Encounter));
        json.WriteString("effectiveDateTime", BundleJson.Instant(visit.Start.AddMinutes(25)));
        json.WriteString("issued", BundleJson.Instant(visit.Start.AddMinutes(140)));
        json.WriteStartArray("performer");
        bundle.Reference(visit.Hospital.Reference);
        json.WriteEndArray();
        json.WriteStartArray("result");
        foreach (var result in results)
        {
            bundle.Reference(BundleJson.Urn(result));
        }

        json.WriteEndArray();
        bundle.End("DiagnosticReport");
    }

    public void MedicationRequest(Visit visit, Drug drug, Guid condition, bool active)
    {
        var json = bundle.Json;
        bundle.Begin("MedicationRequest", source.Uuid());
        json.WriteString("status", active ? "active" : "completed");
        json.WriteString("intent", "order");
        bundle.Concept("medicationCodeableConcept", Systems.Atc, drug.Code, drug.English, drug.Turkish);
        bundle.Reference("subject", _patient);
        bundle.Reference("encounter", BundleJson.Urn(visit.Encounter));
        json.WriteString("authoredOn", BundleJson.Instant(visit.Start.AddMinutes(20)));
        bundle.Reference("requester", visit.Physician.Reference);
        json.WriteStartArray("reasonReference");
        bundle.Reference(BundleJson.Urn(condition));
        json.WriteEndArray();
        json.WriteStartArray("dosageInstruction");
        json.WriteStartObject();
        json.WriteString("text", string.Create(CultureInfo.InvariantCulture, $"Günde {drug.TimesADay} kez"));
        json.WriteStartObject("timing");
        json.WriteStartObject("repeat");
        json.WriteNumber("frequency", drug.TimesADay);
        json.WritePropertyName("period");
        json.WriteRawValue("1.0");
        json.WriteString("periodUnit", "d");
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartArray("doseAndRate");
        json.WriteStartObject();
        bundle.Quantity("doseQuantity", drug.Dose, drug.Unit);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartObject("dispenseRequest");
        bundle.Quantity("expectedSupplyDuration", drug.Days.ToString(CultureInfo.InvariantCulture), "d");
        json.WriteEndObject();
        bundle.End("MedicationRequest");
    }

    public void Immunization(Hospital hospital, Vaccine vaccine, DateOnly day, int dose)
    {
        var json = bundle.Json;
        bundle.Begin("Immunization", source.Uuid());
        json.WriteString("status", "completed");
        bundle.Concept("vaccineCode", Systems.Cvx, vaccine.Code, vaccine.English, vaccine.Turkish);
        bundle.Reference("patient", _patient);
        json.WriteString("occurrenceDateTime", BundleJson.Date(day));
        json.WriteBoolean("primarySource", true);
        json.WriteString("lotNumber", string.Create(CultureInfo.InvariantCulture, $"TR{source.Between(10_000, 99_999)}"));
        json.WriteStartArray("performer");
        json.WriteStartObject();
        bundle.Reference("actor", hospital.Reference);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteStartArray("protocolApplied");
        json.WriteStartObject();
        json.WriteNumber("doseNumberPositiveInt", dose);
        json.WriteEndObject();
        json.WriteEndArray();
        bundle.End("Immunization");
    }

    public void Allergy((string? Atc, string Turkish, string English, string Category, string ReactionTurkish) allergy, DateOnly day)
    {
        var json = bundle.Json;
        bundle.Begin("AllergyIntolerance", source.Uuid());
        bundle.Concept("clinicalStatus", Systems.Hl7 + "allergyintolerance-clinical", "active", null);
        bundle.Concept("verificationStatus", Systems.Hl7 + "allergyintolerance-verification", "confirmed", null);
        json.WriteString("type", "allergy");
        json.WriteStartArray("category");
        json.WriteStringValue(allergy.Category);
        json.WriteEndArray();
        json.WriteString("criticality", source.Chance(200) ? "high" : "low");
        bundle.Concept("code", Systems.Atc, allergy.Atc, allergy.English, allergy.Turkish);
        bundle.Reference("patient", _patient);
        json.WriteString("recordedDate", BundleJson.Date(day));
        json.WriteStartArray("reaction");
        json.WriteStartObject();
        bundle.Concepts("manifestation", null, null, null, allergy.ReactionTurkish);
        json.WriteEndObject();
        json.WriteEndArray();
        bundle.End("AllergyIntolerance");
    }

    public void Procedure(Visit visit, (string Code, string Turkish, string English) procedure)
    {
        var json = bundle.Json;
        bundle.Begin("Procedure", source.Uuid());
        json.WriteString("status", "completed");
        bundle.Concept("code", Systems.Loinc, procedure.Code, procedure.English, procedure.Turkish);
        bundle.Reference("subject", _patient);
        bundle.Reference("encounter", BundleJson.Urn(visit.Encounter));
        json.WriteString("performedDateTime", BundleJson.Instant(visit.Start.AddMinutes(40)));
        json.WriteStartArray("performer");
        json.WriteStartObject();
        bundle.Reference("actor", visit.Physician.Reference);
        json.WriteEndObject();
        json.WriteEndArray();
        bundle.End("Procedure");
    }

    private Guid Observation(Measured measured, string category, string categoryDisplay, DateTime at, Guid? encounter)
    {
        var id = source.Uuid();
        bundle.Begin("Observation", id);
        ObservationHead(category, categoryDisplay, measured.Code, measured.Display, at, encounter);
        bundle.Quantity("valueQuantity", BundleJson.Fixed(measured.Value, measured.Decimals), measured.Unit);
        if (measured is { Low: { } low, High: { } high })
        {
            WriteRange(measured, low, high);
        }

        bundle.End("Observation");
        return id;
    }

    private void ObservationHead(string category, string categoryDisplay, string code, string display, DateTime at, Guid? encounter)
    {
        var json = bundle.Json;
        json.WriteString("status", "final");
        bundle.Concepts("category", Systems.Hl7 + "observation-category", category, categoryDisplay);
        bundle.Concept("code", Systems.Loinc, code, display);
        bundle.Reference("subject", _patient);
        if (encounter is { } of)
        {
            bundle.Reference("encounter", BundleJson.Urn(of));
        }

        json.WriteString("effectiveDateTime", BundleJson.Instant(at));
    }

    private void WriteRange(Measured measured, int low, int high)
    {
        var json = bundle.Json;
        var (code, display) = measured.Value < low ? ("L", "Low") : measured.Value > high ? ("H", "High") : ("N", "Normal");
        bundle.Concepts("interpretation", Systems.Hl7 + "v3-ObservationInterpretation", code, display);
        json.WriteStartArray("referenceRange");
        json.WriteStartObject();
        bundle.Quantity("low", BundleJson.Fixed(low, measured.Decimals), measured.Unit);
        bundle.Quantity("high", BundleJson.Fixed(high, measured.Decimals), measured.Unit);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private void WriteAddress(SyntheticPerson person)
    {
        var json = bundle.Json;
        json.WriteStartArray("address");
        json.WriteStartObject();
        json.WriteString("use", "home");
        json.WriteStartArray("line");
        json.WriteStringValue(person.Street);
        json.WriteEndArray();
        json.WriteString("city", person.Province.Name);
        json.WriteString("district", person.District);
        json.WriteString("postalCode", person.PostalCode);
        json.WriteString("country", "TR");
        json.WriteEndObject();
        json.WriteEndArray();
    }
}
