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

    /// <summary>True for a resource that is part of the hub itself and lies in no database: nobody writes it.</summary>
    public bool IsFixed => Fixed is not null;

    /// <summary>What <see cref="IsFixed"/> is served as; null for what is stored.</summary>
    internal ReadOnlyMemory<byte>? Fixed { get; init; }

    /// <summary>The row as it lies in the database, sealed. Without its body where the location comes from a search.</summary>
    internal VersionRow Row { get; init; } = null!;

    /// <summary>Handle of the compartment.</summary>
    internal UInt128 CompartmentHandle { get; init; }

    /// <summary>Logical id of the patient whose compartment it is, or null.</summary>
    internal string? Patient => Compartment == CompartmentKind.Patient ? CompartmentName : null;

    internal long CompartmentKey => Row.Key;

    internal int Slot => Row.Slot;

    /// <summary>The same version, with another reading of its row.</summary>
    internal ResourceLocation With(VersionRow row) => new()
    {
        Type = Type,
        Id = Id,
        Compartment = Compartment,
        CompartmentName = CompartmentName,
        Version = Version,
        Deleted = Deleted,
        LastUpdated = LastUpdated,
        Submitter = Submitter,
        Row = row,
        CompartmentHandle = CompartmentHandle,
    };

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
        hash.Add(Row.Hash);
    }
}

/// <summary>An opened version.</summary>
/// <param name="Type">Resource type.</param>
/// <param name="Id">Logical id.</param>
/// <param name="Version">Version.</param>
/// <param name="Deleted">True for a deletion; then there is no JSON.</param>
/// <param name="LastUpdated">Time.</param>
/// <param name="Json">Stored bytes.</param>
public sealed record RecordVersion(string Type, string Id, int Version, bool Deleted, DateTimeOffset LastUpdated, ReadOnlyMemory<byte> Json)
{
    /// <summary>True when an update made the resource with this version, under an id that was given, or brought it back after a deletion.</summary>
    public bool MadeByUpdate { get; init; }

    /// <summary>Content that lies beside the version, and of which the JSON says nothing; null for none.</summary>
    public StoredContent? Content { get; init; }
}
