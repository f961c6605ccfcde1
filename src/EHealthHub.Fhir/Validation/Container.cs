using System.Text.Json;

namespace EHealthHub.Fhir.Validation;

/// <summary>A resource with those that it contains: their ids and types, and which of them were referred to (R4 dom-2 to dom-5, ref-1).</summary>
internal sealed class Container
{
    private readonly string _type;
    private readonly Dictionary<string, int>? _byId;
    private readonly List<Inner>? _inner;

    public Container(string type, JsonElement root)
    {
        _type = type;
        if (root.TryGetProperty("contained"u8, out var contained) && contained.ValueKind == JsonValueKind.Array)
        {
            _byId = new Dictionary<string, int>(StringComparer.Ordinal);
            _inner = [];
            foreach (var item in contained.EnumerateArray())
            {
                var id = Text(item, "id"u8);
                _inner.Add(new Inner { Type = Text(item, "resourceType"u8), HasOwnId = id is not null && _byId.TryAdd(id, _inner.Count) });
            }
        }
    }

    /// <summary>The contained resource that is being looked at; -1 in the outer one.</summary>
    public int Current { get; set; } = -1;

    /// <summary>
    /// Looks up the contained resource of a <c>#id</c> and notes that it was referred to. An empty id is the container itself, by which a contained resource refers to it. False when there is none; <paramref name="type"/> is null where it does not say.
    /// </summary>
    public bool Refer(string id, out string? type)
    {
        type = _type;
        if (id.Length == 0)
        {
            if (Current >= 0)
            {
                _inner![Current].Referred = true;
            }

            return true;
        }

        if (_byId is null || !_byId.TryGetValue(id, out var index))
        {
            return false;
        }

        _inner![index].Referred = true;
        type = _inner[index].Type;
        return true;
    }

    /// <summary>False when the contained resource has no id, or one that another before it has.</summary>
    public bool HasOwnId(int index) => _inner![index].HasOwnId;

    /// <summary>The first contained resource that nothing refers to and that does not refer to its container; -1 when there is none (dom-3).</summary>
    public int Unreferred() => _inner?.FindIndex(i => !i.Referred) ?? -1;

    private static string? Text(JsonElement owner, ReadOnlySpan<byte> name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private sealed class Inner
    {
        public string? Type { get; init; }

        public bool HasOwnId { get; init; }

        public bool Referred { get; set; }
    }
}
