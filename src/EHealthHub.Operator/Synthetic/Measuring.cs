namespace EHealthHub.Operator.Synthetic;

/// <summary>A measured value; <paramref name="Value"/> and the limits are whole numbers of the last decimal place.</summary>
internal sealed record Measured(string Code, string Display, string Unit, int Decimals, int Value, int? Low, int? High, Measured? Second = null);

/// <summary>Values that fit the patient: children grow, a fever shows, a diabetic's sugar is higher. Whole-number arithmetic only.</summary>
internal sealed class Measuring(SeededSource source, SyntheticPerson person, IReadOnlySet<string> chronic)
{
    private readonly int _adultHeight = person.Female ? source.Around(160, 4) : source.Around(174, 4);
    private readonly int _bodyMassIndex = source.Around(person.Female ? 272 : 265, 25) + (chronic.Contains("E11.9") ? 25 : 0);

    public IEnumerable<Measured> Vitals(int age, DateOnly birth, DateOnly day, bool feverish)
    {
        if (age >= 3)
        {
            yield return BloodPressure();
        }

        yield return HeartRate(age);
        yield return new Measured("8310-5", "Body temperature", "Cel", 1, feverish ? source.Around(379, 4) : source.Around(366, 1), null, null);
        yield return new Measured("9279-1", "Respiratory rate", "/min", 0, age < 2 ? source.Around(34, 2) : source.Around(16, 1), null, null);
        if (feverish || source.Chance(400))
        {
            yield return new Measured("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry", "%", 0, Math.Min(100, source.Around(97, 1)), null, null);
        }

        if (age < 18 || source.Chance(500))
        {
            var months = (day.DayNumber - birth.DayNumber) * 12 / 365;
            var height = HeightTenths(age, months);
            var weight = age >= 18 ? (int)((long)_bodyMassIndex * height * height / 1_000_000) : ChildWeightHundredths(age, months) / 10;
            yield return new Measured("8302-2", "Body height", "cm", 1, height, null, null);
            yield return new Measured("29463-7", "Body weight", "kg", 2, (weight * 10) + source.Between(0, 9), null, null);
            yield return new Measured("39156-5", "Body mass index (BMI) [Ratio]", "kg/m2", 1, (int)(weight * 1_000_000L / ((long)height * height)), null, null);
        }
    }

    public Measured HeartRate(int age) => new("8867-4", "Heart rate", "/min", 0, age < 2 ? source.Around(125, 6) : age < 10 ? source.Around(95, 5) : source.Around(75, 5), null, null);

    public Measured Laboratory(Measurement measurement)
    {
        var middle = (measurement.Low + measurement.High) / 2;
        var spread = Math.Max(1, (measurement.High - measurement.Low) / 5);
        var value = source.Around(middle, spread);
        value = measurement.Code switch
        {
            "4548-4" when chronic.Contains("E11.9") => source.Around(76, 5),
            "2345-7" when chronic.Contains("E11.9") => source.Around(150, 16),
            "718-7" when chronic.Contains("D50.9") => source.Around(101, 5),
            "2093-3" or "13457-7" when chronic.Contains("E78.5") => measurement.High + source.Between(5, 60),
            "3016-3" when chronic.Contains("E03.9") => source.Around(4_400, 700),
            _ => value,
        };
        return new Measured(measurement.Code, measurement.Display, measurement.Unit, measurement.Decimals, Math.Max(0, value), measurement.Low, measurement.High);
    }

    private Measured BloodPressure()
    {
        var high = chronic.Contains("I10");
        var diastolic = new Measured("8462-4", "Diastolic blood pressure", "mm[Hg]", 0, source.Around(high ? 88 : 75, 4), null, null);
        return new Measured("8480-6", "Systolic blood pressure", "mm[Hg]", 0, source.Around(high ? 143 : 118, 5), null, null, diastolic);
    }

    private int HeightTenths(int age, int months) =>
        age >= 18 ? (_adultHeight * 10) + source.Between(-5, 5)
        : age >= 1 ? Math.Min(_adultHeight * 10, 770 + (57 * age) + source.Between(-20, 20))
        : 500 + (22 * Math.Min(months, 12)) + source.Between(-10, 10);

    private int ChildWeightHundredths(int age, int months) => age >= 1 ? 800 + (245 * age) + source.Between(-60, 60) : 330 + (50 * Math.Min(months, 12)) + source.Between(-20, 20);
}
