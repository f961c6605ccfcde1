using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Operator.Synthetic;
using EHealthHub.Records.Store;

namespace EHealthHub.Benchmarks;

/// <summary>Bundles of generated patients (Synthea), cut into commits of fifty entries as a hospital would post them.</summary>
internal sealed class RecordStoreCorpus
{
    private const int EntriesMax = 50;

    /// <summary>The commits, in order.</summary>
    public List<CommitAsk> Asks { get; } = [];

    /// <summary>Bytes of minified JSON.</summary>
    public long JsonBytes { get; private set; }

    /// <summary>Type, id and patient of every resource.</summary>
    public List<(string Type, string Id, string Patient)> Resources { get; } = [];

    public static RecordStoreCorpus Load(string folder, int filesMax)
    {
        var corpus = new RecordStoreCorpus();
        var limits = new FhirLimits();
        foreach (var file in Directory.GetFiles(folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(filesMax))
        {
            if (FhirReader.Read(File.ReadAllBytes(file), limits).Try(out var bundle, out _) && bundle.Root.TryGetProperty("entry"u8, out var entries))
            {
                corpus.Add(entries);
            }
        }

        return corpus;
    }

    /// <summary>The resources of generated patients as those of one: all are in the compartment of the first.</summary>
    public static RecordStoreCorpus OfOnePatient(PatientGenerator generator, int first, int patients)
    {
        var corpus = new RecordStoreCorpus();
        var documents = JsonElement.Parse("[" + string.Join(',', Enumerable.Range(first, patients).Select(i => Encoding.UTF8.GetString(generator.Patient(i).Bundle.Span))) + "]");
        corpus.Add([.. documents.EnumerateArray().SelectMany((b, i) => b.GetProperty("entry"u8).EnumerateArray().Where(e => i == 0 || TypeOf(e) != "Patient"))]);
        return corpus;

        static string TypeOf(JsonElement entry) => entry.GetProperty("resource"u8).GetProperty("resourceType"u8).GetString()!;
    }

    private void Add(JsonElement entries) => Add([.. entries.EnumerateArray()]);

    private void Add(List<JsonElement> entries)
    {
        var references = new Dictionary<string, string>(StringComparer.Ordinal);
        var resources = new List<(FhirResource Resource, string Id)>();
        foreach (var entry in entries)
        {
            var root = entry.GetProperty("resource"u8);
            var resource = new FhirResource(root.GetProperty("resourceType"u8).GetString()!, root);
            var id = Guid.CreateVersion7().ToString();
            resources.Add((resource, id));
            references[entry.GetProperty("fullUrl"u8).GetString()!] = $"{resource.Type}/{id}";
            JsonBytes += System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(root).Length;
        }

        var patient = resources.FirstOrDefault(r => r.Resource.Type == "Patient").Id;
        var writes = resources.Select(r => Write(r.Resource, r.Id, patient)).ToList();
        Resources.AddRange(writes.Select(w => (w.Type, w.Id, w.CompartmentName)));
        Asks.AddRange(writes.Chunk(EntriesMax).Select(chunk => new CommitAsk
        {
            Entries = [.. chunk],
            Resolved = ImmutableDictionary<IdentifierCondition, string>.Empty,
            References = references,
            Submitter = "hospital-ankara",
            Time = new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero),
            Salt = RandomNumberGenerator.GetBytes(16),
        }));
    }

    private static WriteEntry Write(FhirResource resource, string id, string? patient)
    {
        var kind = CompartmentRule.IsDirectory(resource.Type) ? CompartmentKind.Directory : patient is null ? CompartmentKind.Institution : CompartmentKind.Patient;
        return new WriteEntry
        {
            Action = EntryAction.Create,
            Type = resource.Type,
            Id = id,
            Compartment = kind,
            CompartmentName = kind switch { CompartmentKind.Patient => patient!, CompartmentKind.Institution => "hospital-ankara", _ => "" },
            Version = 1,
            Resource = resource,
        };
    }
}
