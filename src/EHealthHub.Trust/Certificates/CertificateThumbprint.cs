using System.Buffers;
using System.Security.Cryptography.X509Certificates;

namespace EHealthHub.Trust.Certificates;

/// <summary>How the hub names a certificate: SHA-256 over its DER, 64 lower-case hexadecimal digits.</summary>
public static class CertificateThumbprint
{
    /// <summary>Number of characters.</summary>
    public const int Length = 2 * Hash256.Size;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>The thumbprint of a certificate.</summary>
    public static string Of(X509Certificate2 certificate) => Hash256.Of(certificate).ToHex();

    /// <summary>True for 64 lower-case hexadecimal digits.</summary>
    public static bool IsValid(string text) => text.Length == Length && !text.AsSpan().ContainsAnyExcept(Digits);
}
