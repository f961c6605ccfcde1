using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;

namespace EHealthHub.Trust.Certificates;

/// <summary>For what the certificates under an anchor are accepted: an institution's authority cannot make a clinician.</summary>
[Flags]
public enum AnchorUses
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>TLS client certificates of institutions.</summary>
    Institutions = 1,

    /// <summary>Smart cards of clinicians and citizens.</summary>
    Cards = 2,

    /// <summary>Certificates of auditors and operators.</summary>
    Staff = 4,

    /// <summary>All of them: for the development authority.</summary>
    All = Institutions | Cards | Staff,
}

/// <summary>A root that the hub trusts, from one day to another.</summary>
/// <param name="Certificate">Self-signed authority.</param>
/// <param name="Uses">For what.</param>
/// <param name="From">In force from; <see cref="DateTimeOffset.MinValue"/> for always.</param>
/// <param name="Until">In force until (exclusive); <see cref="DateTimeOffset.MaxValue"/> for no end beside its own.</param>
public sealed record TrustAnchor(X509Certificate2 Certificate, AnchorUses Uses, DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>Reads an anchor from a PEM or DER file, in force as long as it is valid.</summary>
    public static TrustAnchor FromFile(string path, AnchorUses uses) =>
        new(X509CertificateLoader.LoadCertificateFromFile(path), uses, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
}

/// <summary>What the gate accepts. <see cref="Faults"/> lists all that is wrong with it.</summary>
public sealed record GateOptions
{
    /// <summary>The trust list.</summary>
    public required ImmutableArray<TrustAnchor> Anchors { get; init; }

    /// <summary>Issuing authorities below the anchors: not trusted by themselves, but known, since a connection hands over the leaf alone.</summary>
    public ImmutableArray<X509Certificate2> Intermediates { get; init; } = [];

    /// <summary>What makes a certificate a card: the first that fits.</summary>
    public ImmutableArray<CardProfile> Cards { get; init; } = [CardProfile.Default];

    /// <summary>How long the result of a chain is remembered, in seconds (10..600). Revocation, block list and times are looked at on every call all the same.</summary>
    public int ChainCacheSeconds { get; init; } = 300;

    /// <summary>How many results are remembered (16..1,000,000); some hundred bytes each.</summary>
    public int ChainCacheEntriesMax { get; init; } = 20_000;

    /// <summary>Everything wrong with these options; empty when they can be used.</summary>
    public ImmutableArray<string> Faults()
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        if (Anchors.IsDefaultOrEmpty)
        {
            faults.Add("No trust anchor is configured.");
        }

        foreach (var anchor in Anchors.IsDefault ? [] : Anchors)
        {
            AddAuthorityFaults(anchor.Certificate, faults);
            if (!anchor.Certificate.SubjectName.RawData.AsSpan().SequenceEqual(anchor.Certificate.IssuerName.RawData))
            {
                faults.Add($"{anchor.Certificate.Subject} is no root: put it among the intermediates.");
            }

            if (anchor.From >= anchor.Until || anchor.Uses == AnchorUses.None)
            {
                faults.Add($"{anchor.Certificate.Subject} is never in force, or for nothing.");
            }
        }

        if (!Anchors.IsDefault && Anchors.DistinctBy(a => a.Certificate.Thumbprint).Count() != Anchors.Length)
        {
            faults.Add("A trust anchor stands twice.");
        }

        foreach (var intermediate in Intermediates)
        {
            AddAuthorityFaults(intermediate, faults);
        }

        if (Cards.IsDefaultOrEmpty)
        {
            faults.Add("No kind of card is configured.");
        }

        foreach (var card in Cards.IsDefault ? [] : Cards)
        {
            card.AddFaults(faults);
        }

        if (ChainCacheSeconds is < 10 or > 600)
        {
            faults.Add("ChainCacheSeconds is outside 10..600.");
        }

        if (ChainCacheEntriesMax is < 16 or > 1_000_000)
        {
            faults.Add("ChainCacheEntriesMax is outside 16..1,000,000.");
        }

        return faults.ToImmutable();
    }

    private static void AddAuthorityFaults(X509Certificate2 certificate, ImmutableArray<string>.Builder faults)
    {
        var facts = CertificateFacts.Read(certificate);
        if (facts is not { IsAuthority: true } || !facts.KeyUsage.HasFlag(X509KeyUsageFlags.KeyCertSign))
        {
            faults.Add($"{certificate.Subject} is no certificate authority.");
        }

        if (!CertificateStrength.HasStrongKey(certificate))
        {
            faults.Add($"{certificate.Subject} has a weak key.");
        }
    }
}
