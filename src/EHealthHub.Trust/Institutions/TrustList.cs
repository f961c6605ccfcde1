using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Trust.Institutions;

/// <summary>A root that the hub trusts.</summary>
/// <param name="Name">For people.</param>
/// <param name="Certificate">DER, base64.</param>
/// <param name="Uses">For what, for example <c>institutions, staff</c>.</param>
/// <param name="From">In force from; null for always.</param>
/// <param name="Until">In force until, exclusive; null for no end beside its own.</param>
public sealed record ListedAnchor(string Name, string Certificate, AnchorUses Uses, DateTimeOffset? From = null, DateTimeOffset? Until = null);

/// <summary>An issuing authority below an anchor.</summary>
/// <param name="Name">For people.</param>
/// <param name="Certificate">DER, base64.</param>
public sealed record ListedIntermediate(string Name, string Certificate);

/// <summary>Where an authority of the list publishes which of its certificates are revoked.</summary>
/// <param name="Issuer">SHA-256 thumbprint of the authority's certificate.</param>
/// <param name="Kind">List or OCSP.</param>
/// <param name="Location">An http or https address, or for a list the path of a file.</param>
/// <param name="Nonce">For OCSP: asked, required, off.</param>
/// <param name="Sha256">For OCSP: name the authority by SHA-256.</param>
/// <param name="PollSeconds">How often an address is asked (1..3,600); null for every 45 seconds.</param>
public sealed record ListedRevocation(string Issuer, RevocationKind Kind, string Location, OcspNonce Nonce = OcspNonce.Asked, bool Sha256 = false, int? PollSeconds = null);

/// <summary>
/// Whom the hub trusts to prove others: several authorities, each for its uses and from one day to another, where they publish revocation, and what makes a certificate a card. It is part of the authenticated registry, since who
/// could change it could make hospitals and doctors; a change is in force within a second, without a restart.
/// </summary>
/// <param name="Anchors">Roots.</param>
/// <param name="Intermediates">Issuing authorities.</param>
/// <param name="Revocation">Sources of revocation.</param>
/// <param name="Cards">What makes a certificate a card, the first that fits.</param>
public sealed record TrustList(ImmutableArray<ListedAnchor> Anchors, ImmutableArray<ListedIntermediate> Intermediates, ImmutableArray<ListedRevocation> Revocation, ImmutableArray<CardProfile> Cards)
{
    internal const int AuthoritiesMax = 256;
    internal const int SourcesMax = 512;
    internal const int ProfilesMax = 32;
    private const int LengthMax = 24 * 1024;

    private Opened? _opened;

    /// <summary>A changed copy reads its certificates anew.</summary>
    private TrustList(TrustList original)
    {
        Anchors = original.Anchors;
        Intermediates = original.Intermediates;
        Revocation = original.Revocation;
        Cards = original.Cards;
    }

    /// <summary>The certificates of anchors and intermediates, read once.</summary>
    private Opened Open() => LazyInitializer.EnsureInitialized(ref _opened, () => new Opened(this));

    /// <summary>What a gate accepts under this list.</summary>
    public GateOptions Gate(GateOptions otherwise)
    {
        var opened = Open();
        return otherwise with
        {
            Anchors = [.. Anchors.Select((a, i) => new TrustAnchor(opened.Anchors[i], a.Uses, a.From ?? DateTimeOffset.MinValue, a.Until ?? DateTimeOffset.MaxValue))],
            Intermediates = opened.Intermediates,
            Cards = Cards,
        };
    }

    /// <summary>What the revocation service follows under this list.</summary>
    public ImmutableArray<RevocationSource> Sources()
    {
        var opened = Open();
        return [.. Revocation.Select(r => new RevocationSource(opened.ByThumbprint[r.Issuer], r.Location, r.Kind, r.Nonce, r.Sha256, r.PollSeconds))];
    }

    /// <summary>The authority of a thumbprint or null.</summary>
    public X509Certificate2? Authority(string thumbprint) => Open().ByThumbprint.GetValueOrDefault(thumbprint);

    /// <summary>All authorities, anchors first.</summary>
    public ImmutableArray<X509Certificate2> Authorities() => [.. Open().Anchors, .. Open().Intermediates];

    /// <summary>Everything wrong with this list; empty when it can be used.</summary>
    public ImmutableArray<string> Faults()
    {
        if (HasNulls())
        {
            return ["The trust list has an empty place."];
        }

        if (Anchors.Length + Intermediates.Length > AuthoritiesMax || Revocation.Length > SourcesMax || Cards.Length > ProfilesMax)
        {
            return [$"The trust list has more than {AuthoritiesMax} authorities, {SourcesMax} sources of revocation or {ProfilesMax} kinds of cards."];
        }

        if (Anchors.Any(a => a.Certificate.Length > LengthMax) || Intermediates.Any(i => i.Certificate.Length > LengthMax))
        {
            return ["A certificate of the trust list is too long."];
        }

        try
        {
            var opened = Open();
            if (Revocation.FirstOrDefault(r => !opened.ByThumbprint.ContainsKey(r.Issuer)) is { } stray)
            {
                return [$"The source {stray.Location} is of an authority that is not on the trust list: {stray.Issuer}."];
            }

            var faults = ImmutableArray.CreateBuilder<string>();
            faults.AddRange(Gate(new GateOptions { Anchors = [] }).Faults());
            faults.AddRange(new RevocationOptions { Sources = Sources() }.Faults());

            // Whose certificates could never pass is a mistake, and better said now than to each of them.
            foreach (var silent in opened.ByThumbprint.Where(a => Revocation.All(r => CertificateId.IssuerOf(opened.ByThumbprint[r.Issuer]) != CertificateId.IssuerOf(a.Value))))
            {
                faults.Add($"{silent.Value.Subject} has no source of revocation: none of its certificates would pass.");
            }

            return faults.ToImmutable();
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return ["A certificate of the trust list cannot be read: " + e.Message];
        }
    }

    /// <summary>The text that <see cref="Parse"/> reads, and that the registry holds.</summary>
    public string Write() => JsonSerializer.Serialize(this, RegistryJson.Strict.TrustList);

    /// <summary>Reads the text, strictly. Throws <see cref="JsonException"/>.</summary>
    public static TrustList Parse(string json) => JsonSerializer.Deserialize(json, RegistryJson.Strict.TrustList) ?? throw new JsonException("A trust list is an object.");

    private bool HasNulls() => Anchors.Contains(null!) || Intermediates.Contains(null!) || Revocation.Contains(null!) || Cards.Contains(null!) || Cards.Any(c => c.HasNulls());

    private sealed class Opened
    {
        internal Opened(TrustList list)
        {
            Anchors = [.. list.Anchors.Select(a => Load(a.Certificate))];
            Intermediates = [.. list.Intermediates.Select(i => Load(i.Certificate))];
            ByThumbprint = Anchors.Concat(Intermediates).DistinctBy(CertificateThumbprint.Of).ToDictionary(CertificateThumbprint.Of, StringComparer.Ordinal);
        }

        internal ImmutableArray<X509Certificate2> Anchors { get; }

        internal ImmutableArray<X509Certificate2> Intermediates { get; }

        internal Dictionary<string, X509Certificate2> ByThumbprint { get; }

        private static X509Certificate2 Load(string base64) => X509CertificateLoader.LoadCertificate(Convert.FromBase64String(base64));
    }
}
