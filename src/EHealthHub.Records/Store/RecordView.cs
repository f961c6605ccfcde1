using EHealthHub.Fhir.Search;

namespace EHealthHub.Records.Store;

/// <summary>What a caller may know of one resource.</summary>
public enum Sight
{
    /// <summary>All of it.</summary>
    See = 0,

    /// <summary>That it is there: type and id. Nothing else of it is matched, put in order, followed or opened.</summary>
    Mask = 1,

    /// <summary>Nothing: it does not exist.</summary>
    Hide = 2,
}

/// <summary>One version of a resource, as far as it has to be known in order to say who may know of it. Lives as long as the question.</summary>
/// <param name="compartment">Kind of compartment.</param>
/// <param name="compartmentName">As <see cref="ResourceLocation.CompartmentName"/>.</param>
/// <param name="submitter">The registered institution, or person, that submitted the version.</param>
/// <param name="facts">Its facts as <see cref="SearchFacts.Encode"/> wrote them.</param>
public readonly ref struct SightedVersion(CompartmentKind compartment, string compartmentName, string submitter, ReadOnlySpan<byte> facts)
{
    /// <summary>Kind of compartment.</summary>
    public CompartmentKind Compartment { get; } = compartment;

    /// <summary>As <see cref="ResourceLocation.CompartmentName"/>.</summary>
    public string CompartmentName { get; } = compartmentName;

    /// <summary>The registered institution, or person, that submitted the version.</summary>
    public string Submitter { get; } = submitter;

    /// <summary>Its facts as <see cref="SearchFacts.Encode"/> wrote them.</summary>
    public ReadOnlySpan<byte> Facts { get; } = facts;
}

/// <summary>Says what a caller may know of a version. Pure, and quick: it is asked of every candidate.</summary>
public delegate Sight SightRule(in SightedVersion version);

/// <summary>
/// What a caller may know of the resources of a search or of a located one: asked before anything else looks at them, so that what is hidden is in no total, order, chain, include or condition. The store knows no policy; Exchange makes the view of one.
/// </summary>
public sealed class RecordView
{
    private readonly SightRule? _rule;

    /// <summary>A view that the rule decides.</summary>
    public RecordView(SightRule rule) => _rule = rule;

    private RecordView()
    {
    }

    /// <summary>Nothing is kept from the caller.</summary>
    public static RecordView Everything { get; } = new();

    /// <summary>True where something may be hidden or masked; else no rule is asked.</summary>
    public bool Restricts => _rule is not null;

    /// <summary>What the caller may know.</summary>
    public Sight Of(in SightedVersion version) => _rule is null ? Sight.See : _rule(version);

    /// <summary>The same, but that what is masked is hidden too: for conditions, whose answers tell the version of what they find.</summary>
    public RecordView OfWhatIsSeen() => _rule is { } rule ? new RecordView((in version) => rule(version) == Sight.See ? Sight.See : Sight.Hide) : this;

    internal Sight Of(CompartmentInfo compartment, string submitter, ReadOnlySpan<byte> facts) => Of(new SightedVersion(compartment.Kind, compartment.Name, submitter, facts));
}
