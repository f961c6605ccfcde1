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
        var output = new StampOutput(json, buffer, edits);
        output.Write("{\"resourceType\":\""u8);
        output.Write(resource.Type);
        output.Write("\",\"id\":\""u8);
        output.Write(JsonEncodedText.Encode(id).EncodedUtf8Bytes);
        output.Write("\",\"meta\":{\"versionId\":\""u8);
        output.Write(version);
        output.Write("\",\"lastUpdated\":\""u8);
        output.Write(lastUpdated);
        output.Write("\""u8);
        output.CopyMeta();
        output.Write("}"u8);
        output.CopyRest();
        output.Write("}"u8);
        var stamped = buffer.AsSpan(0, output.Written).ToArray();
        ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        return stamped;
    }

    private ref struct StampOutput(ReadOnlySpan<byte> json, Span<byte> output, List<LinkMap.Edit> edits)
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

        /// <summary>The members of the posted meta that are the sender's.</summary>
        public void CopyMeta()
        {
            var reader = new Utf8JsonReader(_json, new JsonReaderOptions { MaxDepth = int.MaxValue });
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isMeta = reader.ValueTextEquals("meta"u8);
                if (!isMeta)
                {
                    reader.Skip();
                    continue;
                }

                reader.Read();
                if (reader.TokenType == JsonTokenType.StartObject)
                {
                    CopyMembers(ref reader, static name => !name.EndsWith("versionId"u8) && !name.EndsWith("lastUpdated"u8));
                }

                return;
            }
        }

        /// <summary>Every member of the resource that was not written yet.</summary>
        public void CopyRest()
        {
            var reader = new Utf8JsonReader(_json, new JsonReaderOptions { MaxDepth = int.MaxValue });
            reader.Read();
            CopyMembers(ref reader, static name => !name.SequenceEqual("resourceType"u8) && !name.SequenceEqual("id"u8) && !name.SequenceEqual("meta"u8));
        }

        private delegate bool Keeps(ReadOnlySpan<byte> name);

        /// <summary>Copies the members of the object that <paramref name="reader"/> stands on, each after a comma.</summary>
        private void CopyMembers(ref Utf8JsonReader reader, Keeps keeps)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var from = (int)reader.TokenStartIndex;
                var kept = keeps(reader.ValueSpan);
                reader.Skip();
                if (kept)
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
}
