namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>Looks through a compiled profile, once all are there, for what could not be decided: slices that nothing tells apart, rules that are not served. Such a profile is not taken.</summary>
/// <param name="catalog">All that is held.</param>
/// <param name="limits">Bounds.</param>
/// <param name="areRulesNew">False for definitions that were looked at before, or that the tests look at: compiling rules starts the SDK's engine.</param>
/// <param name="refusals">What was found.</param>
internal sealed class ProfileLink(ProfileCatalog catalog, ProfileLimits limits, bool areRulesNew, Refusals refusals)
{
    private int _rules;

    public void Check(Profile profile)
    {
        Check(profile.Root);
        foreach (var expression in profile.ContextRules.Select(r => r.Expression).Concat(profile.Contexts.Where(c => c.Type == "fhirpath").Select(c => c.Expression)))
        {
            var fault = expression.Length > limits.ConstraintLengthMax ? $"has a rule longer than {limits.ConstraintLengthMax} characters." : areRulesNew ? RuleCompiler.Refuse(expression, catalog) : null;
            if (fault is not null)
            {
                refusals.Add("the context", fault);
            }
        }
    }

    private void Check(ProfileNode node)
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

            if (areRulesNew && RuleCompiler.Refuse(rule.Expression, catalog) is { } fault)
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
            // Slices of a slice that nothing tells apart, and of which there may be any number, name what may come and ask nothing.
            if (node.Unsliced is not null && node.Slices.TrueForAll(s => s.Node is { Min: 0, Max: int.MaxValue }))
            {
                return;
            }

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

            if (discriminator is { Type: "profile", Path: [.., { Kind: StepKind.Resolve }] })
            {
                Targets(node, discriminator);
            }
        }

        foreach (var (_, slice) in node.Slices)
        {
            List<ProfileNode> views = [.. SliceViews.Of(slice, catalog)];
            if (!slicing.Discriminators.Any(d => SliceViews.Tells(views, d, 0, catalog)))
            {
                refusals.Add(slice.Id, $"does not say the {string.Join(" or ", slicing.Discriminators.Select(d => d.Type).Distinct())} that tells the slice from others.");
            }
        }
    }

    /// <summary>A target is elsewhere as a rule, so that only its type is known: slices of one type each can be told apart, others not.</summary>
    private void Targets(ProfileNode node, Discriminator discriminator)
    {
        var taken = new Dictionary<string, ProfileNode>(StringComparer.Ordinal);
        foreach (var (_, slice) in node.Slices)
        {
            List<ProfileNode> views = [.. SliceViews.Of(slice, catalog)];
            foreach (var step in discriminator.Path[..^1])
            {
                views = SliceViews.Next(views, step, catalog);
            }

            // Of slices that ask nothing but the type it does not matter which one a reference belongs to.
            if (views.SelectMany(v => v.Types ?? []).SelectMany(t => t.Targets).Distinct().Any(t => !taken.TryAdd(t, slice) && !(SliceViews.AsksNothing(slice) && SliceViews.AsksNothing(taken[t]))))
            {
                refusals.Add(slice.Id, "is told from another slice by the profile of a resource that is elsewhere, which cannot be decided.");
            }
        }
    }
}
