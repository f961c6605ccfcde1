using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Xml;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Reading.Xml;

/// <summary>One walk over FHIR XML, led by the tables of R4's types, which writes the JSON as it goes. The first thing wrong ends it.</summary>
internal sealed class XmlWalk : IDisposable
{
    private const int NameMax = 64;
    private readonly XmlReader _xml;
    private readonly IXmlLineInfo _lines;
    private readonly FhirLimits _limits;
    private readonly XmlText _text;
    private readonly Place _place = new();
    private Failure? _failure;

    public XmlWalk(XmlReader xml, FhirLimits limits)
    {
        _xml = xml;
        _lines = (IXmlLineInfo)xml;
        _limits = limits;
        _text = new XmlText(xml);
    }

    /// <summary>The type of the root, once <see cref="Run"/> went well.</summary>
    public string? Type { get; private set; }

    /// <summary>Null when all is well and <paramref name="json"/> holds the resource.</summary>
    public Failure? Run(PooledBuffer json)
    {
        while (_xml.Read() && _xml.NodeType != XmlNodeType.Element)
        {
            if (_xml.NodeType == XmlNodeType.XmlDeclaration && _xml.GetAttribute("encoding") is { } encoding && !encoding.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            {
                return Failure.Of(400, "structure", "xml-encoding", "The XML declares another encoding than UTF-8.");
            }
        }

        if (!Resource(json, depth: 1))
        {
            return _failure;
        }

        while (_xml.Read())
        {
            // What follows the root is well-formed, and nothing of ours.
        }

        return json.Length > _limits.BytesMax ? TooLarge() : null;
    }

    /// <summary>What to answer when the XML reader gave up.</summary>
    public Failure Malformed(XmlException fault) =>
        Failure.Of(400, "structure", "xml-malformed", string.Create(CultureInfo.InvariantCulture, $"The body is not well-formed XML at line {fault.LineNumber}, column {fault.LinePosition}."), Type is null ? null : _place.Expression());

    public void Dispose() => _text.Dispose();

    /// <summary>The resource whose element the reader stands on; afterwards it stands on its end.</summary>
    private bool Resource(PooledBuffer json, int depth)
    {
        var name = _xml.LocalName;
        if (_xml.NamespaceURI != XmlNamespaces.Fhir)
        {
            return Fail("structure", "xml-namespace", $"The element '{Shown(name)}' is not in the namespace {XmlNamespaces.Fhir}.");
        }

        if (!ResourceTypes.IsKnown(name))
        {
            return Fail("structure", "resource-type-unknown", $"The resource type '{Shown(name)}' is none of FHIR R4's.");
        }

        if (Type is null)
        {
            Type = name;
            _place.Start(name);
        }

        json.Add("{\"resourceType\":\""u8);
        Ascii(json, name);
        json.Add((byte)'"');
        var type = SchemaCatalog.Resource(name);
        if (!Attributes(json, type, isRoot: depth == 1) || !Children(json, type, depth))
        {
            return false;
        }

        json.Add((byte)'}');
        return true;
    }

    /// <summary>The child elements up to the end of the one that the reader stands on.</summary>
    private bool Children(PooledBuffer json, TypeTable type, int depth)
    {
        if (_xml.IsEmptyElement)
        {
            return true;
        }

        var run = default(XmlRun);
        try
        {
            while (Next())
            {
                if (_xml.NodeType == XmlNodeType.EndElement)
                {
                    run.End(json);
                    return true;
                }

                if (!Find(type, out var rule) || !Begin(json, ref run, rule, type))
                {
                    return false;
                }

                _place.Enter(rule.Element);
                if (rule.IsArray)
                {
                    _place.At(run.Count);
                }

                if (!Element(json, ref run, rule, depth + (rule.IsArray ? 2 : 1)))
                {
                    return false;
                }

                run.Count++;
                _place.Leave();
            }

            return false;
        }
        finally
        {
            run.Dispose();
        }
    }

    /// <summary>Goes on to the next child or to the end of its parent. Text in between is refused.</summary>
    private bool Next()
    {
        while (_xml.Read())
        {
            switch (_xml.NodeType)
            {
                case XmlNodeType.Element or XmlNodeType.EndElement:
                    return true;
                case XmlNodeType.Text when _text.IsBlank():
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.EntityReference:
                    return Fail("structure", "xml-text", "There is text between the elements; FHIR's values stand in attributes.");
                default:
                    break;
            }
        }

        return Fail("structure", "xml-malformed", "The body ends before its last element.");
    }

    private bool Find(TypeTable type, [NotNullWhen(true)] out ElementRule? rule)
    {
        rule = null;
        var name = _xml.LocalName;
        Span<byte> utf8 = stackalloc byte[NameMax * 3];
        if (name.Length > NameMax || !type.Members.TryGet(utf8[..Encoding.UTF8.GetBytes(name, utf8)], out rule) || rule.IsCompanion || (!type.IsResource && IsAttribute(type, name)))
        {
            var shown = Shown(name);
            return Fail("structure", "element-unknown", $"{type.Name} has no element '{shown}'.", shown);
        }

        var expected = rule.Primitive == PrimitiveKind.Xhtml ? XmlNarrative.Namespace : XmlNamespaces.Fhir;
        return _xml.NamespaceURI == expected || Fail("structure", "xml-namespace", $"{type.Name}.{rule.Element} is not in the namespace {expected}.", rule.Element);
    }

    /// <summary>Checks that the element may follow the one before it, and opens its array where it has one.</summary>
    private bool Begin(PooledBuffer json, ref XmlRun run, ElementRule rule, TypeTable type)
    {
        if (ReferenceEquals(run.Rule, rule))
        {
            return rule.IsArray || Fail("structure", "element-is-array", $"{type.Name}.{rule.Element} occurs at most once.", rule.Element);
        }

        if (run.Rule is { } before && before.Index >= rule.Index)
        {
            return before.Index == rule.Index
                ? Fail("structure", "choice-twice", $"Only one type of {rule.Element}[x] may be given.", rule.Element)
                : Fail("structure", "xml-order", $"{type.Name}.{rule.Element} stands after {before.Element}; R4 has it before.", rule.Element);
        }

        run.End(json);
        run.Start(json, rule);
        return true;
    }

    private bool Element(PooledBuffer json, ref XmlRun run, ElementRule rule, int depth)
    {
        if (depth > _limits.DepthMax)
        {
            return Fail("too-costly", "xml-too-deep", $"The XML is nested deeper than {_limits.DepthMax} levels of objects and lists.");
        }

        if (json.Length > _limits.BytesMax)
        {
            _failure = TooLarge();
            return false;
        }

        if (rule.Primitive == PrimitiveKind.Xhtml)
        {
            run.BeginValue(json);
            return XmlNarrative.Write(_xml, _text, json) is not { } problem || Fail("structure", problem.Code, problem.Text);
        }

        return rule.Primitive != PrimitiveKind.None ? Primitive(json, ref run, rule, depth)
            : rule.IsResource ? Wrapped(json, ref run, rule, depth)
            : Complex(json, ref run, rule, depth);
    }

    private bool Complex(PooledBuffer json, ref XmlRun run, ElementRule rule, int depth)
    {
        run.BeginValue(json);
        json.Add((byte)'{');
        if (!Attributes(json, rule.Type, isRoot: false) || !Children(json, rule.Type, depth))
        {
            return false;
        }

        if (json.Last == (byte)'{')
        {
            return Fail("structure", "element-empty", "The element has neither attributes nor children.");
        }

        json.Add((byte)'}');
        return true;
    }

    /// <summary>An element that holds exactly one resource.</summary>
    private bool Wrapped(PooledBuffer json, ref XmlRun run, ElementRule rule, int depth)
    {
        if (!Bare() || _xml.IsEmptyElement || !Next() || _xml.NodeType == XmlNodeType.EndElement)
        {
            return Fail("structure", "xml-resource", $"{rule.Element} holds exactly one resource.");
        }

        run.BeginValue(json);
        return Resource(json, depth) && Next() && (_xml.NodeType == XmlNodeType.EndElement || Fail("structure", "xml-resource", $"{rule.Element} holds exactly one resource."));
    }

    private bool Primitive(PooledBuffer json, ref XmlRun run, ElementRule rule, int depth)
    {
        var hasId = false;
        var hasValue = false;
        for (var any = _xml.MoveToFirstAttribute(); any; any = _xml.MoveToNextAttribute())
        {
            if (_xml.NamespaceURI == XmlNamespaces.Declarations)
            {
                continue;
            }

            if (_xml.NamespaceURI.Length > 0 || _xml.LocalName is not ("value" or "id") || (_xml.LocalName == "id" && rule.Partner is null))
            {
                return UnknownAttribute();
            }

            if (_xml.LocalName == "id")
            {
                hasId = true;
                continue;
            }

            hasValue = true;
            run.BeginValue(json);
            if (!Value(json, rule))
            {
                return false;
            }
        }

        _xml.MoveToElement();
        if (!hasValue)
        {
            run.NoValue(json);
        }

        var hasCompanion = Companion(json, ref run, rule, depth, hasId);
        return _failure is null && (hasValue || hasCompanion || Fail("structure", "element-empty", "The element has neither a value nor an id or extensions."));
    }

    /// <summary>The id and extensions of a primitive, as the member <c>_name</c>. True when it has any.</summary>
    private bool Companion(PooledBuffer json, ref XmlRun run, ElementRule rule, int depth, bool hasId)
    {
        if (!hasId && _xml.IsEmptyElement)
        {
            return false;
        }

        var output = run.BeginCompanion(json, out var start);
        if (hasId)
        {
            _xml.MoveToAttribute("id");
            Text(output, "id"u8);
            _xml.MoveToElement();
        }

        // Only primitives with a partner have companions; without one a child would be unknown, as would anything but an extension.
        if (!Children(output, rule.Partner is null ? XmlRun.NoChildren : SchemaCatalog.Companion, depth))
        {
            return false;
        }

        if (output.Last == (byte)'{')
        {
            run.NoCompanion(output, start);
            return false;
        }

        output.Add((byte)'}');
        return true;
    }

    private bool Value(PooledBuffer json, ElementRule rule)
    {
        if (rule.Primitive is not (PrimitiveKind.Boolean or PrimitiveKind.Decimal or PrimitiveKind.Integer or PrimitiveKind.PositiveInt or PrimitiveKind.UnsignedInt))
        {
            json.Add((byte)'"');
            _text.Value(json);
            json.Add((byte)'"');
            return true;
        }

        var value = _xml.Value;
        if (!XmlNumbers.HasForm(rule.Primitive, value))
        {
            return Fail("structure", "primitive-format", $"The value has not the form of the type {PrimitiveKinds.Name(rule.Primitive)}.");
        }

        Ascii(json, value);
        return true;
    }

    /// <summary>The attributes of an element of complex type: an id, and the url of an extension.</summary>
    private bool Attributes(PooledBuffer json, TypeTable type, bool isRoot)
    {
        for (var any = _xml.MoveToFirstAttribute(); any; any = _xml.MoveToNextAttribute())
        {
            if (_xml.NamespaceURI.Length == 0 && !type.IsResource && IsAttribute(type, _xml.LocalName))
            {
                Text(json, _xml.LocalName == "id" ? "id"u8 : "url"u8);
            }
            else if (_xml.NamespaceURI != XmlNamespaces.Declarations && !(isRoot && _xml.NamespaceURI == XmlNamespaces.SchemaInstance && _xml.LocalName == "schemaLocation"))
            {
                return UnknownAttribute();
            }
        }

        _xml.MoveToElement();
        return true;
    }

    /// <summary>True when the element has no attributes but namespaces.</summary>
    private bool Bare()
    {
        for (var any = _xml.MoveToFirstAttribute(); any; any = _xml.MoveToNextAttribute())
        {
            if (_xml.NamespaceURI != XmlNamespaces.Declarations)
            {
                return UnknownAttribute();
            }
        }

        _xml.MoveToElement();
        return true;
    }

    private static bool IsAttribute(TypeTable type, string name) => name == "id" || (name == "url" && type.Name == "Extension");

    private void Text(PooledBuffer json, ReadOnlySpan<byte> name)
    {
        XmlRun.Comma(json);
        json.Add((byte)'"');
        json.Add(name);
        json.Add("\":\""u8);
        _text.Value(json);
        json.Add((byte)'"');
    }

    private bool UnknownAttribute() => Fail("structure", "xml-attribute", $"The attribute '{Shown(_xml.LocalName)}' is not defined here.");

    private Failure TooLarge() => Failure.Of(413, "too-long", "body-too-large", $"Written as JSON the body has more than {_limits.BytesMax} bytes.");

    private bool Fail(string type, string code, string diagnostics, string? child = null)
    {
        _failure ??= Failure.Of(
            400, type, code, string.Create(CultureInfo.InvariantCulture, $"{diagnostics} (line {_lines.LineNumber}, column {_lines.LinePosition})"), Type is null ? null : _place.Expression(child));
        return false;
    }

    private static void Ascii(PooledBuffer json, string text) => json.Advance(Encoding.UTF8.GetBytes(text, json.GetSpan(text.Length * 3)));

    private static string Shown(string name) => JsonFrame.Printable(Encoding.UTF8.GetBytes(name.Length > NameMax ? name[..NameMax] : name));
}
