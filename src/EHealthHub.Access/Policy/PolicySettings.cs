namespace EHealthHub.Access.Policy;

/// <summary>What the law of the place says in numbers. Whoever changes them changes the policy, so they are part of the hub's configuration and never of a request from outside.</summary>
public sealed record PolicySettings
{
    /// <summary>As in Türkiye.</summary>
    public static PolicySettings Default { get; } = new();

    /// <summary>Years at which a person is of age (Civil Code, art. 11), which ends what parents may do. 12 to 25.</summary>
    public int MajorityYears
    {
        get;
        init => field = InRange(value, nameof(MajorityYears));
    }
    = 18;

    /// <summary>Years at which a person decides alone about the own consents. No Turkish rule that lets minors do so was found, so it is majority by default; 12 to 25.</summary>
    public int OwnConsentYears
    {
        get;
        init => field = InRange(value, nameof(OwnConsentYears));
    }
    = 18;

    /// <summary>The hub's clock for birthdays and for days without a time: Türkiye is at UTC+3 all year.</summary>
    public static TimeSpan LocalOffset { get; } = TimeSpan.FromHours(3);

    /// <summary>True when somebody born on the day has the years at the moment. Nobody has who was born on an unknown day.</summary>
    internal static bool HasYears(DateOnly? birth, int years, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime.Add(now.UtcDateTime > DateTime.MaxValue - LocalOffset ? TimeSpan.Zero : LocalOffset));
        return birth is { } day && day.Year < DateOnly.MaxValue.Year - years && day.AddYears(years) <= today;
    }

    private static int InRange(int years, string name) => years is >= 12 and <= 25 ? years : throw new ArgumentOutOfRangeException(name);
}
