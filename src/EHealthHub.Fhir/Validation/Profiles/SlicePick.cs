namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>Tells which slice each occurrence of an element belongs to, and whether they stand as the slicing says (R4 5.1.0.12).</summary>
internal sealed class SlicePick(ProfileRun run, ProfileCatalog catalog, Place place)
{
    /// <summary>The slice of each occurrence; null for one that belongs to none.</summary>
    public ProfileNode?[] Slices(ProfileNode node, List<Occurrence> occurrences)
    {
        var slicing = SliceViews.Slicing(node)!;
        var picked = new ProfileNode?[occurrences.Count];
        var (last, hasLoose) = (-1, false);
        for (var i = 0; i < occurrences.Count && run.Step(); i++)
        {
            if (occurrences[i].Index >= 0)
            {
                place.At(occurrences[i].Index);
            }

            var at = First(node, slicing, occurrences[i]);
            if (at < 0)
            {
                hasLoose = true;
                if (slicing.Rules == "closed")
                {
                    run.Report("error", "business-rule", "profile-slice-closed", $"{node.Id} is none of the slices that the profile allows.");
                }

                continue;
            }

            picked[i] = node.Slices[at].Node;
            if ((hasLoose && slicing.Rules == "openAtEnd") || (slicing.IsOrdered && at < last))
            {
                run.Report("error", "business-rule", "profile-slice-order", $"{picked[i]!.Id} does not stand in the order that the profile asks for.");
            }

            last = at;
        }

        return picked;
    }

    private static bool? And(bool? left, bool? right) => left is null ? right : right is null ? left : left.Value && right.Value;

    /// <summary>The first slice that the occurrence belongs to. Slices exclude each other; one that belongs to two is reported.</summary>
    private int First(ProfileNode node, ProfileSlicing slicing, in Occurrence occurrence)
    {
        var first = -1;
        for (var s = 0; s < node.Slices.Count && run.Step(); s++)
        {
            var slice = node.Slices[s].Node;
            if (!Belongs(slice, slicing, occurrence))
            {
                continue;
            }

            if (first >= 0)
            {
                if (SliceViews.AsksNothing(slice) && SliceViews.AsksNothing(node.Slices[first].Node))
                {
                    continue;
                }

                run.Report("error", "business-rule", "profile-slice-twice", $"{node.Id} is both the slice {node.Slices[first].Name} and the slice {node.Slices[s].Name}.");
                break;
            }

            first = s;
        }

        return first;
    }

    private bool Belongs(ProfileNode slice, ProfileSlicing slicing, in Occurrence occurrence)
    {
        List<ProfileNode> views = [.. SliceViews.Of(slice, catalog)];
        foreach (var discriminator in slicing.Discriminators)
        {
            // Of several discriminators a slice may leave some open.
            if (slicing.Discriminators.Length > 1 && !SliceViews.Tells(views, discriminator, 0, catalog))
            {
                continue;
            }

            var agrees = discriminator.Type switch
            {
                "exists" => Exists(views, occurrence, discriminator.Path, 0),
                "type" => OfType(views, occurrence, discriminator.Path, 0),
                "profile" => OfProfile(views, occurrence, discriminator.Path, 0),
                _ => Value(views, occurrence, discriminator.Path, 0) == true,
            };
            if (!agrees)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Null where the profile says nothing along the path.</summary>
    private bool? Value(List<ProfileNode> views, Occurrence occurrence, IReadOnlyList<DiscriminatorStep> path, int at)
    {
        if (!run.Step())
        {
            return false;
        }

        bool? here = null;
        foreach (var view in views)
        {
            if (view.Values.Count > 0)
            {
                here = And(here, view.Values.TrueForAll(v => v.IsExact ? Pattern.IsSame(occurrence.Value, v.Value) : Pattern.Contains(occurrence.Value, v.Value)));
            }
            else if (at == path.Count && SliceViews.Constrains(view))
            {
                here = And(here, run.Silently(view, occurrence));
            }
        }

        if (at == path.Count || here == false)
        {
            return here;
        }

        var next = SliceViews.Next(views, path[at], catalog);
        if (next.Count == 0)
        {
            return here;
        }

        bool? below = null;
        foreach (var inner in Enter(occurrence, path[at]))
        {
            var agrees = Value(next, inner, path, at + 1);
            below = below == true ? below : agrees ?? below;
        }

        Leave(path[at]);

        // What is not there has no value.
        return And(here, below ?? false);
    }

    private bool Exists(List<ProfileNode> views, Occurrence occurrence, IReadOnlyList<DiscriminatorStep> path, int at)
    {
        var next = SliceViews.Next(views, path[at], catalog);
        var inner = Step(occurrence, path[at]);
        return at < path.Count - 1
            ? inner.Exists(i => Exists(next, i, path, at + 1))
            : next.TrueForAll(n => inner.Count >= Math.Min(n.Min, 1) && (n.Max > 0 || inner.Count == 0));
    }

    private bool OfType(List<ProfileNode> views, Occurrence occurrence, IReadOnlyList<DiscriminatorStep> path, int at)
    {
        if (at < path.Count && path[at].Kind != StepKind.Resolve)
        {
            var next = SliceViews.Next(views, path[at], catalog);
            return Step(occurrence, path[at]).Exists(i => OfType(next, i, path, at + 1));
        }

        var isTarget = at < path.Count;
        var type = isTarget ? run.Targets.TypeOf(occurrence.Value) : occurrence.TypeName;
        return type is not null && views.Exists(v => v.Types?.Any(t => isTarget ? t.Targets.Contains(type) : t.Code == type) == true);
    }

    private bool OfProfile(List<ProfileNode> views, Occurrence occurrence, IReadOnlyList<DiscriminatorStep> path, int at)
    {
        if (at < path.Count && path[at].Kind == StepKind.Resolve)
        {
            return OfType(views, occurrence, path, at);
        }

        if (at < path.Count)
        {
            var next = SliceViews.Next(views, path[at], catalog);
            var isThere = Enter(occurrence, path[at]).Any(i => OfProfile(next, i, path, at + 1));
            Leave(path[at]);
            return isThere;
        }

        var fitting = views.SelectMany(v => v.Types ?? []).Where(t => t.Code == occurrence.TypeName).ToList();
        return fitting.Exists(t => t.Profiles.IsEmpty) || fitting.SelectMany(t => t.Profiles).Select(catalog.Find).OfType<Profile>().Any(p => run.Satisfies(p, occurrence));
    }

    /// <summary>The occurrences one step further, each with the place at it: rules of a profile are evaluated there. To be followed by <see cref="Leave"/>.</summary>
    private IEnumerable<Occurrence> Enter(Occurrence occurrence, DiscriminatorStep step)
    {
        if (step.Kind is StepKind.Element or StepKind.Extension)
        {
            place.Enter(step.Kind == StepKind.Element ? step.Name : "extension");
        }

        return Each(Step(occurrence, step), step.Kind is StepKind.Element or StepKind.Extension);
    }

    private IEnumerable<Occurrence> Each(List<Occurrence> occurrences, bool isBelow)
    {
        foreach (var inner in occurrences)
        {
            if (isBelow)
            {
                place.At(inner.Index);
            }

            yield return inner;
        }
    }

    private void Leave(DiscriminatorStep step)
    {
        if (step.Kind is StepKind.Element or StepKind.Extension)
        {
            place.Leave();
        }
    }

    private static List<Occurrence> Step(in Occurrence occurrence, DiscriminatorStep step)
    {
        switch (step.Kind)
        {
            case StepKind.Element:
                return Occurrence.Of(occurrence.Inside, occurrence.Table, step.Name);
            case StepKind.OfType:
                return occurrence.TypeName == step.Name ? [occurrence] : [];
            case StepKind.Extension:
                return Occurrence.Of(occurrence.Inside, occurrence.Table, "extension").FindAll(e => e.Value.Is("url"u8, step.Name));
            default:
                return [];
        }
    }
}
