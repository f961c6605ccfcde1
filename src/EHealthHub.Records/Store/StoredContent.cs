using EHealthHub.Fhir.Search;
using EHealthHub.Records.Sealing;

namespace EHealthHub.Records.Store;

/// <summary>
/// Content that lies beside a version, in sealed chunks. A version that was read holds one, which <see cref="ContentStore.Open"/> opens; an upload that is complete gives one, which the commit that names it makes visible.
/// </summary>
public sealed class StoredContent
{
    private readonly (CompartmentKind Kind, string Name)? _place;

    internal StoredContent(ContentDescriptor descriptor, UInt128 compartment, long compartmentKey, (CompartmentKind Kind, string Name)? place = null)
    {
        Descriptor = descriptor;
        Compartment = compartment;
        CompartmentKey = compartmentKey;
        _place = place;
    }

    /// <summary>Bytes of the content.</summary>
    public long Length => Descriptor.Length;

    /// <summary>Whether content that was just received may go into a compartment: the one that it was received for.</summary>
    public bool LiesIn(CompartmentKind kind, string name) => _place is { } place && place.Kind == kind && string.Equals(place.Name, name, StringComparison.Ordinal);

    internal ContentDescriptor Descriptor { get; }

    /// <summary>Handle of the compartment whose data key it is sealed under.</summary>
    internal UInt128 Compartment { get; }

    /// <summary>Key of that compartment; 0 where it was not in the database yet.</summary>
    internal long CompartmentKey { get; }
}
