using EHealthHub.Fhir.Search;

namespace EHealthHub.Records.Store;

/// <summary>Where a version lies and who brought it, never what it says: enough to decide and to write the audit entry. Holds the sealed version, still closed.</summary>
public sealed class ResourceLocation
{
    /// <summary>Resource type, as asked.</summary>
    public required string Type { get; init; }

    /// <summary>Logical id, as asked.</summary>
    public required string Id { get; init; }

    /// <summary>Kind of compartment.</summary>
    public required CompartmentKind Compartment { get; init; }

    /// <summary>Logical id of the patient (patient compartment) or registered id of the institution (institution compartment); empty for the directory.</summary>
    public required string CompartmentName { get; init; }

    /// <summary>The version.</summary>
    public required int Version { get; init; }

    /// <summary>True when this version is a deletion.</summary>
    public required bool Deleted { get; init; }

    /// <summary>Time of the version.</summary>
    public required DateTimeOffset LastUpdated { get; init; }

    /// <summary>The registered institution that submitted this version.</summary>
    public required string Submitter { get; init; }

    internal long CompartmentKey { get; init; }

    internal long Slot { get; init; }

    internal int Epoch { get; init; }

    internal ReadOnlyMemory<byte> SealedBody { get; init; }

    internal ReadOnlyMemory<byte> PreviousHash { get; init; }

    internal ReadOnlyMemory<byte> EnvelopeHash { get; init; }

    internal ReadOnlyMemory<byte> SealedFacts { get; init; }

    /// <summary>Adds what identifies this version to a hash: its names, its place and the hash of its sealed body.</summary>
    internal void AddTo(AskHash hash)
    {
        hash.Add(Type);
        hash.Add(Id);
        hash.Add((int)Compartment);
        hash.Add(CompartmentName);
        hash.Add(Version);
        hash.Add(Deleted ? 1 : 0);
        hash.Add(CompartmentKey);
        hash.Add(Slot);
        hash.Add(EnvelopeHash.Span);
    }
}

/// <summary>An opened version.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Version">Version.</param>
/// <param name="Deleted">True for a deletion; then there is no JSON.</param>
/// <param name="LastUpdated">Time.</param>
/// <param name="Json">Stored bytes.</param>
public sealed record RecordVersion(string Type, string Id, int Version, bool Deleted, DateTimeOffset LastUpdated, ReadOnlyMemory<byte> Json);
