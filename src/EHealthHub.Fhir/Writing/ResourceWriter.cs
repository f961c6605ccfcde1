using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Writing;

/// <summary>Writes a resource as the hub stores it: the accepted bytes with the server's id and meta, and references rewritten.</summary>
public static class ResourceWriter
{
    /// <summary>What the hub adds at most: names, id, version and time.</summary>
    private const int AddedMax = 256;

    /// <summary>
    /// Everything but <c>id</c>, <c>meta.versionId</c>, <c>meta.lastUpdated</c> and rewritten references is copied byte for byte (numbers keep their digits, strings their escapes, members their order); resourceType, id and meta come first.
    /// <paramref name="references"/> maps a reference as posted (<c>urn:uuid:…</c>, an absolute fullUrl, or a conditional reference) to <c>Type/id</c>. It is applied where R4 says (3.1.0.11.2): Reference.reference, elements of type uri, url,
    /// oid and uuid, and links in the narrative, on an exact match; never in a canonical, and not inside the resources of a nested Bundle.
    /// </summary>
    public static byte[] Stamp(FhirResource resource, string id, int version, DateTimeOffset lastUpdated, IReadOnlyDictionary<string, string>? references)
    {
        var json = JsonMarshal.GetRawUtf8Value(resource.Root);
        var edits = references is { Count: > 0 } ? LinkMap.Edits(json, references) : [];
        var buffer = ArrayPool<byte>.Shared.Rent(json.Length + AddedMax + (id.Length * 6) + edits.Sum(e => e.Text.Length));
        var stamp = new Stamping(json, buffer, edits);
        stamp.WriteBeginning(resource.Type, id, version, lastUpdated);
        stamp.WriteSendersMembers();
        var stamped = buffer.AsSpan(0, stamp.Written).ToArray();
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return stamped;
    }

    /// <summary>Most bytes of a beginning with a logical id of R4.</summary>
    public const int BeginningMax = AddedMax + 64;

    /// <summary>The first bytes of every stamped resource, up to and with the quote after <c>meta.lastUpdated</c>: they say nothing but type, id, version and time. Returns how many were written.</summary>
    public static int WriteBeginning(Span<byte> to, string type, string id, int version, DateTimeOffset lastUpdated)
    {
        var stamp = new Stamping(default, to, []);
        stamp.WriteBeginning(type, id, version, lastUpdated);
        return stamp.Written;
    }

    private ref struct Stamping(ReadOnlySpan<byte> json, Span<byte> output, List<LinkMap.Edit> edits)
    {
        private readonly ReadOnlySpan<byte> _json = json;
        private readonly Span<byte> _output = output;

        public int Written { get; private set; }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_output[Written..]);
            Written += bytes.Length;
        }

        public void Write(string ascii) => Written += Encoding.UTF8.GetBytes(ascii, _output[Written..]);

        public void Write(int number)
        {
            Utf8Formatter.TryFormat(number, _output[Written..], out var count);
            Written += count;
        }

        public void Write(DateTimeOffset time)
        {
            Instant.Write(time, _output[Written..]);
            Written += Instant.Length;
        }

        public void WriteBeginning(string type, string id, int version, DateTimeOffset lastUpdated)
        {
            Write("{\"resourceType\":\""u8);
            Write(type);
            Write("\",\"id\":\""u8);
            Write(JsonEncodedText.Encode(id).EncodedUtf8Bytes);
            Write("\",\"meta\":{\"versionId\":\""u8);
            Write(version);
            Write("\",\"lastUpdated\":\""u8);
            Write(lastUpdated);
            Write("\""u8);
        }

        /// <summary>The rest of meta, then the rest of the resource, and the ends of both.</summary>
        public void WriteSendersMembers()
        {
            // Meta is written first wherever it stands in the body, so the places of the other members are kept meanwhile.
            var runs = new Runs(stackalloc int[Runs.Max * 2]);
            var reader = new Utf8JsonReader(_json, new JsonReaderOptions { MaxDepth = int.MaxValue });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var from = (int)reader.TokenStartIndex;
                if (reader.ValueTextEquals("meta"u8))
                {
                    reader.Read();
                    WriteMeta(ref reader);
                    continue;
                }

                var isHubs = reader.ValueTextEquals("resourceType"u8) || reader.ValueTextEquals("id"u8);
                reader.Skip();
                if (!isHubs)
                {
                    runs.Add(from, (int)reader.BytesConsumed);
                }
            }

            Write("}"u8);
            for (var i = 0; i < runs.Count; i++)
            {
                Write(","u8);
                Copy(runs.From(i), runs.To(i));
            }

            Write("}"u8);
        }

        /// <summary>The members of the posted meta that are the sender's.</summary>
        private void WriteMeta(ref Utf8JsonReader reader)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                return;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var from = (int)reader.TokenStartIndex;
                var isHubs = reader.ValueSpan.EndsWith("versionId"u8) || reader.ValueSpan.EndsWith("lastUpdated"u8);
                reader.Skip();
                if (!isHubs)
                {
                    Write(","u8);
                    Copy(from, (int)reader.BytesConsumed);
                }
            }
        }

        private void Copy(int from, int to)
        {
            foreach (var edit in edits)
            {
                if (edit.Start >= from && edit.Start < to)
                {
                    Write(_json[from..edit.Start]);
                    Write(edit.Text);
                    from = edit.Start + edit.Length;
                }
            }

            Write(_json[from..to]);
        }
    }

    /// <summary>Stretches of members that stand side by side and are copied as one. Only resourceType, id and meta part them, so there are at most four.</summary>
    private ref struct Runs(Span<int> places)
    {
        public const int Max = 4;

        private readonly Span<int> _places = places;

        public int Count { get; private set; }

        public readonly int From(int index) => _places[index * 2];

        public readonly int To(int index) => _places[(index * 2) + 1];

        public void Add(int from, int to)
        {
            if (Count > 0 && To(Count - 1) + 1 == from)
            {
                _places[((Count - 1) * 2) + 1] = to;
                return;
            }

            _places[Count * 2] = from;
            _places[(Count++ * 2) + 1] = to;
        }
    }
}
