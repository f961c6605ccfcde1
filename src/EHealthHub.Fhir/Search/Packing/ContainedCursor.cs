namespace EHealthHub.Fhir.Search.Packing;

/// <summary>Goes through the facts of the resources that a resource contains; each are facts in themselves.</summary>
internal ref struct ContainedCursor
{
    private readonly int _count;
    private FactsReader _reader;
    private int _index;

    internal ContainedCursor(ReadOnlySpan<byte> whole)
    {
        var values = ValueCursor.Of(whole);
        if (!values.HasContained)
        {
            return;
        }

        while (values.Next())
        {
        }

        _reader = values.Rest;
        _count = _reader.Count(SearchFacts.ContainedMax);
    }

    /// <summary>The facts of one.</summary>
    internal ReadOnlySpan<byte> Current { get; private set; }

    internal bool Next()
    {
        if (_index == _count)
        {
            return _count == 0 || _reader.AtEnd ? false : throw FactsReader.Broken("goes on after its end");
        }

        Current = _reader.Block();
        _index++;
        return true;
    }

    /// <summary>Type and local id of the current one.</summary>
    internal readonly void Name(out PackedString type, out PackedString id)
    {
        var reader = new FactsReader(Current);
        _ = reader.Byte();
        type = reader.String();
        id = reader.String();
    }
}
