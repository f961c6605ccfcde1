using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using EHealthHub.Fhir.Terminology;
using EHealthHub.Fhir.Validation.Profiles;

namespace EHealthHub.Fhir.Validation;

/// <summary>
/// R4's own FHIRPath rules of definitional resources (StructureDefinition, ValueSet, SearchParameter ...), in the file conformance-rules.r4.txt: one a line, element, key, severity, expression. The SDK's class metadata does not have them. They are
/// evaluated as a profile is, on the SDK's engine, for these types alone: nobody submits them by the thousand. Beside them stand R4's few warnings on other types, and what <c>$validate</c> alone asks.
/// </summary>
internal static class ConformanceRules
{
    private const string File = "EHealthHub.Fhir.Validation.conformance-rules.r4.txt";

    private static readonly ConcurrentDictionary<string, Profile> Compiled = new(StringComparer.Ordinal);
    private static readonly Lazy<ILookup<string, string[]>> ByType = new(() => Read().ToLookup(words => words[0].Split('.')[0], StringComparer.Ordinal));

    /// <summary>The types that have rules. Written out, so that the file is read only when one of them comes.</summary>
    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        "StructureDefinition", "ValueSet", "CodeSystem", "ConceptMap", "SearchParameter", "OperationDefinition", "CapabilityStatement", "NamingSystem", "ImplementationGuide", "CompartmentDefinition", "GraphDefinition", "StructureMap",
        "MessageDefinition", "TerminologyCapabilities", "Questionnaire", "Measure", "TestScript",
    };

    /// <summary>The types of which R4 has warnings alone; those are given by <c>$validate</c>.</summary>
    private static readonly HashSet<string> Advised = new(StringComparer.Ordinal)
    {
        "ActivityDefinition", "ChargeItemDefinition", "Condition", "EffectEvidenceSynthesis", "EventDefinition", "Evidence", "EvidenceVariable", "ExampleScenario", "Library", "NutritionOrder", "PlanDefinition", "ResearchDefinition",
        "ResearchElementDefinition", "RiskEvidenceSynthesis",
    };

    /// <summary>All rules: element, key, severity, expression.</summary>
    public static IEnumerable<string[]> All => ByType.Value.SelectMany(t => t);

    /// <summary>True for a type that has rules which a submission must keep.</summary>
    public static bool Has(string type) => Types.Contains(type);

    /// <summary>True for a type that has rules, be it warnings alone.</summary>
    public static bool Advises(string type) => Types.Contains(type) || Advised.Contains(type);

    /// <summary>The rules of a type, in the form of a profile.</summary>
    public static Profile For(string type) => Compiled.GetOrAdd(type, static t => Compile(t));

    private static Profile Compile(string type)
    {
        var refusals = new Refusals(type);
        var tree = new ProfileTree(type, new ProfileLimits(), new ProfileSource(ImmutableDictionary<string, JsonElement>.Empty, TerminologyCatalog.Held), refusals);
        foreach (var words in ByType.Value[type])
        {
            tree.At(words[0])?.Constraints.Add(new ProfileConstraint(words[1], words[2], $"R4's rule {words[1]} on {words[0]} does not hold.", words[3]) { IsOfR4 = true });
        }

        return refusals.Any ? throw new InvalidOperationException(refusals.ToIssues()[0].Diagnostics) : new Profile("http://hl7.org/fhir/StructureDefinition/" + type, null, type, tree.Root, []);
    }

    private static IEnumerable<string[]> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(File)!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            yield return line.Split(" | ", 4);
        }
    }
}
