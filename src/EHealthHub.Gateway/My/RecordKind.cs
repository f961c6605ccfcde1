using System.Collections.Immutable;

namespace EHealthHub.Gateway.My;

/// <summary>A kind of entries of a record, as people call it.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Turkish">Name in Turkish.</param>
/// <param name="English">Name in English.</param>
/// <param name="Sort">Search parameter of the date by which the newest come first.</param>
/// <param name="Dates">Elements that hold that date, the first that is there counts.</param>
internal sealed record RecordKind(string Type, string Turkish, string English, string Sort, params ImmutableArray<string> Dates)
{
    /// <summary>In the order in which people look for them.</summary>
    public static ImmutableArray<RecordKind> All { get; } =
    [
        new("Encounter", "Muayene ve yatışlar", "Visits and stays", "date", "period"),
        new("Condition", "Tanılar", "Diagnoses", "recorded-date", "recordedDate", "onsetDateTime", "onsetPeriod"),
        new("AllergyIntolerance", "Alerjiler", "Allergies", "date", "recordedDate", "onsetDateTime"),
        new("MedicationRequest", "Reçeteler", "Prescriptions", "authoredon", "authoredOn"),
        new("MedicationStatement", "Kullanılan ilaçlar", "Medicines taken", "effective", "effectiveDateTime", "effectivePeriod", "dateAsserted"),
        new("MedicationDispense", "Verilen ilaçlar", "Medicines handed over", "whenhandedover", "whenHandedOver"),
        new("MedicationAdministration", "Uygulanan ilaçlar", "Medicines given", "effective-time", "effectiveDateTime", "effectivePeriod"),
        new("Immunization", "Aşılar", "Vaccinations", "date", "occurrenceDateTime"),
        new("Observation", "Ölçüm ve tahliller", "Measurements and results", "date", "effectiveDateTime", "effectivePeriod", "effectiveInstant"),
        new("DiagnosticReport", "Raporlar", "Reports", "date", "effectiveDateTime", "effectivePeriod", "issued"),
        new("ImagingStudy", "Görüntülemeler", "Images", "started", "started"),
        new("Procedure", "İşlem ve ameliyatlar", "Procedures", "date", "performedDateTime", "performedPeriod"),
        new("ServiceRequest", "İstem ve sevkler", "Orders and referrals", "authored", "authoredOn"),
        new("CarePlan", "Bakım planları", "Care plans", "date", "period"),
        new("CareTeam", "Bakım ekipleri", "Care teams", "date", "period"),
        new("FamilyMemberHistory", "Aile öyküsü", "Family history", "date", "date"),
        new("Goal", "Hedefler", "Goals", "start-date", "startDate"),
        new("Appointment", "Randevular", "Appointments", "date", "start"),
        new("Communication", "Yazışmalar", "Messages", "sent", "sent"),
        new("DocumentReference", "Belgeler", "Documents", "date", "date"),
        new("Claim", "Fatura talepleri", "Claims", "created", "created"),
        new("ExplanationOfBenefit", "Ödemeler", "Payments", "created", "created"),
        new("Coverage", "Sigortalar", "Insurance", "_lastUpdated", "period"),
        new("Consent", "Onaylar", "Consents", "date", "dateTime"),
        new("Task", "İstekler", "Requests", "authored-on", "authoredOn"),
        new("Provenance", "Kaynak bilgileri", "Where it comes from", "recorded", "recorded"),
    ];

    /// <summary>That of a type; for one without a name of its own, the type's name.</summary>
    public static RecordKind Of(string type) => All.FirstOrDefault(k => k.Type == type) ?? new RecordKind(type, type, type, "_lastUpdated", "date", "period", "created", "authoredOn");
}
