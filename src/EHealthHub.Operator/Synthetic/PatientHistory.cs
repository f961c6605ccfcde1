namespace EHealthHub.Operator.Synthetic;

/// <summary>One patient's story: who, then the visits in order of time, each with what was measured, found and prescribed.</summary>
internal sealed class PatientHistory : IDisposable
{
    /// <summary>Fewest and most resources of a patient.</summary>
    public const int ResourcesMin = 60;

    /// <inheritdoc cref="ResourcesMin"/>
    public const int ResourcesMax = 120;

    private const int VisitsMax = 14;

    private readonly SeededSource _source;
    private readonly SyntheticPerson _person;
    private readonly DateOnly _asOf;
    private readonly BundleJson _bundle = new();
    private readonly ResourceJson _resources;
    private readonly Measuring _measuring;
    private readonly List<Diagnosis> _chronic;
    private readonly Dictionary<string, Guid> _conditions = new(StringComparer.Ordinal);

    public PatientHistory(SeededSource source, SyntheticPerson person, DateOnly asOf)
    {
        _source = source;
        _person = person;
        _asOf = asOf;
        _resources = new ResourceJson(_bundle, source, source.Uuid());
        var age = person.AgeOn(asOf);
        _chronic = [.. Clinical.Chronic.Where(d => Befalls(d, age) && source.Chance(d.PerMille * Math.Min(age - d.AgeMin + 10, 40) / 40))];
        _measuring = new Measuring(source, person, _chronic.Select(d => d.Code).ToHashSet(StringComparer.Ordinal));
    }

    public ReadOnlyMemory<byte> Write(out int resources)
    {
        var hospitals = HealthDirectory.In(_person.Province);
        var home = _source.Pick(hospitals);
        _resources.Patient(_person, home);
        WriteVaccinations(home);
        WriteAllergy();

        var target = _source.Between(ResourcesMin + 4, ResourcesMax - 20);
        var first = Later(_asOf.AddDays(-_source.Between(900, 1_100)), _person.Birth);
        var gap = Math.Max(1, (_asOf.DayNumber - first.DayNumber) / VisitsMax);
        for (var visit = 0; visit < VisitsMax && _bundle.Count < target; visit++)
        {
            var day = first.AddDays((visit * gap) + (int)_source.Below(gap));
            WriteVisit(new Visit(_source, day, _source.Chance(750) ? home : _source.Pick(hospitals)));
        }

        for (var day = _asOf.AddDays(-40); _bundle.Count < ResourcesMin; day = day.AddDays(1))
        {
            _resources.Vital(_measuring.HeartRate(_person.AgeOn(day)), day.ToDateTime(new TimeOnly(20, 0)), null);
        }

        resources = _bundle.Count;
        return _bundle.Finish();
    }

    public void Dispose() => _bundle.Dispose();

    private void WriteVisit(Visit visit)
    {
        var age = _person.AgeOn(visit.Day);
        var isControl = _chronic.Count > 0 && _source.Chance(550);
        var diagnosis = isControl ? _source.Pick(_chronic) : PickAcute(age);
        _resources.Encounter(visit, diagnosis);
        foreach (var vital in _measuring.Vitals(age, _person.Birth, visit.Day, feverish: !isControl && diagnosis.Code[0] is 'J' or 'A'))
        {
            _resources.Vital(vital, visit.Start.AddMinutes(8), visit.Encounter);
        }

        var condition = WriteCondition(visit, diagnosis, isControl);
        foreach (var code in diagnosis.Drugs)
        {
            if (_source.Chance(800))
            {
                _resources.MedicationRequest(visit, Clinical.Drugs[code], condition, active: isControl && visit.Day.AddDays(90) > _asOf);
            }
        }

        if (_source.Chance(isControl ? 600 : 250) && _bundle.Count < ResourcesMax - 16)
        {
            WriteLaboratory(visit, diagnosis);
        }

        if (age >= 18 && _source.Chance(90))
        {
            _resources.Procedure(visit, _source.Pick(Clinical.Procedures.Where(p => p.Code != "24606-6" || (_person.Female && age >= 40)).ToArray()));
        }
    }

    /// <summary>A chronic condition is recorded at the first visit that is about it; later visits refer to it.</summary>
    private Guid WriteCondition(Visit visit, Diagnosis diagnosis, bool isChronic)
    {
        if (isChronic && _conditions.TryGetValue(diagnosis.Code, out var known))
        {
            return known;
        }

        var onset = isChronic ? Later(visit.Day.AddDays(-_source.Between(10, 2_000)), _person.Birth) : visit.Day.AddDays(-_source.Between(0, 3));
        var condition = _resources.Condition(visit, diagnosis, Later(onset, _person.Birth), isChronic);
        if (isChronic)
        {
            _conditions[diagnosis.Code] = condition;
        }

        return condition;
    }

    private void WriteLaboratory(Visit visit, Diagnosis diagnosis)
    {
        IReadOnlyList<Measurement> panel = diagnosis.Code switch
        {
            "E11.9" => [Clinical.GlycatedHaemoglobin, .. Clinical.Chemistry[..2]],
            "E78.5" or "I25.1" => Clinical.Lipids,
            "E03.9" => [Clinical.Thyrotropin],
            "D50.9" => Clinical.Blood,
            _ => _source.Chance(600) ? Clinical.Blood : Clinical.Chemistry,
        };
        var name = panel == Clinical.Blood ? ("58410-2", "CBC panel - Blood by Automated count", "Tam kan sayımı") : ("24323-8", "Comprehensive metabolic 2000 panel - Serum or Plasma", "Biyokimya");
        var results = panel.Select(m => _resources.Laboratory(visit, _measuring.Laboratory(m))).ToArray();
        _resources.Report(visit, name, results);
    }

    private void WriteVaccinations(Hospital home)
    {
        // Older vaccinations were written on paper.
        if (_person.Birth.Year >= 2005)
        {
            foreach (var vaccine in Clinical.Schedule)
            {
                for (var dose = 0; dose < vaccine.Months.Length; dose++)
                {
                    var due = _person.Birth.AddMonths(vaccine.Months[dose]).AddDays(_source.Between(0, 20));
                    if (due < _asOf && _source.Chance(960))
                    {
                        _resources.Immunization(home, vaccine, due, dose + 1);
                    }
                }
            }
        }

        if (_person.AgeOn(_asOf) >= 65 && _source.Chance(400))
        {
            _resources.Immunization(home, Clinical.Influenza, new DateOnly(_asOf.Year - 1, 10, _source.Between(1, 28)), 1);
        }
    }

    private void WriteAllergy()
    {
        if (_source.Chance(140))
        {
            _resources.Allergy(_source.Pick(Clinical.Allergies), Later(_asOf.AddDays(-_source.Between(30, 2_000)), _person.Birth));
        }
    }

    private Diagnosis PickAcute(int age)
    {
        var possible = Clinical.Acute.Where(d => Befalls(d, age)).ToArray();
        var at = _source.Below(possible.Sum(d => d.PerMille));
        return possible.First(d => (at -= d.PerMille) < 0);
    }

    private bool Befalls(Diagnosis diagnosis, int age) => age >= diagnosis.AgeMin && age <= diagnosis.AgeMax && (diagnosis.Sex == ' ' || diagnosis.Sex == (_person.Female ? 'F' : 'M'));

    private static DateOnly Later(DateOnly a, DateOnly b) => a > b ? a : b;
}
