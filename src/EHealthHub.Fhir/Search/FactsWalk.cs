using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Search;

/// <summary>Goes once through encoded facts and makes only what it is asked for: for whoever needs a few values of many versions. Values come sorted by parameter (ordinally); those of contained resources do not come.</summary>
public ref struct FactsWalk
{
    private ValueCursor _values;

    /// <summary>Begins with what <see cref="SearchFacts.Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes do not begin as facts do; as with every member, where they do not go on as facts do.</exception>
    public FactsWalk(ReadOnlySpan<byte> facts)
    {
        var reader = new FactsReader(facts);
        var flags = reader.Byte();
        Type = reader.String().Make() ?? throw FactsReader.Broken("lacks what every version has");
        Id = reader.String().Make() ?? throw FactsReader.Broken("lacks what every version has");
        _ = reader.Count(int.MaxValue); // version
        _ = reader.Signed(); // time
        _ = reader.String(); // submitter
        PatientId = (flags & FactsFormat.FlagPatient) != 0 ? reader.String().Make() : null;
        _values = new ValueCursor(reader, flags);
    }

    /// <summary>Resource type.</summary>
    public string Type { get; }

    /// <summary>Logical id.</summary>
    public string Id { get; }

    /// <summary>Logical id of the patient whose compartment it is in; null elsewhere.</summary>
    public string? PatientId { get; }

    /// <summary>Goes to the next value; false behind the last one.</summary>
    public bool Next() => _values.Next();

    /// <summary>Kind of the value.</summary>
    public readonly FactKind Kind => _values.Kind;

    /// <summary>Name of its parameter. What stands beside a parameter (<c>code:text</c>) or is a part of a composite has that one's name, and is not <see cref="IsPlain"/>.</summary>
    public readonly string Parameter => _values.Name();

    /// <summary>True for a value of the parameter itself.</summary>
    public readonly bool IsPlain => _values.Ending == 0;

    /// <summary>Of a token system and code, of a reference type and id: as in <see cref="FactValue"/>.</summary>
    public readonly (string? System, string? Text) Pair()
    {
        if (Kind is not (FactKind.Token or FactKind.Reference))
        {
            throw new InvalidOperationException("The value is no pair.");
        }

        var payload = _values.Payload;
        var system = payload.String().Make();
        return (system, payload.String().Make());
    }

    /// <summary>First and last microsecond of a date: as in <see cref="FactValue"/>.</summary>
    public readonly (long From, long To) Range()
    {
        if (Kind != FactKind.Date)
        {
            throw new InvalidOperationException("The value is no date.");
        }

        _values.Payload.Date(out var from, out var to);
        return (from, to);
    }
}
