namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>Looks through a compiled profile, once all are there, for what could not be decided: slices that nothing tells apart, rules that are not served. Such a profile is not taken.</summary>
/// <param name="catalog">All that is held.</param>
/// <param name="limits">Bounds.</param>
/// <param name="areRulesNew">False for definitions that were looked at before, or that the tests look at: compiling rules starts the SDK's engine.</param>
/// <param name="refusals">What was found.</param>
internal sealed class ProfileLink(ProfileCatalog catalog, ProfileLimits limits, bool areRulesNew, Refusals refusals)
{
    private int _rules;

    public void Check(ProfileNode node)
    {
        if (node.Min > node.Max)
        {
            refusals.Add(node.Id, "must occur more often than it may.");
        }

        foreach (var rule in node.Constraints)
        {
            if (++_rules > limits.ConstraintsMax || rule.Expression.Length > limits.ConstraintLengthMax)
            {
                refusals.Add(node.Id, $"has more than {limits.ConstraintsMax} rules, or one longer than {limits.ConstraintLengthMax} characters.");
                return;
            }

            if (areRulesNew && RuleCompiler.Refuse(rule.Expression) is { } fault)
            {
                refusals.Add(node.Id, $"{fault} ({rule.Key})");
            }
        }

        if (node.Slices.Count > 0)
        {
            Slices(node);
        }

        foreach (var inner in node.Children.Concat(node.Slices.Select(s => s.Node)))
        {
            Check(inner);
        }
    }

    private void Slices(ProfileNode node)
    {
        if (SliceViews.Slicing(node) is not { } slicing)
        {
            refusals.Add(node.Id, "has slices and does not say how they are told apart.");
            return;
        }

        foreach (var discriminator in slicing.Discriminators)
        {
            if (discriminator.Path.Any(s => s.Kind == StepKind.Resolve) && (discriminator.Type is not ("type" or "profile") || discriminator.Path[^1].Kind != StepKind.Resolve))
            {
                refusals.Add(node.Id, $"is sliced by a {discriminator.Type} of another resource, which is not served.");
                continue;
            }

            foreach (var (_, slice) in node.Slices)
            {
                if (!Tells([.. SliceViews.Of(slice, catalog)], discriminator, 0))
                {
                    refusals.Add(slice.Id, $"does not say the {discriminator.Type} that tells the slice from others.");
                }
            }

            if (discriminator is { Type: "profile", Path: [.., { Kind: StepKind.Resolve }] })
            {
                Targets(node, discriminator);
            }
        }
    }

    private bool Tells(List<ProfileNode> views, Discriminator discriminator, int at)
    {
        if (discriminator.Type is "value" or "pattern" && views.Exists(v => v.Values.Count > 0))
        {
            return true;
        }

        if (at < discriminator.Path.Length)
        {
            var next = SliceViews.Next(views, discriminator.Path[at], catalog);
            return next.Count > 0 && (discriminator.Path[at].Kind == StepKind.Resolve ? next.Exists(v => v.Types?.Any(t => t.Targets.Length > 0) == true) : Tells(next, discriminator, at + 1));
        }

        return discriminator.Type switch
        {
            "exists" => views.Exists(v => v.Min > 0 || v.Max == 0),
            "type" or "profile" => views.Exists(v => v.Types?.Length > 0),
            _ => views.Exists(SliceViews.Constrains),
        };
    }

    /// <summary>A target is elsewhere as a rule, so that only its type is known: slices of one type each can be told apart, others not.</summary>
    private void Targets(ProfileNode node, Discriminator discriminator)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, slice) in node.Slices)
        {
            List<ProfileNode> views = [.. SliceViews.Of(slice, catalog)];
            foreach (var step in discriminator.Path[..^1])
            {
                views = SliceViews.Next(views, step, catalog);
            }

            if (views.SelectMany(v => v.Types ?? []).SelectMany(t => t.Targets).Distinct().Any(t => !taken.Add(t)))
            {
                refusals.Add(slice.Id, "is told from another slice by the profile of a resource that is elsewhere, which cannot be decided.");
            }
        }
    }
}
