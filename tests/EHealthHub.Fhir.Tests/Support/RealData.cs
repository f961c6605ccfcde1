using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace EHealthHub.Fhir.Tests.Support;

/// <summary>Real records outside the repository: the folder named by EHEALTHHUB_TEST_DATA, else ../shared/data beside the repository. Never committed.</summary>
internal static class RealData
{
    /// <summary>The folder, or null where there is none.</summary>
    public static string? Folder { get; } = Find();

    /// <summary>Paths of the Synthea bundles, sorted; empty where there are none.</summary>
    public static string[] SyntheaBundles() => Json("synthea");

    /// <summary>Paths of the R4 official examples (npm package hl7.fhir.r4.examples, unpacked into r4-examples), sorted; empty where there are none.</summary>
    public static string[] OfficialExamples() => Json("r4-examples");

    /// <summary>Paths of the guides' definitions and examples (ig-examples/[guide]), sorted; empty where there are none.</summary>
    public static string[] GuideFiles() => Json("ig-examples");

    /// <summary>The npm package of HL7's terminology (terminology/hl7.terminology.r4-*.tgz); null where there is none.</summary>
    public static string? TerminologyPackage()
    {
        var path = Folder is null ? null : Path.Combine(Folder, "terminology");
        return path is null || !Directory.Exists(path) ? null : Directory.GetFiles(path, "hl7.terminology.r4-*.tgz", SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault();
    }

    /// <summary>The JSON resources of an npm package.</summary>
    public static IEnumerable<JsonElement> Package(string path)
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

    private static string[] Json(string folder)
    {
        var path = Folder is null ? null : Path.Combine(Folder, folder);
        if (path is null || !Directory.Exists(path))
        {
            return [];
        }

        var files = Directory.GetFiles(path, "*.json", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        return files;
    }

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
                var data = Path.Combine(folder.Parent!.FullName, "shared", "data");
                return Directory.Exists(data) ? data : null;
            }
        }

        return null;
    }
}

/// <summary>A test over the Synthea bundles; skipped where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SyntheaFactAttribute : FactAttribute
{
    public SyntheaFactAttribute()
    {
        if (RealData.SyntheaBundles().Length == 0)
        {
            Skip = "no Synthea bundles: set EHEALTHHUB_TEST_DATA to a folder holding synthea/";
        }
    }
}

/// <summary>A test over R4's official examples; skipped where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OfficialExamplesFactAttribute : FactAttribute
{
    public OfficialExamplesFactAttribute()
    {
        if (RealData.OfficialExamples().Length == 0)
        {
            Skip = "no official examples: set EHEALTHHUB_TEST_DATA to a folder holding r4-examples/ (npm package hl7.fhir.r4.examples)";
        }
    }
}

/// <summary>A test over the definitions and examples of published guides; skipped where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GuidesTheoryAttribute : TheoryAttribute
{
    public GuidesTheoryAttribute()
    {
        if (RealData.GuideFiles().Length == 0 || RealData.TerminologyPackage() is null)
        {
            Skip = "no guides: set EHEALTHHUB_TEST_DATA to a folder holding ig-examples/ and terminology/";
        }
    }
}

/// <summary>A test over HL7's terminology; skipped where it is not.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TerminologyFactAttribute : FactAttribute
{
    public TerminologyFactAttribute()
    {
        if (RealData.TerminologyPackage() is null)
        {
            Skip = "no terminology: set EHEALTHHUB_TEST_DATA to a folder holding terminology/ (npm package hl7.terminology.r4)";
        }
    }
}
