using System.Security.Cryptography;
using System.Text;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Writing;
using EHealthHub.Operator.Synthetic;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Store;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace EHealthHub.Benchmarks;

/// <summary>
/// Makes the store's compression dictionaries, the same bytes each time: from generated patients, the element names of R4, and lists of public code systems and codes. No record of anybody enters. Run: <c>dictionaries FOLDER</c>;
/// what was shipped never changes, a new one gets a new id.
/// </summary>
internal static class DictionaryMaker
{
    private const ulong Seed = 2;
    private const int Patients = 120;
    private const int TrainedBytes = 36 * 1024;
    private const int FactsBytes = 12 * 1024;

    private static readonly string[] s_types =
    [
        "Account", "CarePlan", "CareTeam", "Coverage", "Device", "Goal", "ImagingStudy", "Medication", "MedicationAdministration", "MedicationDispense", "MedicationStatement", "QuestionnaireResponse", "ServiceRequest", "Specimen", "Appointment",
        "Composition", "AllergyIntolerance", "PractitionerRole", "Practitioner", "Location", "Organization", "Patient", "Provenance", "Immunization", "Procedure", "Condition", "MedicationRequest", "DocumentReference", "DiagnosticReport",
        "Encounter", "Claim", "ExplanationOfBenefit", "Observation",
    ];

    public static int Execute(string folder)
    {
        var (bodies, facts) = Samples();
        var words = Encoding.UTF8.GetBytes(Words() + string.Concat(s_types.Select(Skeleton)) + File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "idioms.txt")).ReplaceLineEndings(""));
        byte[] content = [.. Content(DictBuilder.TrainFromBuffer(bodies, TrainedBytes)), .. words];
        Write(folder, "bodies.1", Finalize(content, bodies));
        Write(folder, "facts.2", DictBuilder.TrainFromBuffer(facts, FactsBytes));
        return 0;
    }

    private static void Write(string folder, string name, byte[] dictionary)
    {
        File.WriteAllBytes(Path.Combine(folder, name + ".zdict"), dictionary);
        Console.WriteLine($"{name}: {dictionary.Length} bytes, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(dictionary))}");
    }

    /// <summary>Contents as the store would compress them.</summary>
    private static (List<byte[]> Bodies, List<byte[]> Facts) Samples()
    {
        var (bodies, facts) = (new List<byte[]>(), new List<byte[]>());
        var generator = new PatientGenerator(Seed);
        IEnumerable<ReadOnlyMemory<byte>> bundles = [.. PatientGenerator.Directory().Take(2), .. Enumerable.Range(0, Patients).Select(i => generator.Patient(i).Bundle)];
        var number = 0;
        foreach (var json in bundles)
        {
            if (!FhirReader.Read(json.ToArray(), new FhirLimits()).Try(out var bundle, out _))
            {
                throw new InvalidOperationException("The generator made an unreadable Bundle.");
            }

            using (bundle)
            {
                var entries = bundle.Root.GetProperty("entry"u8).EnumerateArray().Select(e => (Url: e.TryGetProperty("fullUrl"u8, out var u) ? u.GetString()! : "", Root: e.GetProperty("resource"u8))).ToList();
                var ids = entries.Select(_ => IdOf(++number)).ToList();
                var references = entries.Zip(ids).Where(p => p.First.Url.Length > 0).ToDictionary(p => p.First.Url, p => $"{p.First.Root.GetProperty("resourceType"u8).GetString()}/{p.Second}");
                var patient = references.Values.FirstOrDefault(r => r.StartsWith("Patient/", StringComparison.Ordinal))?["Patient/".Length..];
                foreach (var ((_, root), id) in entries.Zip(ids))
                {
                    var resource = new FhirResource(root.GetProperty("resourceType"u8).GetString()!, root);
                    var binding = new RecordBinding { Hub = Guid.Empty, Compartment = default, Version = 1, Deleted = false, MadeByUpdate = false, Time = Microseconds.From(s_time), Epoch = 1, Submitter = "hospital", Patient = patient };
                    var (shortened, length) = BodyContent.Shorten(ResourceWriter.Stamp(resource, id, 1, s_time, references), binding, resource.Type, id);
                    bodies.Add(shortened.AsSpan(0, length).ToArray());
                    facts.Add(FactsContent.Shorten(Opener.Encode(SearchFacts.Extract(resource, id, 1, s_time, "hospital", patient, references), []), binding));
                }
            }
        }

        return (bodies, facts);
    }

    private static readonly DateTimeOffset s_time = new(2026, 11, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>An id that looks like those of the hub, and is the same in every run.</summary>
    private static string IdOf(int number) => new Guid(SHA256.HashData(BitConverter.GetBytes(number)).AsSpan(0, 16)).ToString();

    /// <summary>Codes and code systems, the list of the facts' format.</summary>
    private static string Words()
    {
        var assembly = typeof(FhirReader).Assembly;
        using var reader = new StreamReader(assembly.GetManifestResourceStream(assembly.GetManifestResourceNames().Single(n => n.EndsWith("strings.v1.txt", StringComparison.Ordinal)))!);
        return string.Concat(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(w => $"\"{w}\","));
    }

    /// <summary>The elements of a type as JSON would begin them.</summary>
    private static string Skeleton(string type)
    {
        var model = ModelInfo.ModelInspector;
        var text = new StringBuilder();
        Add(model.FindClassMapping(type)!, 0);
        return text.ToString();

        void Add(ClassMapping mapping, int depth)
        {
            foreach (var property in mapping.PropertyMappings)
            {
                var name = property.Name;
                if (name is "id" or "meta" or "implicitRules" or "language" or "text" or "contained" or "extension" or "modifierExtension")
                {
                    continue;
                }

                text.Append(",\"").Append(name).Append("\":");
                var inner = property.PropertyTypeMapping;
                text.Append(property.IsCollection ? "[" : "").Append(inner.Name switch
                {
                    "CodeableConcept" => "{\"coding\":[{\"system\":\"",
                    "Coding" => "{\"system\":\"",
                    "Reference" => "{\"reference\":\"",
                    "Period" => "{\"start\":\"",
                    "boolean" => "true",
                    "dateTime" or "date" or "instant" => "\"20",
                    "Money" or "Quantity" or "SimpleQuantity" => "{\"value\":",
                    _ => "\"",
                });
                if (inner.IsBackboneType && depth < 2)
                {
                    Add(inner, depth + 1);
                }
            }
        }
    }

    /// <summary>What a trained dictionary holds behind its tables, which take less than 256 bytes.</summary>
    private static ReadOnlySpan<byte> Content(byte[] dictionary) => dictionary.AsSpan(256);

    /// <summary>Puts the tables of the samples before a content.</summary>
    private static unsafe byte[] Finalize(byte[] content, List<byte[]> samples)
    {
        var dictionary = new byte[content.Length + 4_096];
        var joined = samples.SelectMany(s => s).ToArray();
        var sizes = samples.Select(s => (nuint)s.Length).ToArray();
        fixed (byte* to = dictionary, from = content, all = joined)
        fixed (nuint* each = sizes)
        {
            var size = Methods.ZDICT_finalizeDictionary(to, (nuint)dictionary.Length, from, (nuint)content.Length, all, each, (uint)sizes.Length, new ZDICT_params_t { compressionLevel = 3, dictID = 1 });
            return size > (nuint)dictionary.Length ? throw new InvalidOperationException("The dictionary could not be made.") : dictionary[..(int)size];
        }
    }
}
