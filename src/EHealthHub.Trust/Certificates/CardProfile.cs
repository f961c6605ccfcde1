using System.Collections.Immutable;

namespace EHealthHub.Trust.Certificates;

/// <summary>What makes a certificate a card, and where on it the person's national id stands. Countries and authorities differ, so that it is configuration.</summary>
/// <param name="Policies">It carries one of these certificate policies (RFC 5280, 4.2.1.4).</param>
/// <param name="Usages">Extended key usages that it may be issued for, where it names any: cards are made to sign, and often name none.</param>
/// <param name="Attribute">The subject's attribute that holds the national id, exactly once.</param>
/// <param name="Statements">Qualified-certificate statements (RFC 3739, 3.2.6; ETSI EN 319 412-5) that it must all carry; the types of a QcType statement count as statements.</param>
/// <param name="Issuers">SHA-256 thumbprints of authorities, one of which must be on its path; empty for any that is trusted for cards.</param>
public sealed record CardProfile(
    ImmutableArray<string> Policies, ImmutableArray<string> Usages = default, string Attribute = CardProfile.SerialNumber, ImmutableArray<string> Statements = default, ImmutableArray<string> Issuers = default)
{
    /// <summary>Subject attribute serialNumber.</summary>
    public const string SerialNumber = "2.5.4.5";

    private const int OidsMax = 32;

    /// <summary>A qualified personal certificate of the Turkish law 5070.</summary>
    public static CardProfile Default { get; } = new([CertificateOids.QualifiedPersonPolicy]);

    /// <summary>Policies.</summary>
    public ImmutableArray<string> Policies { get; init; } = Policies.IsDefault ? [] : Policies;

    /// <summary>Extended key usages.</summary>
    public ImmutableArray<string> Usages { get; init; } = Usages.IsDefault ? [CertificateOids.ClientAuthentication] : Usages;

    /// <summary>Qualified-certificate statements.</summary>
    public ImmutableArray<string> Statements { get; init; } = Statements.IsDefault ? [] : Statements;

    /// <summary>Authorities.</summary>
    public ImmutableArray<string> Issuers { get; init; } = Issuers.IsDefault ? [] : Issuers;

    internal bool HasNulls() => Policies.Contains(null!) || Usages.Contains(null!) || Statements.Contains(null!) || Issuers.Contains(null!);

    internal bool Fits(CertificateFacts facts) => facts.Policies.Any(p => Policies.Contains(p)) && Statements.All(s => facts.Statements.Contains(s));

    /// <summary>The usage that the whole chain must allow; null when it is issued for others only.</summary>
    internal string? UsageOf(CertificateFacts facts) => facts.ExtendedUsages.IsDefault ? "" : Usages.FirstOrDefault(u => facts.ExtendedUsages.Contains(u));

    internal void AddFaults(ImmutableArray<string>.Builder faults)
    {
        if (Policies.IsEmpty || Usages.IsEmpty)
        {
            faults.Add("A kind of card has no policy or no usage.");
        }

        if (Policies.Length > OidsMax || Usages.Length > OidsMax || Statements.Length > OidsMax || Issuers.Length > OidsMax
            || !((IEnumerable<string>)[.. Policies, .. Usages, .. Statements, Attribute]).All(IsOid))
        {
            faults.Add($"A kind of card names something that is no object identifier, or more than {OidsMax} of a sort.");
        }

        if (!Issuers.All(CertificateThumbprint.IsValid))
        {
            faults.Add("A kind of card names an issuer by something that is no SHA-256 thumbprint.");
        }
    }

    private static bool IsOid(string text) => text.Length is > 2 and <= 100 && text.Split('.') is { Length: > 1 } parts && parts.All(p => p.Length > 0 && p.All(char.IsAsciiDigit));
}
