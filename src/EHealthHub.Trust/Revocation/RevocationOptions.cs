using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace EHealthHub.Trust.Revocation;

/// <summary>In what form an authority says which of its certificates are revoked.</summary>
public enum RevocationKind
{
    /// <summary>A complete list (RFC 5280, 5), fetched whole.</summary>
    List = 1,

    /// <summary>Answers about single certificates (OCSP, RFC 6960), asked ahead.</summary>
    Ocsp = 2,
}

/// <summary>Whether questions carry a nonce (RFC 9654), which shuts out answers that were recorded.</summary>
public enum OcspNonce
{
    /// <summary>Sent; an answer that carries one must carry this one, and one without counts, since many responders answer from a store.</summary>
    Asked = 1,

    /// <summary>Sent, and every answer must carry it.</summary>
    Required = 2,

    /// <summary>Not sent: for responders that refuse questions with one.</summary>
    Off = 3,
}

/// <summary>Where an authority says which of its certificates are revoked. An authority may have several: one that says revoked is enough, and one fresh one that says not is.</summary>
/// <param name="Issuer">The authority that signs: an anchor or an intermediate of the gate.</param>
/// <param name="Location">An http or https address; for a list also the path of a file. Never taken from a certificate: who presents one would choose whom the hub calls.</param>
/// <param name="Kind">List or OCSP.</param>
/// <param name="Nonce">For OCSP.</param>
/// <param name="Sha256">For OCSP: the authority is named by SHA-256 instead of SHA-1, which every responder understands. It only names.</param>
/// <param name="PollSeconds">How often this address is asked (1..3,600), where the options' own pace does not suit it; null for theirs.</param>
public sealed record RevocationSource(
    X509Certificate2 Issuer, string Location, RevocationKind Kind = RevocationKind.List, OcspNonce Nonce = OcspNonce.Asked, bool Sha256 = false, int? PollSeconds = null)
{
    internal Uri? Address => Uri.TryCreate(Location, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps) ? uri : null;

    /// <summary>Tells this source from others: one that stays the same over a change of the trust list goes on with what it knows.</summary>
    internal string Key => FormattableString.Invariant($"{(int)Kind}/{(int)Nonce}/{Sha256}/{PollSeconds}/{CertificateId.IssuerOf(Issuer).ToHex()}/{Location}");
}

/// <summary>How OCSP answers are kept fresh.</summary>
public sealed record OcspOptions
{
    /// <summary>How old thisUpdate may be when an answer is taken, in seconds (60..86,400); X-Road's default.</summary>
    public int FreshnessSeconds { get; init; } = 3600;

    /// <summary>How long an answer still counts when no newer one can be had, after its freshness or nextUpdate, in seconds (0..86,400). Then: fail closed.</summary>
    public int GraceSeconds { get; init; } = 900;

    /// <summary>How far thisUpdate may lie ahead of our clock, in seconds (0..600).</summary>
    public int ClockSkewSeconds { get; init; } = 60;

    /// <summary>How often each known certificate is asked about, in seconds (1..3,600); a revoked card is out within this time of the publication.</summary>
    public int PollSeconds { get; init; } = 45;

    /// <summary>For how long a certificate that is not registered is asked about after it was last seen, in seconds (60..86,400).</summary>
    public int RememberSeconds { get; init; } = 3600;

    /// <summary>How long the first request of a certificate that nobody has seen may wait for its answer, in milliseconds (0..10,000). Not in the handshake, and no thread waits.</summary>
    public int FirstAnswerMilliseconds { get; init; } = 2000;

    /// <summary>Requests that may wait for a first answer at the same time (0..10,000); the others are refused at once.</summary>
    public int WaitingMax { get; init; } = 256;

    /// <summary>Where answers are kept over a restart; null for nowhere.</summary>
    public string? AnswersFile { get; init; }

    /// <summary>Size of an answer in bytes (1,024..1 Mi).</summary>
    public int AnswerBytesMax { get; init; } = 64 * 1024;

    /// <summary>Questions to one responder at the same time (1..256).</summary>
    public int QuestionsAtOnce { get; init; } = 16;

    /// <summary>Certificates of one authority that are asked about (16..5,000,000).</summary>
    public int CertificatesMax { get; init; } = 200_000;

    internal void AddFaults(ImmutableArray<string>.Builder faults)
    {
        RevocationOptions.Check(FreshnessSeconds, 60, 86_400, nameof(FreshnessSeconds), faults);
        RevocationOptions.Check(GraceSeconds, 0, 86_400, "Ocsp." + nameof(GraceSeconds), faults);
        RevocationOptions.Check(ClockSkewSeconds, 0, 600, "Ocsp." + nameof(ClockSkewSeconds), faults);
        RevocationOptions.Check(PollSeconds, 1, 3_600, nameof(PollSeconds), faults);
        RevocationOptions.Check(RememberSeconds, 60, 86_400, nameof(RememberSeconds), faults);
        RevocationOptions.Check(FirstAnswerMilliseconds, 0, 10_000, nameof(FirstAnswerMilliseconds), faults);
        RevocationOptions.Check(WaitingMax, 0, 10_000, nameof(WaitingMax), faults);
        RevocationOptions.Check(AnswerBytesMax, 1_024, 1_048_576, nameof(AnswerBytesMax), faults);
        RevocationOptions.Check(QuestionsAtOnce, 1, 256, nameof(QuestionsAtOnce), faults);
        RevocationOptions.Check(CertificatesMax, 16, 5_000_000, nameof(CertificatesMax), faults);
    }
}

/// <summary>How revocation is kept fresh. <see cref="Faults"/> lists all that is wrong with it.</summary>
public sealed record RevocationOptions
{
    /// <summary>Where it is published. An authority without a source has no certificate that passes: fail closed.</summary>
    public required ImmutableArray<RevocationSource> Sources { get; init; }

    /// <summary>How long after its nextUpdate a list still counts, in seconds (0..86,400).</summary>
    public int GraceSeconds { get; init; } = 3600;

    /// <summary>How far a list's thisUpdate may lie ahead of our clock, in seconds (0..600).</summary>
    public int ClockSkewSeconds { get; init; } = 60;

    /// <summary>How often a file is looked at, in milliseconds (50..60,000).</summary>
    public int FilePollMilliseconds { get; init; } = 1000;

    /// <summary>How often an address is asked for its list, in seconds (5..3,600); a revoked card is out within this time of the publication.</summary>
    public int AddressPollSeconds { get; init; } = 45;

    /// <summary>One attempt to fetch takes at most this long, in seconds (1..60).</summary>
    public int FetchTimeoutSeconds { get; init; } = 10;

    /// <summary>Attempts after the first (0..5).</summary>
    public int FetchRetriesMax { get; init; } = 2;

    /// <summary>Size of a list in bytes (1,024..256 Mi).</summary>
    public int ListBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Certificates on a list (1..5,000,000).</summary>
    public int ListEntriesMax { get; init; } = 1_000_000;

    /// <summary>For sources that are responders.</summary>
    public OcspOptions Ocsp { get; init; } = new();

    /// <summary>Everything wrong with these options; empty when they can be used.</summary>
    public ImmutableArray<string> Faults()
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        if (Sources.IsDefaultOrEmpty)
        {
            faults.Add("No source of revocation is configured.");
        }

        AddFaults(Sources.IsDefault ? [] : Sources, faults);
        Check(GraceSeconds, 0, 86_400, nameof(GraceSeconds), faults);
        Check(ClockSkewSeconds, 0, 600, nameof(ClockSkewSeconds), faults);
        Check(FilePollMilliseconds, 50, 60_000, nameof(FilePollMilliseconds), faults);
        Check(AddressPollSeconds, 5, 3_600, nameof(AddressPollSeconds), faults);
        Check(FetchTimeoutSeconds, 1, 60, nameof(FetchTimeoutSeconds), faults);
        Check(FetchRetriesMax, 0, 5, nameof(FetchRetriesMax), faults);
        Check(ListBytesMax, 1024, 256 * 1024 * 1024, nameof(ListBytesMax), faults);
        Check(ListEntriesMax, 1, 5_000_000, nameof(ListEntriesMax), faults);
        Ocsp.AddFaults(faults);
        return faults.ToImmutable();
    }

    internal static void AddFaults(ImmutableArray<RevocationSource> sources, ImmutableArray<string>.Builder faults)
    {
        foreach (var source in sources)
        {
            if (string.IsNullOrWhiteSpace(source.Location))
            {
                faults.Add($"The revocation source of {source.Issuer.Subject} has no location.");
            }
            else if (source.PollSeconds is < 1 or > 3_600)
            {
                faults.Add($"The revocation source {source.Location} is asked outside 1..3600 seconds.");
            }
            else if (source.Kind == RevocationKind.Ocsp && source.Address is null)
            {
                faults.Add($"The responder of {source.Issuer.Subject} has no http or https address.");
            }
        }
    }

    internal static void Check(int value, int from, int to, string name, ImmutableArray<string>.Builder faults)
    {
        if (value < from || value > to)
        {
            faults.Add(FormattableString.Invariant($"{name} is outside {from}..{to}."));
        }
    }
}
