using System.Collections.Immutable;
using System.Reflection;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Search.Expressions;

/// <summary>
/// R4's search parameters, as the SDK's ModelInfo lists them. They are kept as lines of text (name, code, type, bases, targets, expression; for composites name, then definition and expression of each component) because asking
/// ModelInfo costs some 0.3 s at start; a test compares every line with the SDK.
/// </summary>
internal static class ParameterDefinitions
{
    internal const string UrlBase = "http://hl7.org/fhir/SearchParameter/";

    private const string File = "EHealthHub.Fhir.Search.Expressions.search-parameters.r4.txt";
    private const string CompositesFile = "EHealthHub.Fhir.Search.Expressions.composites.r4.txt";
    private const string Crosswise = "DocumentReference-relationship";
    private const string OfResource = "%resource.";

    private static readonly Lazy<Dictionary<string, List<string[]>>> ByType = new(Read);
    private static readonly Lazy<Dictionary<string, string[]>> Bases = new(() => Lines(File)
        .GroupBy(f => f[0], StringComparer.Ordinal)
        .ToDictionary(g => g.Key, g => g.SelectMany(f => f[3].Split(',')).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal));
    private static readonly Lazy<Dictionary<string, string[]>> Composites = new(() => Lines(CompositesFile).ToDictionary(f => f[0], StringComparer.Ordinal));

    /// <summary>The parameters of a type, without those of every resource.</summary>
    internal static IEnumerable<SearchParameter> Of(string type)
    {
        var simple = new Dictionary<string, SearchParameter>(StringComparer.Ordinal);
        var composite = new List<string[]>();
        foreach (var fields in ByType.Value.GetValueOrDefault(type, []))
        {
            if (fields[2] == "composite")
            {
                composite.Add(fields);
            }
            else
            {
                simple[fields[0]] = Parameter(type, fields, []);
            }
        }

        return simple.Values.Concat(composite.Select(fields => Parameter(type, fields, Components(type, Composites.Value[fields[0]], simple))));
    }

    /// <summary>The resource types that one of R4's definitions is for, by the end of its URL; empty for none of R4's.</summary>
    internal static IReadOnlyList<string> BasesOf(string name) => Bases.Value.GetValueOrDefault(name, []);

    /// <summary>The kind by which values of a type of parameter are compared; null for what has none of its own (<c>special</c>).</summary>
    internal static FactKind? KindOf(string typeCode) => typeCode switch
    {
        "token" => FactKind.Token,
        "string" => FactKind.String,
        "date" => FactKind.Date,
        "number" => FactKind.Number,
        "quantity" => FactKind.Quantity,
        "reference" => FactKind.Reference,
        "uri" => FactKind.Uri,
        "composite" => FactKind.Composite,
        _ => null,
    };

    /// <summary>Any type that a reference may point to.</summary>
    internal static ImmutableArray<string> AnyType { get; } = [.. ResourceTypes.All.Where(t => t != "Parameters").Order(StringComparer.Ordinal)];

    private static SearchParameter Parameter(string type, string[] fields, ImmutableArray<SearchComponent> components)
    {
        var understood = ExpressionParser.TryParse(fields[5], out var paths, out _);
        var kind = fields[1] == "near" ? FactKind.Number : KindOf(fields[2]);
        return new SearchParameter
        {
            Code = fields[1],
            TypeCode = fields[2],
            Kind = understood ? kind : null,
            Url = UrlBase + fields[0],
            Expression = fields[5],
            Targets = fields[4] switch
            {
                "" => [],
                "*" => AnyType,
                _ => [.. fields[4].Split(',')],
            },
            Paths = [.. paths.Where(p => p.StartsAt(type))],
            Components = components,
        };
    }

    // The definitions write the type dateTime once with a capital letter, and give DocumentReference.relationship its two components crosswise.
    private static ImmutableArray<SearchComponent> Components(string type, string[] fields, Dictionary<string, SearchParameter> simple)
    {
        var components = ImmutableArray.CreateBuilder<SearchComponent>();
        for (var i = 1; i < fields.Length; i += 2)
        {
            var definition = fields[0] == Crosswise ? fields[fields.Length - 1 - i] : fields[i];
            var expression = fields[i + 1];
            var fromResource = expression.StartsWith(OfResource, StringComparison.Ordinal);
            var relative = (fromResource ? expression[OfResource.Length..] : expression).Replace("as(DateTime)", "as(dateTime)", StringComparison.Ordinal);
            if (!ExpressionParser.TryParse(relative, out var paths, out var reason))
            {
                throw new InvalidOperationException($"{type}: the component {expression} of {fields[0]} is {reason}.");
            }

            components.Add(new SearchComponent(simple[definition], expression, paths, fromResource));
        }

        return components.ToImmutable();
    }

    private static Dictionary<string, List<string[]>> Read() => Lines(File)
        .SelectMany(fields => fields[3].Split(','), (fields, type) => (Type: type, Fields: fields))
        .GroupBy(one => one.Type, one => one.Fields, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);

    private static IEnumerable<string[]> Lines(string file)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(file) ?? throw new InvalidOperationException($"{file} is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'));
    }
}
