using System.Security.Cryptography;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>Looks receipts up in the log's files, with a hash computed here.</summary>
internal static class Receipts
{
    /// <summary>Null when the entry is in the files with the receipt's leaf hash; else what is wrong. All receipts of a log are looked up together.</summary>
    public static string? Missing(string auditFolder, IReadOnlyCollection<string> receipts)
    {
        var logs = LogReader.FoldersIn(auditFolder).Select(LogReader.Open).ToDictionary(l => l.Origin, Hashes, StringComparer.Ordinal);
        foreach (var receipt in receipts)
        {
            var parts = receipt.Split('/');
            var (origin, index, hash) = (string.Join('/', parts[..^2]), long.Parse(parts[^2], System.Globalization.CultureInfo.InvariantCulture), parts[^1]);
            if (!logs.TryGetValue(origin, out var hashes) || !hashes.TryGetValue(index, out var found))
            {
                return $"no entry for {receipt}";
            }

            if (found != hash)
            {
                return $"another entry stands at {receipt}";
            }
        }

        return null;
    }

    /// <summary>RFC 6962 leaf hashes by index.</summary>
    private static Dictionary<long, string> Hashes(LogReader log) =>
        log.Leaves(0, log.Size).ToDictionary(l => l.Index, l => Convert.ToHexStringLower(SHA256.HashData([0, .. l.Leaf.Span])));
}
