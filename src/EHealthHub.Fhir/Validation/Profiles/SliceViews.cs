namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>What a profile says about an element of a slice, from all sides: the slice's own nodes, and those of the definition that its type must satisfy. Followed step by step along a discriminator's path.</summary>
internal static class SliceViews
{
    private static readonly Discriminator ByUrl = new("value", [new DiscriminatorStep(StepKind.Element, "url")]);
    private static readonly Discriminator ByType = new("type", []);

    /// <summary>How the slices of a node are told apart: as said; extensions by their URL and choices by their type where nothing is said (R4 5.1.0.12). Null where nothing tells.</summary>
    public static ProfileSlicing? Slicing(ProfileNode node)
    {
        var said = node.Slicing;
        if (said is not null && !said.Discriminators.IsEmpty)
        {
            return said;
        }

        var rules = said?.Rules ?? "open";
        return node.Name is "extension" or "modifierExtension" ? new ProfileSlicing([ByUrl], rules, said?.IsOrdered ?? false)
            : node.Rules is [{ IsChoice: true }, ..] ? new ProfileSlicing([ByType], rules, false)
            : null;
    }

    /// <summary>The node with the root of the one definition that its type must satisfy.</summary>
    public static IEnumerable<ProfileNode> Of(ProfileNode node, ProfileCatalog catalog) =>
        node.Types is [{ Profiles: [var url] }] && catalog.Find(url) is { } profile ? [node, profile.Root] : [node];

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

    /// <summary>True where the node says something by which values differ.</summary>
    public static bool Constrains(ProfileNode node) =>
        node.Values.Count > 0 || node.Min > 0 || node.Bindings.Exists(b => b.Strength == "required") || node.Types?.Any(t => t.Profiles.Length > 0) == true || node.Children.Exists(Constrains);
}
