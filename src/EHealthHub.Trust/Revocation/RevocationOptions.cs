using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace EHealthHub.Trust.Revocation;

/// <summary>Where an authority publishes its revocation list.</summary>
/// <param name="Issuer">The authority that signs the list: an anchor or an intermediate of the gate.</param>
/// <param name="Location">Path of a file, or an http or https address.</param>
public sealed record RevocationSource(X509Certificate2 Issuer, string Location)
{
    internal Uri? Address => Uri.TryCreate(Location, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) ? uri : null;
}

/// <summary>How revocation lists are kept fresh. <see cref="Faults"/> lists all that is wrong with it.</summary>
public sealed record RevocationOptions
{
    /// <summary>The lists. An authority without one has no certificate that passes: fail closed.</summary>
    public required ImmutableArray<RevocationSource> Sources { get; init; }

    /// <summary>How long after its nextUpdate a list still counts, in seconds (0..86,400).</summary>
    public int GraceSeconds { get; init; } = 3600;

    /// <summary>How far a list's thisUpdate may lie ahead of our clock, in seconds (0..600).</summary>
    public int ClockSkewSeconds { get; init; } = 60;

    /// <summary>How often a file is looked at, in milliseconds (50..60,000).</summary>
    public int FilePollMilliseconds { get; init; } = 1000;

    /// <summary>How often an address is asked, in seconds (5..3,600); a revoked card is out within this time of the publication.</summary>
    public int AddressPollSeconds { get; init; } = 45;

    /// <summary>One attempt to fetch takes at most this long, in seconds (1..60).</summary>
    public int FetchTimeoutSeconds { get; init; } = 10;

    /// <summary>Attempts after the first (0..5).</summary>
    public int FetchRetriesMax { get; init; } = 2;

    /// <summary>Size of a list in bytes (1,024..256 Mi).</summary>
    public int ListBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Certificates on a list (1..5,000,000).</summary>
    public int ListEntriesMax { get; init; } = 1_000_000;

    /// <summary>Everything wrong with these options; empty when they can be used.</summary>
    public ImmutableArray<string> Faults()
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        if (Sources.IsDefaultOrEmpty)
        {
            faults.Add("No revocation list is configured.");
        }

        foreach (var source in Sources.IsDefault ? [] : Sources)
        {
            if (string.IsNullOrWhiteSpace(source.Location))
            {
                faults.Add($"The revocation list of {source.Issuer.Subject} has no location.");
            }
        }

        Check(GraceSeconds, 0, 86_400, nameof(GraceSeconds), faults);
        Check(ClockSkewSeconds, 0, 600, nameof(ClockSkewSeconds), faults);
        Check(FilePollMilliseconds, 50, 60_000, nameof(FilePollMilliseconds), faults);
        Check(AddressPollSeconds, 5, 3_600, nameof(AddressPollSeconds), faults);
        Check(FetchTimeoutSeconds, 1, 60, nameof(FetchTimeoutSeconds), faults);
        Check(FetchRetriesMax, 0, 5, nameof(FetchRetriesMax), faults);
        Check(ListBytesMax, 1024, 256 * 1024 * 1024, nameof(ListBytesMax), faults);
        Check(ListEntriesMax, 1, 5_000_000, nameof(ListEntriesMax), faults);
        return faults.ToImmutable();
    }

    private static void Check(int value, int from, int to, string name, ImmutableArray<string>.Builder faults)
    {
        if (value < from || value > to)
        {
            faults.Add(FormattableString.Invariant($"{name} is outside {from}..{to}."));
        }
    }
}
