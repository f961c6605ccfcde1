using System.Collections.Immutable;
using System.Text.Json;
using Hl7.FhirPath;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>
/// What a profile and its bases ask of one element, or of one slice of it. Filled while the definitions are read, one differential over the other, and not changed afterwards.
/// </summary>
internal sealed class ProfileNode(string name, string id, ElementRule[] rules, ProfileNode? unsliced = null)
{
    /// <summary>R4's rules of the element, one for each type of a choice; none for the root.</summary>
    public ElementRule[] Rules { get; } = rules;

    /// <summary>Of a slice: the element that it is a slice of.</summary>
    public ProfileNode? Unsliced { get; } = unsliced;

    /// <summary>The element's name in its type, without <c>[x]</c>.</summary>
    public string Name { get; } = name;

    /// <summary>The id that names it in issues, for example <c>Patient.identifier:tckn.value</c>.</summary>
    public string Id { get; } = id;

    /// <summary>Least occurrences below each parent, or of the slice.</summary>
    public int Min { get; set; }

    /// <summary>Most occurrences.</summary>
    public int Max { get; set; } = int.MaxValue;

    /// <summary>The values that every occurrence must be (fixed[x]) or contain (pattern[x]).</summary>
    public List<(JsonElement Value, bool IsExact)> Values { get; } = [];

    /// <summary>The value sets that it is bound to; the strictest that each level of the profile says.</summary>
    public List<ProfileBinding> Bindings { get; } = [];

    /// <summary>The types it may have; null for those of R4.</summary>
    public ImmutableArray<ProfileType>? Types { get; set; }

    /// <summary>FHIRPath rules on every occurrence.</summary>
    public List<ProfileConstraint> Constraints { get; } = [];

    /// <summary>True where systems that claim the profile must be able to handle the element (reported as information).</summary>
    public bool MustSupport { get; set; }

    /// <summary>Most characters of a string; null for no bound.</summary>
    public int? MaxLength { get; set; }

    /// <summary>Least value; null for none.</summary>
    public ProfileBound? MinValue { get; set; }

    /// <summary>Greatest value; null for none.</summary>
    public ProfileBound? MaxValue { get; set; }

    /// <summary>How its occurrences are told apart; null where they are not.</summary>
    public ProfileSlicing? Slicing { get; set; }

    /// <summary>The slices by name, in the order of their definition.</summary>
    public List<(string Name, ProfileNode Node)> Slices { get; } = [];

    /// <summary>What is asked of the elements below it.</summary>
    public List<ProfileNode> Children { get; } = [];

    /// <summary>The child of this name; null where nothing is asked of it.</summary>
    public ProfileNode? Child(string name) => Children.Find(c => c.Name == name);

    /// <summary>The slice of this name.</summary>
    public ProfileNode? Slice(string name) => Slices.Find(s => s.Name == name).Node;
}

/// <summary>A least or greatest value.</summary>
/// <param name="Value">The value.</param>
/// <param name="Type">R4's name of its type, as <c>minValue[x]</c> has it; values of other types of a choice are not bound.</param>
internal sealed record ProfileBound(JsonElement Value, string Type);

/// <summary>A binding of a profile.</summary>
/// <param name="Strength">required, extensible or preferred.</param>
/// <param name="ValueSet">Canonical of the value set, which is held and decides every code.</param>
internal sealed record ProfileBinding(string Strength, string ValueSet);

/// <summary>A type that an element may have.</summary>
/// <param name="Code">R4's name.</param>
/// <param name="Profiles">URLs of held definitions, one of which the value must satisfy; empty for any value of the type.</param>
/// <param name="Targets">Of a Reference: the resource types that it may name; empty for any.</param>
internal sealed record ProfileType(string Code, ImmutableArray<string> Profiles, ImmutableArray<string> Targets)
{
    /// <summary>Of a Reference: where its target may be (contained, bundled, referenced); empty for anywhere.</summary>
    public ImmutableArray<string> Aggregation { get; init; } = [];

    /// <summary>Of a Reference: <c>specific</c> where it names a version, <c>independent</c> where it names none; null for either.</summary>
    public string? Versioning { get; init; }
}

/// <summary>How slices are told apart.</summary>
/// <param name="Discriminators">All must agree for an element to be of a slice.</param>
/// <param name="Rules">open, closed or openAtEnd.</param>
/// <param name="IsOrdered">True where slices stand in the order of their definition.</param>
internal sealed record ProfileSlicing(ImmutableArray<Discriminator> Discriminators, string Rules, bool IsOrdered);

/// <summary>One way to tell slices apart.</summary>
/// <param name="Type">value, pattern, exists, type or profile.</param>
/// <param name="Path">Steps from the element; none for the element itself.</param>
internal sealed record Discriminator(string Type, ImmutableArray<DiscriminatorStep> Path);

/// <summary>One step of a discriminator's path.</summary>
/// <param name="Kind">Whether it goes to an element, keeps one type, goes to an extension, or to the resource that a Reference names.</param>
/// <param name="Name">The element, the type, or the URL of the extension.</param>
internal sealed record DiscriminatorStep(StepKind Kind, string Name);

/// <summary>Kinds of steps.</summary>
internal enum StepKind
{
    Element,
    OfType,
    Extension,
    Resolve,
}

/// <summary>A FHIRPath rule on an element.</summary>
/// <param name="Key">Its key, for example <c>tr-pat-1</c>.</param>
/// <param name="Severity">error or warning.</param>
/// <param name="Human">What it says.</param>
/// <param name="Expression">FHIRPath.</param>
internal sealed record ProfileConstraint(string Key, string Severity, string Human, string Expression)
{
    private readonly Lazy<CompiledExpression> _compiled = new(() => RuleCompiler.Compile(Expression));

    /// <summary>True where nothing is asked of a resolved resource but its type.</summary>
    public bool IsTypeEnough { get; } = RuleCompiler.AsksTypeAlone(Expression);

    /// <summary>True for a rule of R4 itself, which is reported by its key alone.</summary>
    public bool IsOfR4 { get; init; }

    /// <summary>The code that a broken rule is reported by.</summary>
    public string IssueCode => IsOfR4 ? Key : "profile-" + Key;

    /// <summary>The expression, compiled once, when first needed: the SDK's engine takes its time to start.</summary>
    public CompiledExpression Compiled => _compiled.Value;
}
