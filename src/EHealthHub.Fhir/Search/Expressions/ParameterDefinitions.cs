using System.Reflection;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Search.Expressions;

/// <summary>
/// R4's search parameters, as the SDK's ModelInfo lists them. They are kept as lines of text (name, code, type, bases, targets, expression) because asking ModelInfo costs some 0.3 s at start; a test compares every line with the SDK.
/// </summary>
internal static class ParameterDefinitions
{
    internal const string UrlBase = "http://hl7.org/fhir/SearchParameter/";

    private const string File = "EHealthHub.Fhir.Search.Expressions.search-parameters.r4.txt";

    private static readonly Lazy<Dictionary<string, List<string[]>>> ByType = new(Read);

    /// <summary>The parameters of a type, without those of every resource.</summary>
    internal static IEnumerable<SearchParameter> Of(string type) => ByType.Value.GetValueOrDefault(type, []).Select(fields => Parameter(type, fields));

    private static SearchParameter Parameter(string type, string[] fields)
    {
        var understood = ExpressionParser.TryParse(fields[5], out var paths, out _);
        return new SearchParameter
        {
            Code = fields[1],
            TypeCode = fields[2],
            Kind = understood ? Kind(fields[1], fields[2]) : null,
            Url = UrlBase + fields[0],
            Targets = fields[4] switch
            {
                "" => [],
                "*" => [.. ResourceTypes.All.Where(t => t != "Parameters").Order(StringComparer.Ordinal)],
                _ => [.. fields[4].Split(',')],
            },
            Paths = [.. paths.Where(p => p.StartsAt(type))],
        };
    }

    // `phonetic` asks for a comparison by sound: serving it as a plain string would promise what is not done.
    private static FactKind? Kind(string code, string typeCode) => typeCode switch
    {
        _ when code == "phonetic" => null,
        "token" => FactKind.Token,
        "string" => FactKind.String,
        "date" => FactKind.Date,
        "number" => FactKind.Number,
        "quantity" => FactKind.Quantity,
        "reference" => FactKind.Reference,
        "uri" => FactKind.Uri,
        _ => null,
    };

    private static Dictionary<string, List<string[]>> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(File) ?? throw new InvalidOperationException($"{File} is not part of the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd()
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('\t'))
            .SelectMany(fields => fields[3].Split(','), (fields, type) => (Type: type, Fields: fields))
            .GroupBy(one => one.Type, one => one.Fields, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.ToList(), StringComparer.Ordinal);
    }
}
