using System.Buffers.Binary;
using System.Text;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Keys.Wrapping;

namespace EHealthHub.Records.Index;

/// <summary>
/// The keyed handles of what is itself a unique label and not clinical: compartments, resources by logical id, exact identifiers, submitters, request keys. 16 bytes under one key of the hub; whoever lacks the key learns equality and no more. Thread-safe.
/// </summary>
internal sealed class NationalTokens : IDisposable
{
    private readonly Prf _prf;

    public NationalTokens(IKeyVault vault)
    {
        using var root = vault.Derive("index/national");
        _prf = new Prf(root, "national 1");
    }

    public UInt128 Compartment(CompartmentKind kind, string name) => Tag("compartment"u8, [(byte)kind], Utf8(name, stackalloc byte[256]), default);

    public UInt128 Resource(string type, string id) => Tag("resource"u8, Utf8(type, stackalloc byte[64]), Utf8(id, stackalloc byte[256]), default);

    /// <summary>An exact identifier of a type; an absent system is the empty one, as in <c>identifier=|value</c>.</summary>
    public UInt128 Identifier(string type, string system, string value) =>
        Tag("identifier"u8, Utf8(type, stackalloc byte[64]), Utf8(system, stackalloc byte[256]), Utf8(value, stackalloc byte[256]));

    public UInt128 Identifier(IdentifierCondition condition) => Identifier(condition.Type, condition.System, condition.Value);

    public UInt128 Party(string name) => Tag("party"u8, Utf8(name, stackalloc byte[256]), default, default);

    public UInt128 Request(string requestKey) => Tag("request"u8, Utf8(requestKey, stackalloc byte[256]), default, default);

    public void Dispose() => _prf.Dispose();

    private static ReadOnlySpan<byte> Utf8(string text, Span<byte> scratch) =>
        Encoding.UTF8.GetMaxByteCount(text.Length) <= scratch.Length ? scratch[..Encoding.UTF8.GetBytes(text, scratch)] : Encoding.UTF8.GetBytes(text);

    private UInt128 Tag(ReadOnlySpan<byte> what, ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c)
    {
        Span<byte> tag = stackalloc byte[Prf.ShortTag];
        _prf.Tag(tag, what, a, b, c);
        return BinaryPrimitives.ReadUInt128BigEndian(tag);
    }
}

/// <summary>
/// Blind tokens inside one compartment, 31 bits under a key derived from the compartment's own data key: the same diagnosis of two patients has two tokens, and both die with their keys. Not for two threads at once.
/// </summary>
internal sealed class CompartmentTokens : IDisposable
{
    private readonly Prf _prf;

    public CompartmentTokens(DataKey key)
    {
        _prf = new Prf(key, "compartment index 1", pooledMax: 1);
    }

    /// <summary>The token of a parameter's value on a type; for the type itself both are empty.</summary>
    public int Of(string type, string parameter, string value)
    {
        Span<byte> tag = stackalloc byte[Prf.ShortTag];
        Span<byte> typeBytes = stackalloc byte[64];
        Span<byte> parameterBytes = stackalloc byte[128];
        Span<byte> scratch = stackalloc byte[256];
        var valueBytes = Encoding.UTF8.GetMaxByteCount(value.Length) <= scratch.Length ? scratch[..Encoding.UTF8.GetBytes(value, scratch)] : Encoding.UTF8.GetBytes(value);
        _prf.Tag(tag, typeBytes[..Encoding.UTF8.GetBytes(type, typeBytes)], parameterBytes[..Encoding.UTF8.GetBytes(parameter, parameterBytes)], valueBytes);
        return (int)(BinaryPrimitives.ReadUInt32BigEndian(tag) >> 1);
    }

    public void Dispose() => _prf.Dispose();
}
