using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Writing;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Store;
using EHealthHub.Records.Tests.Store;

namespace EHealthHub.Records.Tests.Sealing;

/// <summary>The values that FORMAT.md promises, computed with fixed keys, salts and nonces, in the form of <c>Sealing/vectors.txt</c>: blocks of <c>name = value</c>, bytes in hex.</summary>
internal sealed class KnownAnswers : IDisposable
{
    public const string PatientId = "7cffc0c9-6c87-70d6-09a4-6ede378e9b0a";
    public const string Submitter = "hospital-ankara";

    public static readonly DateTimeOffset Time = new(2026, 11, 24, 9, 30, 0, TimeSpan.Zero);

    private readonly FixedVault _vault = new();
    private readonly DataKey _key = new(SHA256.HashData("data key"u8), 1);
    private readonly NationalTokens _national;
    private readonly Compression _compression = new();
    private readonly StringBuilder _text = new();

    public KnownAnswers() => _national = new NationalTokens(_vault);

    /// <summary>The whole file.</summary>
    public string Write()
    {
        Block("common", ("hub", Hex(StoreFixture.Hub.Id.ToByteArray(bigEndian: true))), ("data_key", Hex(_key.Bytes)), ("epoch", "1"), ("national_root", Hex(_vault.Derive("index/national").Bytes)), ("commit_root", Hex(_vault.Derive("records/commits").Bytes)));
        Block("handle", ("compartment", Hex(_national.Compartment(CompartmentKind.Patient, PatientId))), ("name", PatientId), ("kind", ((int)CompartmentKind.Patient).ToString(CultureInfo.InvariantCulture)));
        Block("handle", ("resource", Hex(_national.Resource("Observation", "o-1"))), ("type", "Observation"), ("id", "o-1"));
        Block("handle", ("identifier", Hex(_national.Identifier("Patient", "urn:test:mrn", "4711"))), ("type", "Patient"), ("system", "urn:test:mrn"), ("value", "4711"));
        using (var tokens = new CompartmentTokens(_key))
        {
            Block("token", ("token", tokens.Of("Observation", "code", "718-7").ToString(CultureInfo.InvariantCulture)), ("type", "Observation"), ("parameter", "code"), ("value", "718-7"));
        }

        var observation = Make.Observation(PatientId, encounter: "e-1");
        var first = Version("Observation", "o-1", 1, observation, []);
        var second = Version("Observation", "o-1", 2, Make.Observation(PatientId, value: "14.0"), first);
        Version("Observation", "o-1", 3, null, second);
        Version("Basic", "b-1", 1, Make.Resource("{\"resourceType\":\"Basic\"}"), []); // too short to be compressed: opens without zstd
        Version("Binary", "x-1", 1, Make.Resource("{\"resourceType\":\"Binary\",\"contentType\":\"text/plain\"}"), [], Content()); // its content lies beside it
        Sums(first, second);
        return _text.ToString();
    }

    /// <summary>A content of one chunk, the last; and a chunk that is not the last, which in truth would be full.</summary>
    private ContentDescriptor Content()
    {
        var salt = SHA256.HashData("content salt"u8);
        using var key = ContentKey.Derive(_key, salt);
        var place = new ContentPlace(StoreFixture.Hub.Id, _national.Compartment(CompartmentKind.Patient, PatientId), 0x0123456789abcdef);
        var content = "The content of a Binary, which is longer in life."u8.ToArray();
        var last = Chunk(key, place, 0, last: true, content);
        Chunk(key, place, 4, last: false, content);
        var descriptor = new ContentDescriptor(place.Content, 1, content.Length, salt, SHA256.HashData(last));
        Block("content", ("id", Hex(place.Content)), ("salt", Hex(salt)), ("content_key", Hex(key.Bytes)), ("plain", Hex(content)), ("descriptor", Hex(descriptor.Write())));
        return descriptor;
    }

    private byte[] Chunk(DataKey key, ContentPlace place, int number, bool last, byte[] content)
    {
        var padded = new byte[ContentSeal.Padded(content.Length)];
        content.CopyTo(padded, 0);
        var associated = new byte[ContentSeal.AssociatedSize];
        ContentSeal.Write(associated, place, number, last);
        var chunk = new byte[padded.Length + Sealer.Overhead];
        Sealer.SealWithSalt(key, padded, associated, 0, SHA256.HashData([(byte)number]), chunk);
        Block("chunk", ("number", number.ToString(CultureInfo.InvariantCulture)), ("last", last ? "1" : "0"), ("associated", Hex(associated)), ("chunk", Hex(chunk)));
        return chunk;
    }

    private byte[] Version(string type, string id, int version, FhirResource? resource, byte[] previous, ContentDescriptor? beside = null)
    {
        var binding = new RecordBinding
        {
            Hub = StoreFixture.Hub.Id,
            Compartment = _national.Compartment(CompartmentKind.Patient, PatientId),
            Version = version,
            Deleted = resource is null,
            MadeByUpdate = false,
            Time = Microseconds.From(Time),
            Epoch = 1,
            Submitter = Submitter,
            Patient = PatientId,
        };
        var json = resource is null ? [] : ResourceWriter.Stamp(resource, id, version, Time, null);
        var facts = Opener.Encode(
            resource is null
                ? new SearchFacts { Type = type, Id = id, Version = version, LastUpdated = Time, Submitter = Submitter, PatientId = PatientId, Values = [] }
                : SearchFacts.Extract(resource, id, version, Time, Submitter, PatientId, null),
            []);
        var (content, length) = json.Length == 0 ? ([], 0) : BodyContent.Shorten(json, binding, type, id);
        if (beside is not null)
        {
            (content, length) = ([2, .. beside.Write(), .. content.AsSpan(0, length)], 1 + ContentDescriptor.Size + length);
        }

        Span<byte> associated = stackalloc byte[RecordBinding.SizeMax];
        var bodyAssociated = associated[..binding.WriteForBody(associated, Dictionaries.Bodies, _national.Resource(type, id), previous)].ToArray();
        var packed = Packed(content.AsSpan(0, length), Dictionaries.Bodies);
        var envelope = new byte[packed.Length + Sealer.Overhead];
        Sealer.SealWithSalt(_key, packed, bodyAssociated, Dictionaries.Bodies, SHA256.HashData([(byte)version, .. Encoding.UTF8.GetBytes(id)]), envelope);
        var hash = RecordSealer.HashOf(envelope);
        var factsAssociated = associated[..binding.WriteForFacts(associated, Dictionaries.Facts, EHealthHub.Fhir.Search.SearchTables.FirstGeneration, hash)].ToArray();
        var factsPacked = Packed(FactsContent.Shorten(facts, binding), Dictionaries.Facts);
        var message = AttachedSealer.SealWithNonce(_key, hash, factsPacked, factsAssociated, Dictionaries.Facts, hash.AsSpan(0, AttachedSealer.NonceSize));
        Block(
            "version",
            ("type", type),
            ("id", id),
            ("version", version.ToString(CultureInfo.InvariantCulture)),
            ("deleted", resource is null ? "1" : "0"),
            ("time", Microseconds.From(Time).ToString(CultureInfo.InvariantCulture)),
            ("submitter", Submitter),
            ("patient", PatientId),
            ("previous", Hex(previous)),
            ("generation", EHealthHub.Fhir.Search.SearchTables.FirstGeneration.ToString(CultureInfo.InvariantCulture)),
            ("body_associated", Hex(bodyAssociated)),
            ("body_packed", Hex(packed)),
            ("body_envelope", Hex(envelope)),
            ("beside", beside is null ? "" : Hex(beside.Write())),
            ("json", Encoding.UTF8.GetString(json)),
            ("facts_associated", Hex(factsAssociated)),
            ("facts_packed", Hex(factsPacked)),
            ("facts_message", Hex(message)),
            ("facts", Hex(facts)));
        return hash;
    }

    private void Sums(byte[] first, byte[] second)
    {
        using var manifest = new Manifest(_key);
        var contents = new byte[32];
        manifest.Add(contents, 1, 1, first);
        manifest.Add(contents, 1, 2, second);
        var row = new CompartmentRow { Key = -5, Number = 7, Handle = _national.Compartment(CompartmentKind.Patient, PatientId), Kind = 1, Name = [1, 2, 3], NextSlot = 2, Counter = 2, Contents = contents, Mac = [] };
        Block("manifest", ("hashes", Hex([.. first, .. second])), ("slot", "1"), ("sum", Hex(contents)), ("key", "-5"), ("number", "7"), ("kind", "1"), ("name", "010203"), ("next_slot", "2"), ("counter", "2"), ("mac", Hex(manifest.Mac(row))));
        using var seal = new CommitSeal(_vault);
        Block("commit", ("sequence", "3"), ("origin", "o"), ("intent", "9"), ("request", Hex((UInt128)17)), ("hashes", Hex(first)), ("result", "0405"), ("mac", Hex(seal.Mac(3, "o"u8, 9, 17, first, [4, 5]))));
    }

    private byte[] Packed(ReadOnlySpan<byte> content, byte dictionary)
    {
        var (rented, length) = _compression.Pack(content, dictionary);
        return rented.AsSpan(0, length).ToArray();
    }

    private void Block(string kind, params (string Name, string Value)[] fields)
    {
        _text.Append(_text.Length == 0 ? "" : "\n").Append("kind_of = ").Append(kind).Append('\n');
        foreach (var (name, value) in fields)
        {
            _text.Append(name).Append(value.Length == 0 ? " =" : " = ").Append(value).Append('\n');
        }
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    private static string Hex(UInt128 handle) => handle.ToString("x32", CultureInfo.InvariantCulture);

    public void Dispose()
    {
        _national.Dispose();
        _compression.Dispose();
        _key.Dispose();
        _vault.Dispose();
    }

    /// <summary>A vault whose secrets anybody can compute.</summary>
    private sealed class FixedVault : IKeyVault
    {
        private const string OnlyDerives = "These vectors derive and do nothing else.";

        public DataKey Derive(string name) => new(SHA256.HashData(Encoding.UTF8.GetBytes(name)), 1);

        public byte[] Wrap(string kekName, DataKey key, ReadOnlySpan<byte> associatedData) => throw new NotSupportedException(OnlyDerives);

        public DataKey? Unwrap(string kekName, ReadOnlySpan<byte> wrapped, ReadOnlySpan<byte> associatedData, int epoch) => throw new NotSupportedException(OnlyDerives);

        public byte[] SignEd25519(string name, ReadOnlySpan<byte> data) => throw new NotSupportedException(OnlyDerives);

        public byte[] PublicKeyEd25519(string name) => throw new NotSupportedException(OnlyDerives);

        public byte[] SignEs256(string name, ReadOnlySpan<byte> data) => throw new NotSupportedException(OnlyDerives);

        public byte[] PublicKeyEs256(string name) => throw new NotSupportedException(OnlyDerives);

        public void Dispose()
        {
        }
    }
}
