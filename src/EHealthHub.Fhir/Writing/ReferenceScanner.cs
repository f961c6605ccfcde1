using System.Buffers;
using System.Text.Json;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Writing;

/// <summary>What a found string is.</summary>
internal enum LinkKind
{
    /// <summary>Reference.reference.</summary>
    Reference,

    /// <summary>An element of type uri, url, oid or uuid.</summary>
    Uri,

    /// <summary>Narrative.div: its a/@href and img/@src are links.</summary>
    Narrative,
}

/// <summary>
/// Finds, in the JSON of one resource, the strings in which R4 3.1.0.11.2 resolves temporary references: Reference.reference, elements of type uri, url, oid and uuid (not the name of an extension), and the narrative; never a canonical. The type tables say which they are.
/// A resource nested in a Bundle is not entered: a document is signed as it is, and resolved within itself.
/// </summary>
internal ref struct ReferenceScanner
{
    private const int FramesAtFirst = 16;
    private Utf8JsonReader _reader;
    private Frame[] _frames;
    private int _depth;

    /// <summary><paramref name="json"/> is an object that the reader accepted.</summary>
    public ReferenceScanner(ReadOnlySpan<byte> json)
    {
        _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        _frames = ArrayPool<Frame>.Shared.Rent(FramesAtFirst);
    }

    /// <summary>Kind of the string found.</summary>
    public LinkKind Kind { get; private set; }

    /// <summary>Offset of its first byte after the quote.</summary>
    public readonly int Start => (int)_reader.TokenStartIndex + 1;

    /// <summary>Its bytes, with JSON's escapes, without the quotes.</summary>
    public readonly ReadOnlySpan<byte> Text => _reader.ValueSpan;

    /// <summary>The string without JSON's escapes.</summary>
    public readonly string Value => _reader.GetString()!;

    /// <summary>Goes to the next such string.</summary>
    public bool Next()
    {
        while (_reader.Read())
        {
            switch (_reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    Open();
                    break;
                case JsonTokenType.EndObject:
                    _depth--;
                    break;
                case JsonTokenType.PropertyName:
                    Member();
                    break;
                case JsonTokenType.String when IsLink():
                    return true;
                default:
                    break;
            }
        }

        return false;
    }

    /// <summary>Gives the frames back.</summary>
    public void Dispose()
    {
        ArrayPool<Frame>.Shared.Return(_frames);
        _frames = [];
    }

    private void Open()
    {
        var type = _depth == 0 ? Nested() : TypeOf(_frames[_depth - 1]);
        if (type is null)
        {
            _reader.Skip();
            return;
        }

        if (_depth == _frames.Length)
        {
            Grow();
        }

        _frames[_depth++] = new Frame(type, null);
    }

    private void Member()
    {
        ref var frame = ref _frames[_depth - 1];
        if (!frame.Type.Members.TryGet(_reader.ValueSpan, out var rule))
        {
            _reader.Skip();
        }

        frame = frame with { Rule = rule };
    }

    private bool IsLink()
    {
        var (type, rule) = _frames[_depth - 1];
        if (rule is null || rule.IsCompanion)
        {
            return false;
        }

        switch (rule.Primitive)
        {
            case PrimitiveKind.Uri or PrimitiveKind.Url or PrimitiveKind.Oid or PrimitiveKind.Uuid:
                Kind = LinkKind.Uri;
                return type.Name != "Extension" || rule.IsChoice;
            case PrimitiveKind.String when type.IsReference && rule.Name == "reference":
                Kind = LinkKind.Reference;
                return true;
            case PrimitiveKind.Xhtml:
                Kind = LinkKind.Narrative;
                return true;
            default:
                return false;
        }
    }

    private readonly TypeTable? TypeOf(Frame parent) => parent.Rule switch
    {
        null => null,
        { IsResource: true } => parent.Type.Name == "Bundle.entry" ? null : Nested(),
        { IsCompanion: true } => SchemaCatalog.Companion,
        { Primitive: PrimitiveKind.None } rule => rule.Type,
        _ => null,
    };

    /// <summary>The type of the resource that begins here, by its resourceType, wherever among its members that stands.</summary>
    private readonly TypeTable? Nested()
    {
        var ahead = _reader;
        while (ahead.Read() && ahead.TokenType == JsonTokenType.PropertyName)
        {
            if (ahead.ValueTextEquals("resourceType"u8))
            {
                ahead.Read();
                return ahead.TokenType == JsonTokenType.String && SchemaCatalog.TryResource(ahead.ValueSpan, out var type) ? type : null;
            }

            ahead.Skip();
        }

        return null;
    }

    private void Grow()
    {
        var larger = ArrayPool<Frame>.Shared.Rent(_depth * 2);
        _frames.AsSpan(0, _depth).CopyTo(larger);
        ArrayPool<Frame>.Shared.Return(_frames);
        _frames = larger;
    }

    private readonly record struct Frame(TypeTable Type, ElementRule? Rule);
}
