using System.Collections.Immutable;
using EHealthHub.Access.Labels;

namespace EHealthHub.Access.Consent;

/// <summary>How the data that a provision names are meant (consent-data-meaning).</summary>
public enum DataMeaning
{
    /// <summary>The resource itself.</summary>
    Instance = 1,

    /// <summary>The resource and what belongs to it.</summary>
    Related = 2,

    /// <summary>What somebody wrote.</summary>
    AuthoredBy = 3,
}

/// <summary>Data that a provision names.</summary>
/// <param name="Meaning">How.</param>
/// <param name="Reference">Literal reference, <c>Type/id</c>.</param>
public readonly record struct ConsentData(DataMeaning Meaning, string Reference);

/// <summary>Whom a provision names.</summary>
public enum ActorKind
{
    /// <summary>A registered institution, and everybody who acts for it.</summary>
    Institution = 1,

    /// <summary>A registered clinician, at whatever institution.</summary>
    Clinician = 2,

    /// <summary>A citizen who acts for the patient, by national id.</summary>
    Citizen = 3,

    /// <summary>Somebody whom the hub cannot tell from others: a denial holds against everybody then, a permission for nobody.</summary>
    NotUnderstood = 4,

    /// <summary>Somebody who cannot ask here: a device, a care team. The rule is about nobody who speaks.</summary>
    Nobody = 5,
}

/// <summary>An actor as the registry knows it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Registered id, or national id of a citizen; empty for the other kinds.</param>
public readonly record struct ConsentActor(ActorKind Kind, string Id);

/// <summary>One provision with everything that it holds from its parents. An empty array is no restriction.</summary>
public sealed record ConsentRule
{
    /// <summary>True to permit, false to deny.</summary>
    public required bool Permits { get; init; }

    /// <summary>0 for the root, 1 for an exception, 2 for an exception to that.</summary>
    public required int Depth { get; init; }

    /// <summary>True where it has something that is not understood here: it permits nothing then, and denies whatever else about it matches.</summary>
    public bool HasUnknown { get; init; }

    /// <summary>In force from, inclusive.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>In force until, exclusive.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Whom it is about.</summary>
    public ImmutableArray<ConsentActor> Actors { get; init; } = [];

    /// <summary>Purposes of use (v3-ActReason).</summary>
    public ImmutableArray<string> Purposes { get; init; } = [];

    /// <summary>Resource types (<c>class</c>).</summary>
    public ImmutableArray<string> Types { get; init; } = [];

    /// <summary>Content, each as <c>system|code</c> (<c>code</c>).</summary>
    public ImmutableArray<string> Codes { get; init; } = [];

    /// <summary>Data named one by one.</summary>
    public ImmutableArray<ConsentData> Data { get; init; } = [];

    /// <summary>Care from, inclusive (<c>dataPeriod</c>).</summary>
    public DateTimeOffset? DataFrom { get; init; }

    /// <summary>Care until, exclusive.</summary>
    public DateTimeOffset? DataUntil { get; init; }

    /// <summary>Sensitivities that it names.</summary>
    public Sensitivities Sensitivities { get; init; }

    /// <summary>The highest confidentiality that it permits, or the lowest that it denies.</summary>
    public Confidentiality? Confidentiality { get; init; }
}
