using System.IO.Compression;
using System.Text.Json;

namespace EHealthHub.Fhir.Tests.Search;

/// <summary>A test over the real records, skipped where they are not on the machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealDataFactAttribute : FactAttribute
{
    public RealDataFactAttribute() => Skip = RealData.Found ? null : "No real records here: set EHEALTHHUB_TEST_DATA.";
}

/// <summary>Synthea's records and the examples of implementation guides, from the folder that EHEALTHHUB_TEST_DATA names or from shared/data beside the repository.</summary>
internal static class RealData
{
    private static readonly string[] Sets = ["synthea", "ig-examples"];

    private static readonly string? Folder = Find();

    internal static bool Found => Folder is not null;

    /// <summary>Every resource, those in bundles one by one too, in a fixed order.</summary>
    internal static IEnumerable<JsonElement> Resources()
    {
        foreach (var bytes in Sets.SelectMany(Files))
        {
            using var document = JsonDocument.Parse(bytes);
            if (!document.RootElement.TryGetProperty("resourceType"u8, out var type))
            {
                continue;
            }

            if (type.GetString() != "Parameters")
            {
                yield return document.RootElement;
            }

            if (type.GetString() == "Bundle" && document.RootElement.TryGetProperty("entry"u8, out var entries))
            {
                foreach (var entry in entries.EnumerateArray().Where(e => e.TryGetProperty("resource"u8, out var r) && !r.GetProperty("resourceType"u8).ValueEquals("Parameters")))
                {
                    yield return entry.GetProperty("resource");
                }
            }
        }
    }

    private static IEnumerable<byte[]> Files(string set)
    {
        var folder = Path.Combine(Folder!, set);
        if (Directory.Exists(folder))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                yield return File.ReadAllBytes(file);
            }
        }

        if (!File.Exists(folder + ".zip"))
        {
            yield break;
        }

        using var zip = ZipFile.OpenRead(folder + ".zip");
        foreach (var entry in zip.Entries.Where(e => e.Name.EndsWith(".json", StringComparison.Ordinal)).OrderBy(e => e.FullName, StringComparer.Ordinal))
        {
            using var memory = new MemoryStream();
            using var stream = entry.Open();
            stream.CopyTo(memory);
            yield return memory.ToArray();
        }
    }

    private static string? Find()
    {
        var candidates = new List<string?> { Environment.GetEnvironmentVariable("EHEALTHHUB_TEST_DATA") };
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EHealthHub.sln")) && folder.Parent is not null)
            {
                candidates.Add(Path.Combine(folder.Parent.FullName, "shared", "data"));
            }
        }

        return candidates.FirstOrDefault(c => c is not null && (Directory.Exists(Path.Combine(c, "synthea")) || File.Exists(Path.Combine(c, "synthea.zip"))));
    }
}
