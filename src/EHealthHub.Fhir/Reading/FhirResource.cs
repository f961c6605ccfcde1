using System.Buffers;
using System.Text.Json;

namespace EHealthHub.Fhir.Reading;

/// <summary>
/// One resource as it was accepted: its JSON with insignificant whitespace removed and every other byte kept. Immutable; owns pooled memory, so dispose it.
/// A resource inside a Bundle is a view on the Bundle and lives as long as that.
/// </summary>
public sealed class FhirResource : IDisposable
{
    private readonly JsonDocument? _owner;
    private byte[]? _pooled;

    /// <summary>A resource that owns its document.</summary>
    public FhirResource(string type, JsonDocument owner)
        : this(type, owner.RootElement)
    {
        _owner = owner;
    }

    /// <summary>A resource whose document stands in an array rented from the shared pool.</summary>
    internal FhirResource(string type, JsonDocument owner, byte[] pooled)
        : this(type, owner) => _pooled = pooled;

    /// <summary>A view on a resource inside another message.</summary>
    public FhirResource(string type, JsonElement root)
    {
        Type = type;
        Root = root;
        Id = root.TryGetProperty("id"u8, out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;
    }

    /// <summary>The <c>resourceType</c>, one of R4's.</summary>
    public string Type { get; }

    /// <summary>The logical id in the body, if there is one.</summary>
    public string? Id { get; }

    /// <summary>The JSON object. No duplicate keys, depth and size within the limits, valid UTF-8, no whitespace between tokens.</summary>
    public JsonElement Root { get; }

    /// <summary>Gives the memory back, cleared: the next user of the pool must not find a patient in it. Nothing that was read from <see cref="Root"/> as bytes may be used afterwards.</summary>
    public void Dispose()
    {
        _owner?.Dispose();
        if (Interlocked.Exchange(ref _pooled, null) is { } buffer)
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
