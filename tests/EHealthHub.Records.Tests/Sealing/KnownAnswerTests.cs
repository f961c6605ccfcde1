using System.Diagnostics;
using System.Globalization;
using System.Text;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Sealing;

namespace EHealthHub.Records.Tests.Sealing;

/// <summary>FORMAT.md's known answers: made again to the byte, opened by the code, and opened by a reader in another language.</summary>
public class KnownAnswerTests
{
    private static readonly string File = Path.Combine(AppContext.BaseDirectory, "Sealing", "vectors.txt");

    [Fact]
    public void The_code_writes_the_known_answers()
    {
        using var made = new KnownAnswers();
        var text = made.Write();
        Assert.True(System.IO.File.ReadAllText(File) == text, "The format changed; the vectors would be now:\n" + text);
    }

    [Fact]
    public void The_code_opens_the_known_answers_and_refuses_them_at_another_place()
    {
        var blocks = Blocks();
        var common = blocks.Single(b => b["kind_of"] == "common");
        using var key = new DataKey(Convert.FromHexString(common["data_key"]), 1);
        using var sealer = new RecordSealer();
        var handle = Handle(blocks.Single(b => b.ContainsKey("compartment"))["compartment"]);
        var versions = blocks.Where(b => b["kind_of"] == "version").ToList();
        Assert.Equal(5, versions.Count);
        foreach (var f in versions)
        {
            var resource = Handle(f["body_associated"].Substring(2 * Resource(f), 32));
            var envelope = Convert.FromHexString(f["body_envelope"]);
            Assert.Equal(f["json"], Encoding.UTF8.GetString(Open(f, 0, envelope)!));
            Assert.Equal(f["beside"], Beside(f, envelope));
            Assert.Null(Open(f, 1, envelope));
            Assert.Equal(f["facts"], Convert.ToHexStringLower(Facts(f, 0, envelope)!));
            Assert.Null(Facts(f, 1, envelope));

            string Beside(Dictionary<string, string> f, byte[] envelope)
            {
                sealer.OpenBody(key, Binding(f, 0), f["type"], f["id"], resource, Convert.FromHexString(f["previous"]), envelope, out var beside);
                return beside is null ? "" : Convert.ToHexStringLower(beside.Write());
            }

            byte[]? Open(Dictionary<string, string> f, int off, byte[] envelope) =>
                sealer.OpenBody(key, Binding(f, off), f["type"], f["id"], resource, Convert.FromHexString(f["previous"]), envelope);

            byte[]? Facts(Dictionary<string, string> f, int off, byte[] envelope) =>
                sealer.OpenFacts(key, Binding(f, off), EHealthHub.Fhir.Search.SearchTables.FirstGeneration, RecordSealer.HashOf(envelope), Convert.FromHexString(f["facts_message"]));
        }

        RecordBinding Binding(Dictionary<string, string> f, int off) => new()
        {
            Hub = new Guid(Convert.FromHexString(common["hub"]), bigEndian: true),
            Compartment = handle,
            Version = int.Parse(f["version"], CultureInfo.InvariantCulture) + off,
            Deleted = f["deleted"] == "1",
            MadeByUpdate = false,
            Time = long.Parse(f["time"], CultureInfo.InvariantCulture),
            Epoch = 1,
            Submitter = f["submitter"],
            Patient = f["patient"],
        };
    }

    [Fact]
    public void The_code_opens_the_known_chunks_and_refuses_them_as_others()
    {
        var blocks = Blocks();
        var common = blocks.Single(b => b["kind_of"] == "common");
        var content = blocks.Single(b => b["kind_of"] == "content");
        using var key = new DataKey(Convert.FromHexString(common["data_key"]), 1);
        using var contentKey = Keys.Sealing.ContentKey.Derive(key, Convert.FromHexString(content["salt"]));
        Assert.Equal(content["content_key"], Convert.ToHexStringLower(contentKey.Bytes));
        var place = new ContentPlace(new Guid(Convert.FromHexString(common["hub"]), bigEndian: true), Handle(blocks.Single(b => b.ContainsKey("compartment"))["compartment"]), Handle(content["id"]));
        Assert.All(blocks.Where(b => b["kind_of"] == "chunk"), b =>
        {
            var (number, last, chunk) = (int.Parse(b["number"], CultureInfo.InvariantCulture), b["last"] == "1", Convert.FromHexString(b["chunk"]));
            var to = new byte[chunk.Length - Keys.Sealing.Sealer.Overhead];
            Assert.True(ContentSeal.TryOpen(contentKey, place, number, last, chunk, to));
            Assert.StartsWith(content["plain"], Convert.ToHexStringLower(to), StringComparison.Ordinal);
            Assert.False(ContentSeal.TryOpen(contentKey, place, number, !last, chunk, to));
        });
    }

    [PythonFact]
    public async Task A_reader_in_another_language_opens_the_known_answers()
    {
        var start = new ProcessStartInfo("python3") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Interop", "open_records.py"));
        start.ArgumentList.Add(File);
        start.ArgumentList.Add(AppContext.BaseDirectory);
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + errors);
        Assert.StartsWith("5 versions and 2 chunks opened", output, StringComparison.Ordinal);
    }

    /// <summary>Where the resource's handle stands in the associated data of a body: behind everything but the previous hash.</summary>
    private static int Resource(Dictionary<string, string> f) => (f["body_associated"].Length / 2) - 2 - (f["previous"].Length / 2) - 16;

    private static UInt128 Handle(string hex) => UInt128.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static List<Dictionary<string, string>> Blocks() =>
        [.. System.IO.File.ReadAllText(File).Split("\n\n").Select(b => b.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=', 2, StringSplitOptions.TrimEntries)).ToDictionary(p => p[0], p => p[1]))];
}

/// <summary>Runs where python3 has the package <c>cryptography</c>; is skipped elsewhere, and says why.</summary>
internal sealed class PythonFactAttribute : FactAttribute
{
    private static readonly string? Missing = FindOut();

    public PythonFactAttribute()
    {
        if (Missing is not null)
        {
            Skip = Missing;
        }
    }

    private static string? FindOut()
    {
        try
        {
            var start = new ProcessStartInfo("python3") { RedirectStandardError = true };
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add("import cryptography.hazmat.primitives.ciphers.aead");
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : "python3 has no package cryptography";
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "python3 is not installed";
        }
    }
}
