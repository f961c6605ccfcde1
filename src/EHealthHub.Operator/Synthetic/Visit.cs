namespace EHealthHub.Operator.Synthetic;

/// <summary>One visit to a hospital, out-patient, emergency or with a stay.</summary>
internal sealed class Visit
{
    public Visit(SeededSource source, DateOnly day, Hospital hospital)
    {
        Encounter = source.Uuid();
        Day = day;
        Hospital = hospital;
        Physician = source.Pick(hospital.Physicians);
        var kind = source.Between(1, 100);
        (ClassCode, ClassDisplay, TypeText) = kind switch
        {
            <= 84 => ("AMB", "ambulatory", "Poliklinik muayenesi"),
            <= 95 => ("EMER", "emergency", "Acil servis başvurusu"),
            _ => ("IMP", "inpatient encounter", "Yatan hasta"),
        };
        Start = day.ToDateTime(new TimeOnly(kind is > 84 and <= 95 ? source.Between(0, 23) : source.Between(8, 16), source.Between(0, 59)));
        End = ClassCode == "IMP" ? Start.AddHours(source.Between(26, 140)) : Start.AddMinutes(source.Between(12, 240));
    }

    public Guid Encounter { get; }

    public DateOnly Day { get; }

    public Hospital Hospital { get; }

    public Physician Physician { get; }

    public string ClassCode { get; }

    public string ClassDisplay { get; }

    public string TypeText { get; }

    public DateTime Start { get; }

    public DateTime End { get; }
}
