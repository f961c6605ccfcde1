using System.Text.Json;

namespace EHealthHub.Fhir.Search.Extraction;

/// <summary>
/// Collects the values of one resource. One is kept for each thread and used again, so that an extraction allocates little besides its result.
/// Bounded: values past <see cref="ValuesMax"/> are left out and <see cref="Truncated"/> says so; strings are cut; tokens, references and URIs longer than any query value are left out.
/// </summary>
internal sealed class FactSink
{
    /// <summary>Most values of one version.</summary>
    internal const int ValuesMax = 1_000;

    /// <summary>Longest string that is kept, in UTF-16 units: enough for a folded comparison.</summary>
    internal const int StringMax = 512;

    /// <summary>Longest value of a query: what is longer could never be found.</summary>
    internal const int ExactMax = 2_048;

    // A repeated code or reference is nearly always close behind its first occurrence; looking further would cost more than it saves.
    private const int RepeatWindow = 48;

    [ThreadStatic]
    private static FactSink? s_spare;

    private Raw[] _values = new Raw[64];
    private int[] _order = new int[64];
    private int _count;
    private int _repetition = -1;
    private ushort _repetitionName;

    internal bool Truncated { get; private set; }

    internal int Count => _count;

    internal SearchSettings Settings { get; private set; } = SearchSettings.Default;

    internal IReadOnlyDictionary<string, string>? References { get; private set; }

    /// <summary>The resource being read.</summary>
    internal JsonElement Resource { get; private set; }

    /// <summary>The resource in whose <c>contained</c> a local reference is looked up: the one being read, or the one that contains it.</summary>
    internal JsonElement Container { get; private set; }

    internal static FactSink Rent(JsonElement resource, JsonElement container, IReadOnlyDictionary<string, string>? references, SearchSettings settings)
    {
        var sink = s_spare ?? new FactSink();
        s_spare = null;
        sink.Resource = resource;
        sink.Container = container;
        sink.References = references;
        sink.Settings = settings;
        return sink;
    }

    /// <summary>The values, sorted by name.</summary>
    internal FactValue[] Take(ExtractionPlan plan)
    {
        foreach (var name in plan.Presences)
        {
            if (!Has(name))
            {
                Put(new Raw(name, FactKind.Token, null, "false"));
            }
        }

        for (var i = 0; i < _count; i++)
        {
            _order[i] = (_values[i].SortName << 10) | i;
        }

        _order.AsSpan(0, _count).Sort();
        var values = new FactValue[_count];
        for (var i = 0; i < values.Length; i++)
        {
            ref readonly var raw = ref _values[_order[i] & 1023];
            values[i] = new FactValue(plan.Names[raw.Name], raw.Kind, raw.System, raw.Text, raw.From, raw.To, raw.Number, raw.NumberTo);
        }

        return values;
    }

    /// <summary>Gives the sink back, empty: it must not keep a caller's document or texts alive.</summary>
    internal void Return()
    {
        _values.AsSpan(0, _count).Clear();
        _count = 0;
        _repetition = -1;
        Truncated = false;
        Resource = default;
        Container = default;
        References = null;
        s_spare = this;
    }

    internal void Token(EmitterUse[] uses, string? system, string? code)
    {
        if ((system ?? code) is not null && Fits(system) && Fits(code))
        {
            foreach (var use in uses)
            {
                Put(new Raw(use.Name, FactKind.Token, system, code));
            }
        }
    }

    /// <summary>A text beside a token, for <c>:text</c>.</summary>
    internal void TokenText(EmitterUse[] uses, string? text)
    {
        if (text is not null)
        {
            foreach (var use in uses)
            {
                Put(new Raw(use.TextName, FactKind.String, null, Cut(text)));
            }
        }
    }

    /// <summary>An identifier with one coding of its type, for <c>:of-type</c>.</summary>
    internal void TypedIdentifier(EmitterUse[] uses, string? typeSystem, string? typeCode, string? value)
    {
        if (typeCode is not null && value is not null && Fits(typeSystem) && Fits(typeCode) && Fits(value))
        {
            foreach (var use in uses)
            {
                Put(new Raw(use.AsideName, FactKind.Token, typeSystem, FactNames.TypedValue(typeCode, value)));
            }
        }
    }

    /// <summary>What is put from now on belongs to one repetition of a composite parameter.</summary>
    internal void BeginRepetition(ushort name) => (_repetition, _repetitionName) = (_count, name);

    /// <summary>Keeps the repetition, or forgets it.</summary>
    internal void EndRepetition(bool keep)
    {
        if (!keep)
        {
            _values.AsSpan(_repetition, _count - _repetition).Clear();
            _count = _repetition;
        }

        _repetition = -1;
    }

    internal void String(EmitterUse[] uses, string? text)
    {
        if (text is not null)
        {
            foreach (var use in uses)
            {
                Put(new Raw(use.Name, FactKind.String, null, Cut(text)));
            }
        }
    }

    internal void Uri(EmitterUse[] uses, string? text)
    {
        if (text is not null && Fits(text))
        {
            foreach (var use in uses)
            {
                Put(new Raw(use.Name, FactKind.Uri, null, text));
            }
        }
    }

    internal void Date(EmitterUse[] uses, long from, long to)
    {
        foreach (var use in uses)
        {
            Put(new Raw(use.Name, FactKind.Date, null, null, from, to));
        }
    }

    internal void Number(EmitterUse[] uses, FactKind kind, decimal number, decimal? numberTo, string? system, string? unit)
    {
        if (Fits(system) && Fits(unit))
        {
            foreach (var use in uses)
            {
                Put(new Raw(use.Name, kind, system, unit, 0, 0, number, numberTo));
            }
        }
    }

    internal void Reference(EmitterUse[] uses, string? type, string text)
    {
        if (Fits(text))
        {
            foreach (var use in uses)
            {
                if (use.Target is null || use.Target == type)
                {
                    Put(new Raw(use.Name, FactKind.Reference, type, text));
                }
            }
        }
    }

    internal void ReferenceIdentifier(EmitterUse[] uses, string? type, string? system, string? value)
    {
        if ((system ?? value) is null || !Fits(system) || !Fits(value))
        {
            return;
        }

        foreach (var use in uses)
        {
            if (use.Target is null || use.Target == type)
            {
                Put(new Raw(use.AsideName, FactKind.Token, system, value));
            }
        }
    }

    /// <summary>Cuts to <see cref="StringMax"/> without halving a surrogate pair. Queries are cut by the same rule.</summary>
    internal static string Cut(string text)
    {
        if (text.Length <= StringMax)
        {
            return text;
        }

        return text[..(char.IsHighSurrogate(text[StringMax - 1]) ? StringMax - 1 : StringMax)];
    }

    private static bool Fits(string? text) => text is null || text.Length <= ExactMax;

    private bool Has(ushort name)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_values[i].Name == name)
            {
                return true;
            }
        }

        return false;
    }

    private void Put(Raw value)
    {
        if (value.Name == EmitterUse.None)
        {
            return;
        }

        if (_repetition >= 0)
        {
            Append(value with { SortName = _repetitionName });
            return;
        }

        value = value with { SortName = value.Name };
        for (var i = _count - 1; i >= 0 && i >= _count - RepeatWindow; i--)
        {
            if (_values[i].Name == value.Name && _values[i].Equals(value))
            {
                return;
            }
        }

        Append(value);
    }

    private void Append(in Raw value)
    {
        if (_count == ValuesMax)
        {
            Truncated = true;
            return;
        }

        if (_count == _values.Length)
        {
            Array.Resize(ref _values, Math.Min(_count * 2, ValuesMax));
            Array.Resize(ref _order, _values.Length);
        }

        _values[_count++] = value;
    }

    private readonly record struct Raw(
        ushort Name, FactKind Kind, string? System, string? Text, long From = 0, long To = 0, decimal? Number = null, decimal? NumberTo = null, ushort SortName = 0);
}
