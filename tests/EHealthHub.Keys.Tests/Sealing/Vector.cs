using System.Globalization;

namespace EHealthHub.Keys.Tests.Sealing;

/// <summary>A known-answer vector, as written down in FORMAT.md.</summary>
internal sealed record Vector(byte[] Key, int Epoch, byte Dictionary, byte[] Salt, byte[] AssociatedData, byte[] Plaintext, byte[] Envelope)
{
    public static string FormatFile => Path.Combine(AppContext.BaseDirectory, "FORMAT.md");

    public static IReadOnlyList<Vector> All()
    {
        var text = File.ReadAllText(FormatFile);
        var block = text.Split("```vectors\n")[1].Split("```")[0];
        return [.. block.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
    }

    private static Vector Parse(string text)
    {
        var fields = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=', 2)).ToDictionary(p => p[0].Trim(), p => p[1].Trim());
        return new Vector(
            Convert.FromHexString(fields["key"]),
            int.Parse(fields["epoch"], NumberStyles.None, CultureInfo.InvariantCulture),
            byte.Parse(fields["dictionary"], NumberStyles.None, CultureInfo.InvariantCulture),
            Convert.FromHexString(fields["salt"]),
            Convert.FromHexString(fields["associated"]),
            Convert.FromHexString(fields["plaintext"]),
            Convert.FromHexString(fields["envelope"]));
    }
}
