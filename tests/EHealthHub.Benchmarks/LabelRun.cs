using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using EHealthHub.Access.Labels;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Benchmarks;

/// <summary>Which labels real records get by their own codes, how often by type, and what asking costs a resource.</summary>
internal static class LabelRun
{
    private const int Rounds = 5;

    public static int Execute(string folder)
    {
        var rules = LabelRules.Of(TerminologyCatalog.Held);
        var resources = Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories).SelectMany(Resources).ToList();
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var labelled = 0;
        foreach (var (type, json) in resources)
        {
            var bits = ContentLabels.Of(rules, json);
            labelled += bits == 0 ? 0 : 1;
            foreach (var label in rules.Labels.Where((l, i) => ((bits >> i) & 1) == 1 && l.System == ResourceLabels.SensitivitySystem))
            {
                var key = $"{label.Code} {type}";
                counts[key] = counts.GetValueOrDefault(key) + 1;
            }
        }

        var watch = Stopwatch.StartNew();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var (_, json) in resources)
            {
                _ = ContentLabels.Of(rules, json);
            }
        }

        var each = watch.Elapsed.TotalMicroseconds / Rounds / resources.Count;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{resources.Count} resources, {labelled} labelled; {each:0.00} us each of {resources.Average(r => r.Json.Length):0} bytes"));
        foreach (var (key, count) in counts)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{key} {count}"));
        }

        return 0;
    }

    private static IEnumerable<(string Type, byte[] Json)> Resources(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        if (!document.RootElement.TryGetProperty("entry"u8, out var entries))
        {
            yield break;
        }

        foreach (var entry in entries.EnumerateArray())
        {
            if (entry.TryGetProperty("resource"u8, out var resource))
            {
                yield return (resource.GetProperty("resourceType"u8).GetString()!, JsonMarshal.GetRawUtf8Value(resource).ToArray());
            }
        }
    }
}
