using EHealthHub.Audit.Proofs;

namespace EHealthHub.Audit.Witness;

/// <summary>A file that names witnesses, one a line: the verifier key, a space, and the submission prefix. Empty lines, and lines that begin with #, say nothing.</summary>
public static class WitnessList
{
    private const int LengthMax = 64 * 1024;

    /// <summary>The line of a witness.</summary>
    public static string Line(WitnessAddress witness) => $"{witness.Key} {witness.Submission}\n";

    /// <summary>The witnesses of a file; none when there is no file. Throws <see cref="InvalidDataException"/> for a line that names none.</summary>
    public static IReadOnlyList<WitnessAddress> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        var witnesses = new List<WitnessAddress>();
        foreach (var line in new FileInfo(path).Length <= LengthMax ? File.ReadLines(path) : throw new InvalidDataException($"{path} is too long."))
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            witnesses.Add(line.Split(' ') is [var key, var prefix] && CosignerKey.Parse(key) is { } cosigner && Uri.TryCreate(prefix, UriKind.Absolute, out var submission)
                && (submission.Scheme is "http" or "https") && submission.AbsolutePath.EndsWith('/') && witnesses.Count < WitnessFeed.WitnessesMax
                ? new WitnessAddress(cosigner, submission)
                : throw new InvalidDataException($"{path}: \"{line}\" is not a verifier key and a submission prefix that ends in '/'."));
        }

        return witnesses;
    }
}
