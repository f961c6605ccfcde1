namespace EHealthHub.Keys.Wrapping;

/// <summary>Bounds of a <see cref="DataKeyCache"/>: what a process that is taken over holds at most.</summary>
public sealed record DataKeyCacheOptions
{
    /// <summary>Most keys held, 1 to 1,000,000.</summary>
    public int KeysMax { get; init; } = 50_000;

    /// <summary>How long a key is held after it was added, one second to one hour; use does not prolong it.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>All faults, empty when the settings are sound.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (KeysMax is < 1 or > 1_000_000)
        {
            faults.Add($"{nameof(KeysMax)} must lie between 1 and 1,000,000.");
        }

        if (Lifetime < TimeSpan.FromSeconds(1) || Lifetime > TimeSpan.FromHours(1))
        {
            faults.Add($"{nameof(Lifetime)} must lie between one second and one hour.");
        }

        return faults;
    }
}
