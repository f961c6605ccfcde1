using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Trust.Certificates;

namespace EHealthHub.Trust.Revocation;

/// <summary>
/// OCSP answers in a file, so that a restart beside a responder that is down does not shut out everybody. As they came: whoever loads them examines them again, signature, signer and age, and a responder that answers replaces them. The file
/// is authenticated by the hub, or whoever can write it could bring back an answer from before a revocation.
/// </summary>
internal sealed class KeptAnswers(string path, IRegistryAuthenticator authenticator)
{
    internal const int BytesMax = 64 * 1024 * 1024;

    private static readonly byte[] Purpose = "ehealthhub-ocsp-answers/1\n"u8.ToArray();

    private byte[] _written = [];

    /// <summary>Each certificate with the answer as it came; none where there is no file, or one that is not the hub's.</summary>
    internal IReadOnlyList<(CertificateId Id, byte[] Answer)> Read()
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= BytesMax } || File.ReadAllBytes(path) is not { Length: > 65 } bytes || bytes[64] != (byte)'\n')
            {
                return [];
            }

            var tag = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(authenticator.Tag([.. Purpose, .. bytes.AsSpan(65)])));
            return CryptographicOperations.FixedTimeEquals(tag, bytes.AsSpan(0, 64)) ? Parse(Encoding.ASCII.GetString(bytes.AsSpan(65))) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // as if there were none: everybody is asked about anew
        }
    }

    /// <summary>Replaces the file where the answers are others than those last written; false where it could not be written.</summary>
    internal bool Write(IEnumerable<(CertificateId Id, byte[] Answer)> answers)
    {
        var text = new StringBuilder();
        foreach (var (id, answer) in answers.OrderBy(a => a.Id.Issuer.ToHex(), StringComparer.Ordinal).ThenBy(a => a.Id.Serial.ToHex(), StringComparer.Ordinal))
        {
            text.Append(id.Issuer.ToHex()).Append(' ').Append(id.Serial.ToHex()).Append(' ').Append(Base64Url.EncodeToString(answer)).Append('\n');
        }

        var content = Encoding.ASCII.GetBytes(text.ToString());
        if (content.Length > BytesMax || content.AsSpan().SequenceEqual(_written))
        {
            return content.Length <= BytesMax;
        }

        try
        {
            AtomicFile.Write(path, [.. Encoding.ASCII.GetBytes(Convert.ToHexStringLower(authenticator.Tag([.. Purpose, .. content]))), (byte)'\n', .. content], AtomicFile.Secret);
            _written = content;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static List<(CertificateId Id, byte[] Answer)> Parse(string text)
    {
        var answers = new List<(CertificateId Id, byte[] Answer)>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is [var issuer, var serial, var answer] && Hash256.TryParseHex(issuer, out var hash) && SerialNumber.TryParseHex(serial, out var number) && Base64Url.IsValid(answer))
            {
                answers.Add((new CertificateId(hash, number), Base64Url.DecodeFromChars(answer)));
            }
        }

        return answers;
    }
}
