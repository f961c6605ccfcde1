using System.Buffers;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Reading;

/// <summary>
/// One pass over a body: copies every token without the whitespace between them and checks on the way what JSON or R4 leaves to the reader: depth, number of members and items, duplicate names, lone surrogates, the resourceType.
/// Number digits, string escapes and the order of members stay as they came.
/// </summary>
internal ref struct Minifier
{
    private readonly FhirLimits _limits;
    private readonly bool _isPatch;
    private readonly Span<byte> _output;
    private readonly Span<JsonFrame> _frames;
    private readonly MemberNames _names;
    private Utf8JsonReader _reader;
    private int _written;
    private int _depth;
    private int _tokens;
    private string? _type;
    private bool _typeSeen;

    /// <summary><paramref name="output"/> is at least as long as the body; <paramref name="frames"/> holds DepthMax + 1. A patch is an array and has no resourceType.</summary>
    public Minifier(ReadOnlySpan<byte> body, Span<byte> output, Span<JsonFrame> frames, MemberNames names, FhirLimits limits, bool isPatch = false)
    {
        _isPatch = isPatch;
        // One level more than allowed, so that too deep is told apart from malformed without an exception.
        _reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = limits.DepthMax + 1 });
        _limits = limits;
        _output = output;
        _frames = frames;
        _names = names;
    }

    /// <summary>The resourceType of the root, once <see cref="Run"/> went well.</summary>
    public readonly string? Type => _type;

    /// <summary>Bytes written.</summary>
    public readonly int Written => _written;

    /// <summary>Null when all is well.</summary>
    public Failure? Run()
    {
        while (_reader.Read())
        {
            var failure = _reader.TokenType switch
            {
                JsonTokenType.StartObject => Open(isArray: false),
                JsonTokenType.StartArray => Open(isArray: true),
                JsonTokenType.EndObject or JsonTokenType.EndArray => Close(),
                JsonTokenType.PropertyName => Name(),
                _ => Value(),
            };
            if (failure is not null)
            {
                return failure;
            }
        }

        return _typeSeen || _isPatch ? null : Fail("required", "resource-type-missing", "The resource does not say its resourceType.");
    }

    /// <summary>What to answer when the JSON reader gave up with <paramref name="fault"/>, whose own text may quote the content and is not used.</summary>
    public readonly Failure Malformed(JsonException fault) =>
        Fail("structure", "json-malformed", $"The body is not well-formed JSON at line {fault.LineNumber.GetValueOrDefault() + 1}, byte {fault.BytePositionInLine.GetValueOrDefault() + 1} of the line.");

    private Failure? Open(bool isArray)
    {
        if (_depth == 0 && isArray != _isPatch)
        {
            return NotAnObject();
        }

        if (_depth >= _limits.DepthMax)
        {
            return Fail("too-costly", "json-too-deep", $"The body is nested deeper than {_limits.DepthMax} levels.");
        }

        if (BeforeValue() is { } failure)
        {
            return failure;
        }

        _output[_written++] = isArray ? (byte)'[' : (byte)'{';
        _frames[_depth++] = new JsonFrame { IsArray = isArray, NamesFrom = _names.Count };
        return null;
    }

    private Failure? Close()
    {
        _depth--;
        _output[_written++] = _frames[_depth].IsArray ? (byte)']' : (byte)'}';
        _names.Truncate(_frames[_depth].NamesFrom);
        return null;
    }

    private Failure? Name()
    {
        ref var frame = ref _frames[_depth - 1];
        var name = _reader.ValueSpan;
        if (frame.Count++ > 0)
        {
            _output[_written++] = (byte)',';
        }

        frame.NameStart = _written + 1;
        frame.NameLength = name.Length;
        Quote(name);
        _output[_written++] = (byte)':';
        if (_reader.ValueIsEscaped)
        {
            return Fail("structure", "json-name-escaped", "The name of a member is written with an escape; FHIR's names need none.");
        }

        if (frame.Count > _limits.MembersMax)
        {
            return Fail("too-costly", "json-too-many-members", $"An object has more than {_limits.MembersMax} members.");
        }

        if (!_names.TryAdd(_output, frame.NamesFrom, frame.NameStart, name.Length))
        {
            return Fail("structure", "json-duplicate-member", "The member is there twice.");
        }

        return Count();
    }

    private Failure? Value()
    {
        if (_depth == 0)
        {
            return NotAnObject();
        }

        if (BeforeValue() is { } failure)
        {
            return failure;
        }

        if (_reader.TokenType != JsonTokenType.String)
        {
            _reader.ValueSpan.CopyTo(_output[_written..]);
            _written += _reader.ValueSpan.Length;
            return IsRootType() ? TypeOf(default) : null;
        }

        Quote(_reader.ValueSpan);
        if (_reader.ValueIsEscaped && JsonEscapes.HasLoneSurrogate(_reader.ValueSpan))
        {
            return Fail("structure", "json-lone-surrogate", "A string has a \\u escape of half a character (a lone surrogate).");
        }

        return IsRootType() ? TypeOf(_reader.ValueSpan) : null;
    }

    /// <summary>Counts an item of an array and writes its comma; a member's comma was written before its name.</summary>
    private Failure? BeforeValue()
    {
        if (_depth == 0 || !_frames[_depth - 1].IsArray)
        {
            return null;
        }

        if (_frames[_depth - 1].Count++ > 0)
        {
            _output[_written++] = (byte)',';
        }

        return Count();
    }

    private Failure? Count() =>
        ++_tokens > _limits.TokensMax ? Fail("too-costly", "json-too-many-tokens", $"The body has more than {_limits.TokensMax} members and items.") : null;

    private void Quote(ReadOnlySpan<byte> text)
    {
        _output[_written++] = (byte)'"';
        text.CopyTo(_output[_written..]);
        _written += text.Length;
        _output[_written++] = (byte)'"';
    }

    private readonly bool IsRootType() =>
        _depth == 1 && !_isPatch && _output.Slice(_frames[0].NameStart, _frames[0].NameLength).SequenceEqual("resourceType"u8);

    private Failure? TypeOf(ReadOnlySpan<byte> value)
    {
        _typeSeen = true;
        return ResourceTypes.TryGet(value, out _type)
            ? null
            : Fail("structure", "resource-type-unknown", $"The resourceType '{JsonFrame.Printable(value)}' is none of FHIR R4's.");
    }

    private readonly Failure NotAnObject() => _isPatch
        ? Fail("structure", "patch-not-an-array", "A JSON Patch is an array of operations.")
        : Fail("structure", "json-not-an-object", "The body is not a JSON object.");

    private readonly Failure Fail(string type, string code, string diagnostics) =>
        Failure.Of(400, type, code, diagnostics, JsonFrame.Expression(_type, _output, _frames[.._depth]));
}
