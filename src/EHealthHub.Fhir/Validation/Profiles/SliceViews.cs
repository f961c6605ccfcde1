namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>What a profile says about an element of a slice, from all sides: the slice's own nodes, and those of the definition that its type must satisfy. Followed step by step along a discriminator's path.</summary>
internal static class SliceViews
{
    private static readonly Discriminator ByUrl = new("value", [new DiscriminatorStep(StepKind.Element, "url")]);
    private static readonly Discriminator ByType = new("type", []);

    /// <summary>How the slices of a node are told apart: as said; extensions by their URL and choices by their type where nothing is said (R4 5.1.0.12). Null where nothing tells, as for slices of a slice that says nothing.</summary>
    public static ProfileSlicing? Slicing(ProfileNode node)
    {
        var said = node.Slicing;
        if (said is not null && !said.Discriminators.IsEmpty)
        {
            return said;
        }

        var rules = said?.Rules ?? "open";
        return node.Unsliced is not null ? null
            : node.Name is "extension" or "modifierExtension" ? new ProfileSlicing([ByUrl], rules, said?.IsOrdered ?? false)
            : node.Rules is [{ IsChoice: true }, ..] ? new ProfileSlicing([ByType], rules, false)
            : null;
    }

    /// <summary>The node with the root of the one definition that its type must satisfy; of a slice of a slice with what is asked of the outer one.</summary>
    public static IEnumerable<ProfileNode> Of(ProfileNode node, ProfileCatalog catalog)
    {
        IEnumerable<ProfileNode> own = node.Types is [{ Profiles: [var url] }] && catalog.Find(url) is { } profile ? [node, profile.Root] : [node];
        return node.Unsliced is { Unsliced: not null } outer ? own.Concat(Of(outer, catalog)) : own;
    }

    /// <summary>The views one step further; none where the profile says nothing there.</summary>
    public static List<ProfileNode> Next(List<ProfileNode> views, DiscriminatorStep step, ProfileCatalog catalog) => step.Kind switch
    {
        StepKind.Element => [.. views.Select(v => v.Child(step.Name)).OfType<ProfileNode>().SelectMany(c => Of(c, catalog))],
        StepKind.OfType => [.. views, .. views.SelectMany(v => v.Slices).Where(s => s.Node.Types is [{ Code: var code }] && code == step.Name).SelectMany(s => Of(s.Node, catalog))],
        StepKind.Extension => [.. views.Select(v => v.Child("extension")).OfType<ProfileNode>().SelectMany(e => e.Slices).Where(s => Url(s.Node) == step.Name).SelectMany(s => Of(s.Node, catalog))],
        _ => views,
    };

    /// <summary>The URL that an extension slice has.</summary>
    public static string? Url(ProfileNode slice) =>
        slice.Types is [{ Profiles: [var url] }] ? url : slice.Child("url")?.Values is [var (value, _), ..] ? value.GetString() : null;

    /// <summary>True where the views of a slice say what the discriminator asks for from <paramref name="at"/> on. One that says nothing takes any value there.</summary>
    public static bool Tells(List<ProfileNode> views, Discriminator discriminator, int at, ProfileCatalog catalog)
    {
        if (discriminator.Type is "value" or "pattern" && views.Exists(v => v.Values.Count > 0))
        {
            return true;
        }

        if (at < discriminator.Path.Length)
        {
            var next = Next(views, discriminator.Path[at], catalog);
            return next.Count > 0 && (discriminator.Path[at].Kind == StepKind.Resolve ? next.Exists(v => v.Types?.Any(t => t.Targets.Length > 0) == true) : Tells(next, discriminator, at + 1, catalog));
        }

        return discriminator.Type switch
        {
            "exists" => views.Exists(v => v.Min > 0 || v.Max == 0),
            "type" or "profile" => views.Exists(v => v.Types?.Length > 0),
            _ => views.Exists(Constrains),
        };
    }

    /// <summary>True for a slice that names what may come, any number of it, and asks no more than its type.</summary>
    public static bool AsksNothing(ProfileNode slice) =>
        slice is { Min: 0, Max: int.MaxValue, MaxLength: null, MinValue: null, MaxValue: null } && slice.Values.Count + slice.Bindings.Count + slice.Constraints.Count + slice.Slices.Count + slice.Children.Count == 0;

    /// <summary>True where the node says something by which values differ.</summary>
    public static bool Constrains(ProfileNode node) =>
        node.Values.Count > 0 || node.Min > 0 || node.Bindings.Exists(b => b.Strength == "required") || node.Types?.Any(t => t.Profiles.Length > 0) == true || node.Children.Exists(Constrains);
}
