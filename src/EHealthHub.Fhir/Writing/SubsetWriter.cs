using System.Buffers;
using System.Text.Json;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Writing;

/// <summary>
/// Leaves out of a resource what <c>_summary</c> or <c>_elements</c> do not ask for, in one pass over its bytes; what is kept keeps them. A resource that was cut is tagged SUBSETTED. A Bundle stays whole around the resources of its entries; an OperationOutcome stays whole everywhere.
/// </summary>
public static class SubsetWriter
{
    /// <summary>Writes the part of <paramref name="json"/>, minified and valid R4, that <paramref name="subset"/> names. Of a Bundle with <see cref="SubsetKind.Count"/> everything but the entries.</summary>
    public static void Write(ReadOnlySpan<byte> json, Subset subset, IBufferWriter<byte> output)
    {
        if (subset.Kind == SubsetKind.Whole)
        {
            output.Write(json);
            return;
        }

        // Written apart first: an object of which nothing would remain is kept whole, and its beginning taken back.
        using var buffer = new PooledBuffer(json.Length + Cut.Tag.Length);
        new Cut(json, subset, buffer).Run();
        output.Write(buffer.Written);
    }

    private ref struct Cut
    {
        private readonly ReadOnlySpan<byte> _json;
        private readonly Subset _subset;
        private readonly PooledBuffer _output;
        private Utf8JsonReader _reader;

        public Cut(ReadOnlySpan<byte> json, Subset subset, PooledBuffer output)
        {
            _json = json;
            _subset = subset;
            _output = output;
            _reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        }

        public static ReadOnlySpan<byte> Tag => """{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"SUBSETTED"}"""u8;

        public void Run()
        {
            _reader.Read();
            Resource();
        }

        /// <summary>The resource at whose brace the reader stands.</summary>
        private void Resource()
        {
            if (TypeAhead() is not { Name: not "OperationOutcome" } type)
            {
                Raw((int)_reader.TokenStartIndex);
            }
            else if (type.Name == "Bundle")
            {
                Bundle(type);
            }
            else
            {
                Subsetted(type);
            }
        }

        private void Bundle(TypeTable type)
        {
            _output.Add((byte)'{');
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                var isEntry = _reader.ValueTextEquals("entry"u8) && type.IsResource;
                if (isEntry && _subset.Kind == SubsetKind.Count)
                {
                    _reader.Skip();
                }
                else if (isEntry)
                {
                    Name();
                    Items(static (ref Cut cut) => cut.Entry());
                }
                else
                {
                    Comma();
                    Raw((int)_reader.TokenStartIndex);
                }
            }

            _output.Add((byte)'}');
        }

        private void Entry()
        {
            _output.Add((byte)'{');
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                if (_reader.ValueTextEquals("resource"u8))
                {
                    Name();
                    _reader.Read();
                    Resource();
                }
                else
                {
                    Comma();
                    Raw((int)_reader.TokenStartIndex);
                }
            }

            _output.Add((byte)'}');
        }

        private void Subsetted(TypeTable type)
        {
            var mask = _subset.Mask(type);
            var hasMeta = false;
            _output.Add((byte)'{');
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                if (_reader.ValueTextEquals("meta"u8))
                {
                    hasMeta = true;
                    Meta();
                }
                else
                {
                    Member(type, mask);
                }
            }

            if (!hasMeta)
            {
                _output.Add(",\"meta\":{\"tag\":["u8);
                _output.Add(Tag);
                _output.Add("]}"u8);
            }

            _output.Add((byte)'}');
        }

        private void Meta()
        {
            Name();
            _reader.Read();
            _output.Add((byte)'{');
            var hasTags = false;
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                var from = (int)_reader.TokenStartIndex;
                var isTag = _reader.ValueTextEquals("tag"u8);
                _reader.Skip();
                var member = _json[from..(int)_reader.BytesConsumed];
                Comma();
                _output.Add(member);
                if (isTag)
                {
                    hasTags = true;
                    if (member.IndexOf(Tag) < 0 && member.IndexOf("\"code\":\"SUBSETTED\""u8) < 0)
                    {
                        _output.CutTo(_output.Length - 1);
                        Comma();
                        _output.Add(Tag);
                        _output.Add((byte)']');
                    }
                }
            }

            if (!hasTags)
            {
                Comma();
                _output.Add("\"tag\":["u8);
                _output.Add(Tag);
                _output.Add((byte)']');
            }

            _output.Add((byte)'}');
        }

        /// <summary>The member at whose name the reader stands, if the mask has it.</summary>
        private void Member(TypeTable type, ulong mask)
        {
            var isKnown = type.Members.TryGet(_reader.ValueSpan, out var rule);
            if (isKnown && ((mask >> rule!.Index) & 1) == 0)
            {
                _reader.Skip();
            }
            else if (_subset.Kind != SubsetKind.Summary || !isKnown || rule!.IsResource || rule.Primitive != PrimitiveKind.None || rule.Element == "modifierExtension")
            {
                // A primitive keeps its id and extensions: an array of primitives and its companion stand and fall together.
                Comma();
                Raw((int)_reader.TokenStartIndex);
            }
            else
            {
                Name();
                Nested(rule.Type);
            }
        }

        private void Nested(TypeTable type)
        {
            _reader.Read();
            if (_reader.TokenType == JsonTokenType.StartObject)
            {
                Object(type);
                return;
            }

            _output.Add((byte)'[');
            while (_reader.Read() && _reader.TokenType == JsonTokenType.StartObject)
            {
                Comma();
                Object(type);
            }

            _output.Add((byte)']');
        }

        private void Object(TypeTable type)
        {
            var from = (int)_reader.TokenStartIndex;
            var start = _output.Length;
            _output.Add((byte)'{');
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                Member(type, type.Summary | type.Modifiers);
            }

            if (_output.Length == start + 1)
            {
                _output.CutTo(start);
                _output.Add(_json[from..(int)_reader.BytesConsumed]);
                return;
            }

            _output.Add((byte)'}');
        }

        private delegate void Item(ref Cut cut);

        private void Items(Item item)
        {
            _reader.Read();
            _output.Add((byte)'[');
            while (_reader.Read() && _reader.TokenType == JsonTokenType.StartObject)
            {
                Comma();
                item(ref this);
            }

            _output.Add((byte)']');
        }

        /// <summary>The name with its colon, which the reader takes together.</summary>
        private void Name()
        {
            Comma();
            _output.Add(_json[(int)_reader.TokenStartIndex..(int)_reader.BytesConsumed]);
        }

        /// <summary>The rest of the value or member that the reader stands on, as it is.</summary>
        private void Raw(int from)
        {
            _reader.Skip();
            _output.Add(_json[from..(int)_reader.BytesConsumed]);
        }

        private readonly void Comma()
        {
            if (_output.Last is not ((byte)'{' or (byte)'['))
            {
                _output.Add((byte)',');
            }
        }

        /// <summary>The type of the resource that begins here, wherever among its members that stands.</summary>
        private readonly TypeTable? TypeAhead()
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
    }
}
