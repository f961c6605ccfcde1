using System.Text;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Reading.Xml;

/// <summary>
/// The occurrences of one element side by side, as one JSON member. What is a list in JSON is written as it comes; the ids and extensions of a list of primitives go into a list of their own meanwhile, which follows it.
/// </summary>
internal struct XmlRun : IDisposable
{
    private int _from;
    private bool _hasValue;
    private int _companions;
    private int _companionsBefore;
    private PooledBuffer? _companionList;

    /// <summary>The type of primitives that can have neither id nor extensions.</summary>
    public static TypeTable NoChildren { get; } = new()
    {
        Name = "id", IsResource = false, Members = new Utf8Table<ElementRule>([]), Elements = [], Required = 0, Presence = [], Values = null,
    };

    /// <summary>The element; null before the first.</summary>
    public ElementRule? Rule { get; private set; }

    /// <summary>Occurrences so far.</summary>
    public int Count { get; set; }

    /// <summary>A comma, unless it is the first member or item.</summary>
    public static void Comma(PooledBuffer json)
    {
        if (json.Last is not ((byte)'{' or (byte)'['))
        {
            json.Add((byte)',');
        }
    }

    /// <summary>Begins with the first occurrence.</summary>
    public void Start(PooledBuffer json, ElementRule rule)
    {
        Rule = rule;
        Count = 0;
        _from = json.Length;
        _hasValue = false;
        _companions = 0;
        if (rule.IsArray)
        {
            Name(json, "", rule.Name);
            json.Add((byte)'[');
        }
    }

    /// <summary>Before the value of an occurrence.</summary>
    public void BeginValue(PooledBuffer json)
    {
        _hasValue = true;
        if (Rule!.IsArray)
        {
            Comma(json);
        }
        else
        {
            Name(json, "", Rule.Name);
        }
    }

    /// <summary>For an occurrence without a value.</summary>
    public readonly void NoValue(PooledBuffer json)
    {
        if (Rule!.IsArray)
        {
            Comma(json);
            json.Add("null"u8);
        }
    }

    /// <summary>Opens the object of id and extensions of the current occurrence. It goes into the buffer that is returned; <paramref name="start"/> is where that stood before.</summary>
    public PooledBuffer BeginCompanion(PooledBuffer json, out int start)
    {
        if (!Rule!.IsArray)
        {
            start = json.Length;
            Name(json, "_", Rule.Name);
            json.Add((byte)'{');
            return json;
        }

        _companionList ??= new PooledBuffer(0);
        if (_companions == 0)
        {
            _companionList.CutTo(0);
            _companionList.Add((byte)'[');
        }

        start = _companionList.Length;
        _companionsBefore = _companions;
        Pad(_companionList);
        Comma(_companionList);
        _companionList.Add((byte)'{');
        _companions++;
        return _companionList;
    }

    /// <summary>Takes back what <see cref="BeginCompanion"/> opened.</summary>
    public void NoCompanion(PooledBuffer output, int start)
    {
        output.CutTo(start);
        _companions = _companionsBefore;
    }

    /// <summary>Closes the lists.</summary>
    public void End(PooledBuffer json)
    {
        if (Rule is not { IsArray: true })
        {
            return;
        }

        json.Add((byte)']');
        if (_companions == 0 || _companionList is null)
        {
            return;
        }

        Pad(_companionList);
        _companionList.Add((byte)']');
        if (!_hasValue)
        {
            json.CutTo(_from);
        }

        Name(json, "_", Rule.Name);
        json.Add(_companionList.Written);
    }

    public void Dispose() => _companionList?.Dispose();

    /// <summary>A null for each occurrence so far that has neither id nor extensions.</summary>
    private void Pad(PooledBuffer companions)
    {
        for (; _companions < Count; _companions++)
        {
            Comma(companions);
            companions.Add("null"u8);
        }
    }

    private static void Name(PooledBuffer json, string prefix, string name)
    {
        Comma(json);
        json.Add((byte)'"');
        json.Advance(Encoding.ASCII.GetBytes(prefix, json.GetSpan(1)));
        json.Advance(Encoding.ASCII.GetBytes(name, json.GetSpan(name.Length)));
        json.Add("\":"u8);
    }
}
