using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using EHealthHub.Fhir.Terminology;
using EHealthHub.Fhir.Validation.Profiles;

namespace EHealthHub.Exchange.Tests.Support;

/// <summary>IHE BALP's profiles with R4's and HL7's terminology, outside the repository: the folder named by EHEALTHHUB_TEST_DATA, else ../shared/data beside the repository. Never committed.</summary>
internal static class GuideData
{
    private static readonly Lazy<string?> Folder = new(Find);

    private static readonly Lazy<ProfileCatalog> Held = new(Read);

    public static bool IsThere => Folder.Value is { } folder && Json(folder, "ig-examples").Length > 0 && Terminology(folder) is not null;

    public static ProfileCatalog Profiles => Held.Value;

    private static ProfileCatalog Read()
    {
        var folder = Folder.Value!;
        var terminology = new TerminologyCatalog(new TerminologyLimits()).WithAll(Package(Terminology(folder)!), out _);
        var core = Json(folder, "r4-examples").Where(f => Path.GetFileName(f).Split('-')[0] is "StructureDefinition" or "ValueSet" or "CodeSystem");
        var definitions = core.Concat(Json(folder, "ig-examples").Where(f => f.Contains("/definitions/", StringComparison.Ordinal))).Select(Document).ToList();
        return ProfileCatalog.Empty(terminology.WithAll(definitions, out _)).WithAll(definitions, out _);
    }

    private static JsonElement Document(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }

    private static IEnumerable<JsonElement> Package(string path)
    {
        using var file = File.OpenRead(path);
        using var unzipped = new GZipStream(file, CompressionMode.Decompress);
        using var tar = new TarReader(unzipped);
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } data && entry.Name.EndsWith(".json", StringComparison.Ordinal))
            {
                using var document = JsonDocument.Parse(data);
                if (document.RootElement.TryGetProperty("resourceType", out _))
                {
                    yield return document.RootElement.Clone();
                }
            }
        }
    }

    private static string? Terminology(string folder) => Path.Combine(folder, "terminology") is var path && Directory.Exists(path)
        ? Directory.GetFiles(path, "hl7.terminology.r4-*.tgz", SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    private static string[] Json(string folder, string name) => Path.Combine(folder, name) is var path && Directory.Exists(path)
        ? [.. Directory.GetFiles(path, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal)]
        : [];

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("EHEALTHHUB_TEST_DATA") is { Length: > 0 } named)
        {
            return named;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EHealthHub.sln")))
            {
                return Path.Combine(folder.Parent!.FullName, "shared", "data");
            }
        }

        return null;
    }
}

/// <summary>A test over BALP's profiles; skipped where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GuidesTheoryAttribute : TheoryAttribute
{
    public GuidesTheoryAttribute()
    {
        if (!GuideData.IsThere)
        {
            Skip = "no guides: set EHEALTHHUB_TEST_DATA to a folder holding ig-examples/ and terminology/";
        }
    }
}
