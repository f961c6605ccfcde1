using System.Text.Json;
using EHealthHub.Operator.Synthetic;

namespace EHealthHub.Operator.Load;

/// <summary>A Bundle to post.</summary>
/// <param name="Name">File name, or number of the generated patient.</param>
/// <param name="Json">Its bytes.</param>
internal sealed record PostableBundle(string Name, ReadOnlyMemory<byte> Json);

/// <summary>
/// Where the patients come from: a folder of R4 Bundles, or the generator. Files whose names begin with <c>0-</c> hold what the others refer to and go first. Bundles are made or read when they are asked for, so that memory does not grow
/// with their number.
/// </summary>
internal sealed class BundleSource
{
    private const long FileBytesMax = 64L * 1024 * 1024;

    private readonly string[] _first;
    private readonly string[] _files;
    private readonly PatientGenerator? _generator;

    private BundleSource(string[] first, string[] referring, string[] others, PatientGenerator? generator)
    {
        _first = first;
        _files = [.. referring, .. others];
        Referring = referring.Length;
        _generator = generator;
    }

    /// <summary>
    /// How many of the first Bundles refer to the directory by condition (<c>Practitioner?identifier=...</c>). They come before all others: what brings its own practitioners without a condition may make a second one, and then the
    /// condition names two (R4 3.1.0.11.2).
    /// </summary>
    public int Referring { get; }

    /// <summary>How many different patients there are; without end for generated ones.</summary>
    public int DistinctMax => _generator is null ? _files.Length : int.MaxValue;

    /// <summary>True for generated patients.</summary>
    public bool IsGenerated => _generator is not null;

    public static BundleSource Generated(ulong seed) => new([], [], [], new PatientGenerator(seed));

    /// <summary>A folder with all that lies below it. Null with a sentence when it holds no Bundle.</summary>
    public static BundleSource? Folder(string folder, out string fault)
    {
        var files = Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToLookup(f => Path.GetFileName(f).StartsWith("0-", StringComparison.Ordinal));
        fault = files[false].Any() ? "" : $"{folder} holds no R4 Bundles (*.json).";
        var large = files[true].Concat(files[false]).FirstOrDefault(f => new FileInfo(f).Length > FileBytesMax);
        if (large is not null)
        {
            fault = $"{large} is larger than {FileBytesMax / (1024 * 1024)} MiB.";
        }

        if (fault.Length > 0)
        {
            return null;
        }

        var patients = files[false].ToLookup(RefersByCondition);
        return new BundleSource([.. files[true]], [.. patients[true]], [.. patients[false]], null);
    }

    private static bool RefersByCondition(string file) => File.ReadAllBytes(file).AsSpan().IndexOf("?identifier="u8) >= 0;

    /// <summary>What goes first: hospitals and practitioners.</summary>
    public IEnumerable<PostableBundle> First() =>
        _generator is null
            ? _first.Select(f => new PostableBundle(Path.GetFileName(f), File.ReadAllBytes(f)))
            : PatientGenerator.Directory().Select((b, i) => new PostableBundle($"directory {i + 1}", b));

    /// <summary>The Bundle of a patient; a folder's files begin again when there are no more.</summary>
    public PostableBundle Patient(int index)
    {
        if (_generator is not null)
        {
            var patient = _generator.Patient(index);
            return new PostableBundle($"patient {index + 1}", patient.Bundle);
        }

        var file = _files[index % _files.Length];
        return new PostableBundle(Path.GetFileName(file), File.ReadAllBytes(file));
    }

    /// <summary>Bytes of the resources in a Bundle without insignificant whitespace: what the hub keeps of them.</summary>
    public static long ResourceBytes(ReadOnlyMemory<byte> bundle)
    {
        using var document = JsonDocument.Parse(bundle);
        using var nowhere = new CountingStream();
        if (document.RootElement.TryGetProperty("entry", out var entries))
        {
            foreach (var entry in entries.EnumerateArray())
            {
                if (entry.TryGetProperty("resource", out var resource))
                {
                    using var json = new Utf8JsonWriter(nowhere, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
                    resource.WriteTo(json);
                }
            }
        }

        return nowhere.Length;
    }
}
