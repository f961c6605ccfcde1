namespace EHealthHub.Fhir.Search;

/// <summary>What search must know of the hub it runs in. The same settings must hold when facts are extracted and when queries are parsed.</summary>
public sealed record SearchSettings
{
    private readonly TimeSpan _zone = TimeSpan.FromHours(3);
    private readonly string? _baseUrl;

    /// <summary>Zone +03:00, no base URL.</summary>
    public static SearchSettings Default { get; } = new();

    /// <summary>
    /// Offset from UTC that a date or time without its own zone is taken in (R4 3.1.1.4.7); whole minutes, at most 14 hours. One fixed offset for all years: Türkiye's clocks stand at +03:00 since 2016.
    /// </summary>
    public TimeSpan Zone
    {
        get => _zone;
        init => _zone = value.Duration() <= TimeSpan.FromHours(14) && value.Ticks % TimeSpan.TicksPerMinute == 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A zone is a whole number of minutes, at most 14 hours from UTC.");
    }

    /// <summary>The hub's own base, for example <c>https://localhost:8443/fhir</c>, without a slash at its end: absolute references below it are the same as relative ones. Null when the caller has made them relative already.</summary>
    public string? BaseUrl
    {
        get => _baseUrl;
        init => _baseUrl = value is null || !value.EndsWith('/') ? value : throw new ArgumentException("The base URL ends without a slash.", nameof(value));
    }

    /// <summary>The search parameters: R4's, and the hub's own beside them.</summary>
    public SearchTables Tables { get; init; } = SearchTables.Base;

    internal int ZoneMinutes => (int)(_zone.Ticks / TimeSpan.TicksPerMinute);
}
