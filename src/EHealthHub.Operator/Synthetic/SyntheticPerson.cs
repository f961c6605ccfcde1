using System.Globalization;

namespace EHealthHub.Operator.Synthetic;

/// <summary>Who a made-up patient is: names by sex, age by the age pyramid, home by where people live.</summary>
internal sealed record SyntheticPerson
{
    // Upper end of the age group in years, and how many of a thousand people are in it (2025, rounded).
    private static readonly (int AgeTo, int PerMille)[] Pyramid = [(4, 62), (14, 148), (24, 151), (34, 151), (44, 155), (54, 134), (64, 104), (74, 62), (84, 26), (97, 7)];

    public required string NationalId { get; init; }

    public required bool Female { get; init; }

    public required string Given { get; init; }

    public required string Family { get; init; }

    public required DateOnly Birth { get; init; }

    public required bool Married { get; init; }

    public required Province Province { get; init; }

    public required string District { get; init; }

    public required string Street { get; init; }

    public required string PostalCode { get; init; }

    public required string Phone { get; init; }

    public static SyntheticPerson Create(SeededSource source, string nationalId, DateOnly asOf)
    {
        var female = source.Chance(499);
        var province = Provinces.Pick(source);
        var age = PickAge(source);
        return new SyntheticPerson
        {
            NationalId = nationalId,
            Female = female,
            Given = source.PickSkewed(female ? Names.Women : Names.Men),
            Family = source.PickSkewed(Names.Families),
            Birth = asOf.AddYears(-age).AddDays(-source.Between(2, 365)),
            Married = age >= 22 && source.Chance(680),
            Province = province,
            District = source.PickSkewed(province.Districts),
            Street = string.Create(CultureInfo.InvariantCulture, $"{source.Pick(Names.Neighbourhoods)} {source.Pick(Names.Streets)} No: {source.Between(1, 180)}/{source.Between(1, 24)}"),
            PostalCode = string.Create(CultureInfo.InvariantCulture, $"{province.Plate}{source.Between(1, 99):D2}0"),
            Phone = string.Create(CultureInfo.InvariantCulture, $"+90 5{source.Between(30, 59)} {source.Between(0, 999):D3} {source.Between(0, 99):D2} {source.Between(0, 99):D2}"),
        };
    }

    /// <summary>Age in whole years on a day.</summary>
    public int AgeOn(DateOnly day)
    {
        var years = day.Year - Birth.Year;
        return Birth.AddYears(years) > day ? years - 1 : years;
    }

    private static int PickAge(SeededSource source)
    {
        var at = source.Below(Pyramid.Sum(p => p.PerMille));
        var from = 0;
        foreach (var (to, perMille) in Pyramid)
        {
            at -= perMille;
            if (at < 0)
            {
                return source.Between(from, to);
            }

            from = to + 1;
        }

        throw new InvalidOperationException("The age pyramid does not add up.");
    }
}
