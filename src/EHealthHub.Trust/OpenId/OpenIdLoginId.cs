using System.Security.Cryptography;
using System.Text;

namespace EHealthHub.Trust.OpenId;

/// <summary>A short name for an issuer and a subject, the same every time.</summary>
internal static class OpenIdLoginId
{
    private const int Bytes = 12;

    internal static string Of(string issuer, string subject) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{issuer}\n{subject}")).AsSpan(0, Bytes));
}
