using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Keys.Pkcs11;
using EHealthHub.Trust.Clinicians;

namespace EHealthHub.Operator.Connecting;

/// <summary>Which card, and how to get at it.</summary>
/// <param name="Module">Path of the PKCS#11 module.</param>
/// <param name="Token">Label of the token; null where one is present.</param>
/// <param name="Certificate">CKA_ID (hexadecimal) or CKA_LABEL of the certificate; null where only one names a national id.</param>
/// <param name="Locking">How the module is told about threads.</param>
internal sealed record CardChoice(string Module, string? Token, string? Certificate, Pkcs11Locking Locking);

/// <summary>A clinician's card in a PKCS#11 token: finds the certificate that names a person, and has the card sign with it.</summary>
internal sealed class CardReader : IDisposable
{
    private readonly Pkcs11Module _module;

    private CardReader(Pkcs11Module module, IReadOnlyList<TokenCertificate> certificates)
    {
        _module = module;
        Certificates = certificates;
    }

    /// <summary>What lies on the present tokens.</summary>
    public IReadOnlyList<TokenCertificate> Certificates { get; }

    /// <summary>Opens; no PIN is needed yet. Throws <see cref="Pkcs11TokenException"/>.</summary>
    public static CardReader Open(CardChoice choice)
    {
        var module = Pkcs11Module.Load(choice.Module, choice.Locking);
        try
        {
            return new CardReader(module, module.Certificates(choice.Token));
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    /// <summary>The certificate that is meant. Throws <see cref="Pkcs11TokenException"/> when there is none, or more than one would do.</summary>
    public TokenCertificate Choose(string? named)
    {
        var fitting = Certificates.Where(c => named is null ? NationalIdOf(c) is not null : string.Equals(c.Id, named, StringComparison.OrdinalIgnoreCase) || c.Label == named).ToList();
        return fitting switch
        {
            [var only] => only,
            [] => throw new Pkcs11TokenException(Pkcs11Fault.NoCertificate, named is null ? "No certificate on the token names a national id." : $"No certificate {named} is on the token."),
            _ => throw new Pkcs11TokenException(Pkcs11Fault.SeveralCertificates, $"Several certificates would do; name one of {string.Join(", ", fitting.Select(c => $"{c.Id} ({c.Label}, token {c.Token})"))}."),
        };
    }

    /// <summary>An assertion that the card signed (RFC 7523). Throws <see cref="Pkcs11TokenException"/>.</summary>
    public string Assert(TokenCertificate certificate, ReadOnlySpan<byte> pin, string tokenEndpoint, string carrierThumbprint, string purpose, DateTimeOffset time, string? scope, string? emergencyReason = null)
    {
        using var card = X509CertificateLoader.LoadCertificate(certificate.Certificate.Span);
        using var key = _module.OpenKey(certificate, pin);
        return CardAssertion.Create(card, key.Sign, tokenEndpoint, carrierThumbprint, purpose, time, scope, emergencyReason);
    }

    /// <summary>The national id that a certificate names; null for one that names none.</summary>
    public static string? NationalIdOf(TokenCertificate certificate)
    {
        try
        {
            using var card = X509CertificateLoader.LoadCertificate(certificate.Certificate.Span);
            return CardAssertion.NationalIdOf(card);
        }
        catch (CryptographicException)
        {
            // Something else in the place of a certificate: nobody's.
            return null;
        }
    }

    public void Dispose() => _module.Dispose();
}
