using System.Globalization;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search.Expressions;

namespace EHealthHub.Fhir.Search.Parsing;

/// <summary>Reads the parameters that say how matches are answered, not which there are (R4 3.1.1.5).</summary>
internal sealed class ResultParser(TypeParameters type, ParseContext context)
{
    private string? _total;
    private string? _cursor;
    private string? _summary;
    private string? _sort;
    private string? _elements;
    private string? _contained;
    private string? _containedType;

    internal int? Count { get; private set; }

    internal string? Total => _total;

    internal string? Cursor => _cursor;

    internal ContainedSearch Contained { get; private set; }

    internal bool ReturnsContained { get; private set; }

    internal SearchSummary Summary { get; private set; }

    internal List<SearchSort> Sort { get; } = [];

    internal List<SearchInclude> Includes { get; } = [];

    internal List<string> Elements { get; } = [];

    /// <summary>Null with true where the parameter was one of these; else the refusal.</summary>
    internal Failure? Read(string name, string value, out bool isRead)
    {
        isRead = true;
        switch (name)
        {
            case "_count":
                return ReadCount(value);
            case "_cursor":
                return Once(name, ref _cursor, value, value.Length <= SearchQuery.ValueLengthMax);
            case "_total":
                return Once(name, ref _total, value, value is "none" or "estimate" or "accurate");
            case "_summary":
                return ReadSummary(value);
            case "_elements":
                return ReadElements(value);
            case "_sort":
                return ReadSort(value);
            case "_format" or "_pretty":
                return null;
            case "_contained":
                Contained = value switch { "true" => ContainedSearch.Only, "both" => ContainedSearch.Both, _ => ContainedSearch.No };
                return Once(name, ref _contained, value, value is "false" or "true" or "both");
            case "_containedType":
                ReturnsContained = value == "contained";
                return Once(name, ref _containedType, value, value is "container" or "contained");
        }

        var parts = name.Split(':');
        isRead = parts[0] is "_include" or "_revinclude";
        return !isRead ? null : parts switch
        {
            [_] => ReadInclude(name, value, false),
            [_, "iterate" or "recurse"] => ReadInclude(name, value, true),
            [var code, var modifier, ..] => QueryFailures.Modifier(code, modifier),
            _ => QueryFailures.Unknown(name),
        };
    }

    /// <summary>What cannot be asked together.</summary>
    internal Failure? Contradiction(bool hasTexts) =>
        Contained != ContainedSearch.No && hasTexts ? QueryFailures.NotSupported("_contained", "searching the words of contained resources is") :
        Summary == SearchSummary.Text && Includes.Count > 0 ? QueryFailures.NotSupported("_summary", "text together with included resources is (R4 3.1.1.5.8)")
        : Summary != SearchSummary.None && Elements.Count > 0 ? QueryFailures.NotSupported("_elements", "choosing elements together with a summary is")
        : null;

    private Failure? ReadCount(string value)
    {
        if (Count is not null)
        {
            return QueryFailures.Repeated("_count");
        }

        if (!uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            return QueryFailures.Value("_count", "a whole number from 0 is expected");
        }

        Count = (int)Math.Min(count, SearchQuery.CountMax);
        return null;
    }

    private Failure? ReadSummary(string value)
    {
        SearchSummary? summary = value switch
        {
            "true" => SearchSummary.True,
            "text" => SearchSummary.Text,
            "data" => SearchSummary.Data,
            "count" => SearchSummary.Count,
            "false" => SearchSummary.None,
            _ => null,
        };
        Summary = summary ?? SearchSummary.None;
        return Once("_summary", ref _summary, value, summary is not null);
    }

    private Failure? ReadElements(string value)
    {
        if (Once("_elements", ref _elements, value, true) is { } failure)
        {
            return failure;
        }

        var names = value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.Length > SearchQuery.ElementsMax)
        {
            return QueryFailures.TooLarge("_elements", "100 elements");
        }

        if (names.Length == 0 || Array.Exists(names, n => n.Length > 64 || !n.All(char.IsAsciiLetterOrDigit)))
        {
            return QueryFailures.Value("_elements", "names of elements at the root of a resource are expected");
        }

        Elements.AddRange(names.Distinct(StringComparer.Ordinal));
        return null;
    }

    private Failure? ReadSort(string value)
    {
        if (Once("_sort", ref _sort, value, true) is { } failure)
        {
            return failure;
        }

        var keys = value.Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (keys.Length > SearchQuery.SortMax)
        {
            return QueryFailures.TooLarge("_sort", "8 keys of sorting");
        }

        foreach (var key in keys)
        {
            var code = key.StartsWith('-') ? key[1..] : key;
            if (type.Find(code) is not { } parameter)
            {
                return QueryFailures.Value("_sort", $"parameters of this type are expected, and {QueryFailures.Name(code)} is none");
            }

            if (parameter is { Kind: null or FactKind.Composite } or { IsNear: true })
            {
                return QueryFailures.NotSupported("_sort", $"sorting by {QueryFailures.Name(code)} is");
            }

            Sort.Add(new SearchSort(code, parameter.Kind.Value, key.StartsWith('-')));
        }

        return Sort.Count == 0 ? QueryFailures.Value("_sort", "a parameter is expected") : null;
    }

    private Failure? ReadInclude(string name, string value, bool isIterated)
    {
        if (Includes.Count == SearchQuery.IncludesMax)
        {
            return QueryFailures.TooLarge(name, "20 inclusions");
        }

        var isReverse = name.StartsWith("_rev", StringComparison.Ordinal);
        if (value == "*")
        {
            Includes.Add(new SearchInclude(isReverse ? null : type.Type, null, null, isReverse, isIterated));
            return null;
        }

        var parts = value.Split(':');
        if (parts.Length is < 2 or > 3 || context.Tables.Of(parts[0]) is not { } source)
        {
            return QueryFailures.Value(name, "type:parameter or type:parameter:target is expected");
        }

        var target = parts.Length == 3 ? parts[2] : null;
        if (target is not null && !TypeParameters.Types.Contains(target))
        {
            return QueryFailures.Value(name, "the target is no resource type");
        }

        if (parts[1] == "*")
        {
            Includes.Add(new SearchInclude(source.Type, null, target, isReverse, isIterated));
            return null;
        }

        if (source.Find(parts[1]) is not { Kind: FactKind.Reference } parameter)
        {
            return QueryFailures.Value(name, "the parameter is no reference of that type");
        }

        if (target is not null && !parameter.Targets.Contains(target))
        {
            return QueryFailures.Value(name, "the reference does not lead to that type");
        }

        Includes.Add(new SearchInclude(source.Type, parameter.Code, target, isReverse, isIterated));
        return null;
    }

    private static Failure? Once(string name, ref string? field, string value, bool isValid)
    {
        if (field is not null)
        {
            return QueryFailures.Repeated(name);
        }

        field = value;
        return isValid ? null : QueryFailures.Value(name, "it is none of those defined");
    }
}
