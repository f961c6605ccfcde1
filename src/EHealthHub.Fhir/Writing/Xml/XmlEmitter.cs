using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Writing.Xml;

/// <summary>One walk over a resource in JSON that writes its XML. The members of each object are put into R4's order first; most come in it.</summary>
internal ref struct XmlEmitter
{
    private const int EntriesAtFirst = 128;
    private readonly bool _pretty;
    private XmlSink _xml;
    private Entry[] _entries = ArrayPool<Entry>.Shared.Rent(EntriesAtFirst);
    private int _top;
    private int _level;
    private Failure? _failure;

    public XmlEmitter(XmlSink xml, bool pretty)
    {
        _xml = xml;
        _pretty = pretty;
    }

    /// <summary>Null when all is well.</summary>
    public Failure? Run(JsonElement resource)
    {
        _xml.Add("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"u8);
        Resource(resource);
        _xml.Add(_pretty ? "\n"u8 : default);
        _xml.Flush();
        return _failure;
    }

    public void Dispose()
    {
        ArrayPool<Entry>.Shared.Return(_entries, clearArray: true);
        _entries = [];
    }

    private void Resource(JsonElement resource)
    {
        var name = resource.Text("resourceType"u8);
        if (!ResourceTypes.IsKnown(name))
        {
            Fail("resourceType");
            return;
        }

        Object(name!, resource, SchemaCatalog.Resource(name!));
    }

    /// <summary>An element of complex type, or a resource, with its attributes and children.</summary>
    private void Object(string name, JsonElement value, TypeTable type, JsonElement attributeValue = default)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Fail(name);
            return;
        }

        var from = _top;
        Collect(value, type);
        Start(name);
        if (_level == 0)
        {
            _xml.Add(" xmlns=\"http://hl7.org/fhir\""u8);
        }

        var children = _top - from;
        for (var at = from; at < _top && !type.IsResource; at++)
        {
            if (IsAttribute(type, _entries[at].Rule))
            {
                Attribute(_entries[at].Rule.Name, _entries[at].Value);
                children--;
            }
        }

        if (attributeValue.ValueKind != JsonValueKind.Undefined)
        {
            Attribute("value", attributeValue);
        }

        if (children == 0 && !type.IsResource)
        {
            _xml.Add("/>"u8);
        }
        else
        {
            _xml.Add(">"u8);
            _level++;
            Members(from, type);
            _level--;
            End(name);
        }

        _top = from;
    }

    /// <summary>The collected members from <paramref name="at"/> on that are elements in XML.</summary>
    private void Members(int at, TypeTable type)
    {
        var to = _top;
        for (; at < to && _failure is null; at++)
        {
            var (rule, value) = _entries[at];
            if (!type.IsResource && IsAttribute(type, rule))
            {
                continue;
            }

            if (rule.Primitive == PrimitiveKind.None)
            {
                Complex(rule, value);
            }
            else if (rule.IsCompanion)
            {
                // One without its primitive; a pair was written with the primitive.
                Primitives(rule, default, value);
            }
            else if (at + 1 < to && _entries[at + 1].Rule is { IsCompanion: true } companion && companion.Name == rule.Partner)
            {
                Primitives(rule, value, _entries[++at].Value);
            }
            else
            {
                Primitives(rule, value, default);
            }
        }
    }

    private void Complex(ElementRule rule, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            One(rule, value);
            return;
        }

        foreach (var item in value.EnumerateArray())
        {
            One(rule, item);
        }
    }

    private void One(ElementRule rule, JsonElement value)
    {
        if (!rule.IsResource)
        {
            Object(rule.Name, value, rule.Type);
            return;
        }

        Start(rule.Name);
        _xml.Add(">"u8);
        _level++;
        Resource(value);
        _level--;
        End(rule.Name);
    }

    private void Primitives(ElementRule rule, JsonElement value, JsonElement companion)
    {
        var name = rule.IsCompanion ? rule.Partner! : rule.Name;
        if (value.ValueKind != JsonValueKind.Array && companion.ValueKind != JsonValueKind.Array)
        {
            Primitive(name, rule, value, companion);
            return;
        }

        var values = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : default;
        var companions = companion.ValueKind == JsonValueKind.Array ? companion.EnumerateArray() : default;
        while (_failure is null)
        {
            // Both lists go on together; the shorter one has nothing more to say.
            var hasValue = value.ValueKind == JsonValueKind.Array && values.MoveNext();
            var hasCompanion = companion.ValueKind == JsonValueKind.Array && companions.MoveNext();
            if (!hasValue && !hasCompanion)
            {
                return;
            }

            Primitive(name, rule, hasValue ? values.Current : default, hasCompanion ? companions.Current : default);
        }
    }

    private void Primitive(string name, ElementRule rule, JsonElement value, JsonElement companion)
    {
        value = value.ValueKind == JsonValueKind.Null ? default : value;
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array || (rule.Primitive == PrimitiveKind.Xhtml && value.ValueKind != JsonValueKind.String))
        {
            Fail(name);
        }
        else if (rule.Primitive == PrimitiveKind.Xhtml)
        {
            Line();
            XmlXhtml.Write(ref _xml, value);
        }
        else if (companion.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null))
        {
            Object(name, companion, SchemaCatalog.Companion, value);
        }
        else if (value.ValueKind != JsonValueKind.Undefined)
        {
            Start(name);
            Attribute("value", value);
            _xml.Add("/>"u8);
        }
    }

    /// <summary>Puts the members of an object onto the stack of entries, in R4's order, a primitive before its companion.</summary>
    private void Collect(JsonElement value, TypeTable type)
    {
        var from = _top;
        foreach (var member in value.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(member);
            if (!type.Members.TryGet(name, out var rule))
            {
                if (!type.IsResource || !name.SequenceEqual("resourceType"u8))
                {
                    Fail(JsonFrame.Printable(name));
                }

                continue;
            }

            if (_top == _entries.Length)
            {
                Grow();
            }

            var at = _top++;
            for (; at > from && IsBefore(rule, _entries[at - 1].Rule); at--)
            {
                _entries[at] = _entries[at - 1];
            }

            _entries[at] = new Entry(rule, member.Value);
        }
    }

    private static bool IsBefore(ElementRule rule, ElementRule other) => rule.Index < other.Index || (rule.Index == other.Index && other.IsCompanion && !rule.IsCompanion);

    private static bool IsAttribute(TypeTable type, ElementRule rule) => rule.Element == "id" || (rule.Element == "url" && type.Name == "Extension");

    private void Attribute(string name, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null)
        {
            Fail(name);
            return;
        }

        _xml.Add(" "u8);
        _xml.Add(name);
        _xml.Add("=\""u8);
        _xml.Attribute(JsonMarshal.GetRawUtf8Value(value));
        _xml.Add("\""u8);
    }

    private void Start(string name)
    {
        Line();
        _xml.Add("<"u8);
        _xml.Add(name);
    }

    private void End(string name)
    {
        Line();
        _xml.Add("</"u8);
        _xml.Add(name);
        _xml.Add(">"u8);
    }

    private void Line()
    {
        if (_pretty)
        {
            _xml.Add("\n"u8);
            for (var i = 0; i < _level; i++)
            {
                _xml.Add("  "u8);
            }
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<Entry>.Shared.Rent(_top * 2);
        _entries.AsSpan(0, _top).CopyTo(larger);
        ArrayPool<Entry>.Shared.Return(_entries, clearArray: true);
        _entries = larger;
    }

    private void Fail(string element) => _failure ??= Failure.Of(406, "not-supported", "xml-not-possible", "The resource cannot be written as XML.", element);

    private readonly record struct Entry(ElementRule Rule, JsonElement Value);
}
