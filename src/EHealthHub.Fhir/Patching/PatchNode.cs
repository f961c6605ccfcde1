using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Patching;

/// <summary>
/// A JSON value under a patch. It stays the bytes that it was until the patch reaches into it, and then only one level is taken apart: what is not touched is written again byte for byte.
/// </summary>
internal sealed class PatchNode
{
    private ReadOnlyMemory<byte> _raw;
    private List<KeyValuePair<string, PatchNode>>? _members;
    private List<PatchNode>? _items;

    private PatchNode(ReadOnlyMemory<byte> raw)
    {
        _raw = raw;
        IsObject = raw.Span[0] == (byte)'{';
        IsArray = raw.Span[0] == (byte)'[';
    }

    /// <summary>A null, as it stands in a list of primitives.</summary>
    public static PatchNode Null { get; } = new("null"u8.ToArray());

    public bool IsObject { get; }

    public bool IsArray { get; }

    public bool IsNull => _raw.Span.SequenceEqual("null"u8);

    /// <summary>True for the object of id and extensions, or any other, from which a patch took the last member. Such a companion of a primitive is left out, since it says nothing.</summary>
    private bool IsEmptied => _members is { Count: 0 };

    /// <summary>The members of an object, in their order.</summary>
    public List<KeyValuePair<string, PatchNode>> Members => _members ??= OpenObject();

    /// <summary>The items of an array.</summary>
    public List<PatchNode> Items => _items ??= OpenArray();

    /// <summary>A value that is one minified JSON text.</summary>
    public static PatchNode Of(ReadOnlyMemory<byte> json) => new(json);

    public static PatchNode NewObject() => new("{}"u8.ToArray());

    public static PatchNode NewArray(IEnumerable<PatchNode> items) => new("[]"u8.ToArray()) { _items = [.. items] };

    /// <summary>The member of this name; null where there is none, or this is no object.</summary>
    public PatchNode? Get(string name) => IsObject && Find(name) is >= 0 and var at ? Members[at].Value : null;

    /// <summary>Puts the value in the place of the member of that name, or at the end.</summary>
    public void Set(string name, PatchNode value)
    {
        var at = Find(name);
        var member = KeyValuePair.Create(name, value);
        if (at < 0)
        {
            Members.Add(member);
        }
        else
        {
            Members[at] = member;
        }
    }

    public void Remove(string name)
    {
        if (Find(name) is >= 0 and var at)
        {
            Members.RemoveAt(at);
        }
    }

    /// <summary>The text of a JSON string; null for anything else.</summary>
    public string? Text()
    {
        if (_raw.Span[0] != (byte)'"')
        {
            return null;
        }

        var reader = new Utf8JsonReader(_raw.Span);
        reader.Read();
        return reader.GetString();
    }

    /// <summary>The bytes of a value that is neither object nor array.</summary>
    public ReadOnlySpan<byte> Scalar => _raw.Span;

    /// <summary>Writes the value. False when what patches moved into one another is nested deeper than <paramref name="depthMax"/>, with the output of no use.</summary>
    public bool TryWrite(PooledBuffer output, int depthMax) =>
        _members is not null ? depthMax > 0 && TryWriteObject(output, _members, depthMax - 1)
        : _items is not null ? depthMax > 0 && TryWriteArray(output, _items, depthMax - 1)
        : Add(output);

    /// <summary>The value as bytes, its own where nothing was changed; null when it is nested deeper than <paramref name="depthMax"/>.</summary>
    public ReadOnlyMemory<byte>? ToBytes(int depthMax)
    {
        if (_members is null && _items is null)
        {
            return _raw;
        }

        using var buffer = new PooledBuffer(_raw.Length);
        ReadOnlyMemory<byte>? bytes = null;
        if (TryWrite(buffer, depthMax))
        {
            bytes = buffer.Written.ToArray();
        }

        return bytes;
    }

    private bool Add(PooledBuffer output)
    {
        output.Add(_raw.Span);
        return true;
    }

    private static bool TryWriteObject(PooledBuffer output, List<KeyValuePair<string, PatchNode>> members, int depthMax)
    {
        output.Add((byte)'{');
        foreach (var (name, value) in members)
        {
            if (value.IsEmptied && name.StartsWith('_'))
            {
                continue;
            }

            output.Add(output.Last == (byte)'{' ? "\""u8 : ",\""u8);
            output.Add(JsonEncodedText.Encode(name, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
            output.Add("\":"u8);
            if (!value.TryWrite(output, depthMax))
            {
                return false;
            }
        }

        output.Add((byte)'}');
        return true;
    }

    private static bool TryWriteArray(PooledBuffer output, List<PatchNode> items, int depthMax)
    {
        output.Add((byte)'[');
        for (var i = 0; i < items.Count; i++)
        {
            output.Add(i == 0 ? default : ","u8);
            if (!items[i].TryWrite(output, depthMax))
            {
                return false;
            }
        }

        output.Add((byte)']');
        return true;
    }

    private int Find(string name)
    {
        var members = Members;
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Key == name)
            {
                return i;
            }
        }

        return -1;
    }

    private List<KeyValuePair<string, PatchNode>> OpenObject()
    {
        var members = new List<KeyValuePair<string, PatchNode>>();
        var reader = new Utf8JsonReader(_raw.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Encoding.UTF8.GetString(reader.ValueSpan);
            reader.Read();
            members.Add(KeyValuePair.Create(name, Rest(ref reader)));
        }

        return members;
    }

    private List<PatchNode> OpenArray()
    {
        var items = new List<PatchNode>();
        var reader = new Utf8JsonReader(_raw.Span, new JsonReaderOptions { MaxDepth = int.MaxValue });
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Rest(ref reader));
        }

        return items;
    }

    private PatchNode Rest(ref Utf8JsonReader reader)
    {
        var from = (int)reader.TokenStartIndex;
        reader.Skip();
        return new PatchNode(_raw[from..(int)reader.BytesConsumed]);
    }
}
