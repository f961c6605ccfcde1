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
