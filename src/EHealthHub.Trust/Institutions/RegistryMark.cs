using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace EHealthHub.Trust.Institutions;

/// <summary>
/// The last revision whose changes stand in the audit log, in a file of its own, authenticated like the registry: so that a change made while the gateway was down is logged at its start, each once, and a registry put back from before is
/// not taken. A crash between entry and mark logs a change twice, never not at all.
/// </summary>
public sealed class RegistryMark(string path, IRegistryAuthenticator authenticator)
{
    /// <summary>0 without a mark, or with one that is not the hub's: then all that the registry remembers is logged again.</summary>
    public long Read()
    {
        var text = File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        var parts = text.Split(' ');
        return parts.Length == 2
            && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var revision)
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(parts[1]), Encoding.ASCII.GetBytes(TagOf(revision)))
                ? revision
                : 0;
    }

    /// <summary>Replaces the mark in one step.</summary>
    public void Write(long revision) =>
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{revision} {TagOf(revision)}\n")), AtomicFile.Secret);

    private string TagOf(long revision) =>
        Convert.ToHexStringLower(authenticator.Tag(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"ehealthhub-registry-mark/1\n{revision}"))));
}
