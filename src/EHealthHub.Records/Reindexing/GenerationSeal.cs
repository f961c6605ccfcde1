using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using EHealthHub.Fhir.Search;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Records.Reindexing;

/// <summary>A row of the table of generations.</summary>
internal sealed record GenerationRow(int Number, int State, long Compartment, int Slot, long Resources, byte[] Parameters, byte[] Mac)
{
    /// <summary>Not everything has been looked at yet.</summary>
    public const int Running = 0;

    /// <summary>Everything has.</summary>
    public const int Done = 1;
}

/// <summary>Seals the parameters of a generation and puts a MAC on its row (FORMAT.md): nobody without the key can call a re-indexing done that is not, or take a parameter away. Thread-safe.</summary>
internal sealed class GenerationSeal : IDisposable
{
    private readonly DataKey _key;
    private readonly Prf _prf;
    private readonly HubIdentity _hub;

    public GenerationSeal(IKeyVault vault, HubIdentity hub)
    {
        _hub = hub;
        _key = vault.Derive("records/parameters");
        using var root = vault.Derive("records/generations");
        _prf = new Prf(root, "generation 1", pooledMax: 1);
    }

    /// <summary>The row of a generation at its beginning.</summary>
    public GenerationRow Row(int number, bool isDone, IReadOnlyCollection<HeldParameter> held)
    {
        var output = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartArray();
            foreach (var one in held)
            {
                json.WriteStartObject();
                json.WriteNumber("since", one.Since);
                json.WriteString("id", one.Definition.Id);
                json.WritePropertyName("resource");
                json.WriteRawValue(one.Definition.Json.Span);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return WithMac(new GenerationRow(number, isDone ? GenerationRow.Done : GenerationRow.Running, 1, 0, 0, Sealer.Seal(_key, output.WrittenSpan, Associated(number)), []));
    }

    /// <summary>The same generation further on.</summary>
    public GenerationRow At(GenerationRow row, ReindexPosition position, bool isDone) =>
        WithMac(row with { State = isDone ? GenerationRow.Done : GenerationRow.Running, Compartment = position.Compartment, Slot = position.Slot, Resources = position.Resources });

    /// <summary>Opens the parameters; null for a row that the hub did not write. What this build cannot compile is left out: it was taken by another one.</summary>
    public ImmutableArray<HeldParameter>? Open(GenerationRow row)
    {
        if (!CryptographicOperations.FixedTimeEquals(Mac(row), row.Mac) || row.Parameters.Length < Sealer.Overhead)
        {
            return null;
        }

        var bytes = new byte[row.Parameters.Length - Sealer.Overhead];
        return Sealer.TryOpen(_key, row.Parameters, Associated(row.Number), bytes) ? Read(bytes) : null;
    }

    public void Dispose()
    {
        _prf.Dispose();
        _key.Dispose();
    }

    /// <summary>Compiles definitions, those that others are made of first; what cannot be compiled is left out.</summary>
    public static List<(SearchDefinition Definition, CustomSearchParameter Parameter)> Compile(IEnumerable<SearchDefinition> definitions)
    {
        var compiled = new List<(SearchDefinition, CustomSearchParameter)>();
        foreach (var definition in definitions.Select(d => (Definition: d, Root: Root(d.Json))).OrderBy(d => d.Root.TryGetProperty("component"u8, out _)).ThenBy(d => d.Definition.Id, StringComparer.Ordinal))
        {
            if (CustomSearchParameter.Compile(definition.Root, [.. compiled.Select(c => c.Item2)]).Try(out var parameter, out _))
            {
                compiled.Add((definition.Definition, parameter));
            }
        }

        return compiled;
    }

    private static JsonElement Root(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static ImmutableArray<HeldParameter> Read(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        var rows = document.RootElement.EnumerateArray().ToDictionary(
            p => p.GetProperty("id"u8).GetString()!,
            p => (Since: p.GetProperty("since"u8).GetInt32(), Json: System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(p.GetProperty("resource"u8)).ToArray()),
            StringComparer.Ordinal);
        return [.. Compile(rows.Select(r => new SearchDefinition(r.Key, r.Value.Json))).Select(c => new HeldParameter(rows[c.Definition.Id].Since, c.Definition, c.Parameter))];
    }

    private GenerationRow WithMac(GenerationRow row) => row with { Mac = Mac(row) };

    private byte[] Mac(GenerationRow row)
    {
        var fields = new byte[4 + 4 + 8 + 4 + 8];
        BinaryPrimitives.WriteInt32BigEndian(fields, row.Number);
        BinaryPrimitives.WriteInt32BigEndian(fields.AsSpan(4), row.State);
        BinaryPrimitives.WriteInt64BigEndian(fields.AsSpan(8), row.Compartment);
        BinaryPrimitives.WriteInt32BigEndian(fields.AsSpan(16), row.Slot);
        BinaryPrimitives.WriteInt64BigEndian(fields.AsSpan(20), row.Resources);
        var mac = new byte[32];
        _prf.Tag(mac, fields, SHA256.HashData(row.Parameters));
        return mac;
    }

    private byte[] Associated(int number)
    {
        var associated = new byte[20];
        _hub.Id.TryWriteBytes(associated, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(associated.AsSpan(16), number);
        return associated;
    }
}
