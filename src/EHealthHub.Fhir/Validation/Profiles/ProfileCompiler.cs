using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>Compiles one StructureDefinition: the differentials of its bases and its own are laid over one another, outermost base first, on R4's class metadata. A snapshot is read where a base is not held.</summary>
internal sealed class ProfileCompiler(ProfileSource source, ProfileLimits limits)
{
    /// <summary>The compiled profile; null when something was refused.</summary>
    public Profile? Compile(JsonElement definition, Refusals refusals)
    {
        var url = definition.Text("url"u8)!;
        var type = definition.Text("type"u8) ?? "";
        if (Header(definition, type) is { } fault)
        {
            refusals.Add("the definition", fault);
            return null;
        }

        if (Chain(definition, type, refusals) is not { } chain)
        {
            return null;
        }

        var tree = new ProfileTree(type, limits, source, refusals);
        foreach (var (elements, isSnapshot) in chain)
        {
            tree.Lay(elements, isSnapshot);
        }

        return refusals.Any ? null : new Profile(url, definition.Text("version"u8), type, tree.Root, Contexts(definition)) { ContextRules = ContextRules(definition) };
    }

    private static string? Header(JsonElement definition, string type)
    {
        if (definition.Text("kind"u8) is not ("resource" or "complex-type"))
        {
            return "is neither of a resource nor of a complex type, which is not served.";
        }

        if (!definition.Is("derivation"u8, "constraint"))
        {
            return "defines a type of its own; profiles (derivation 'constraint') are served.";
        }

        return definition.Text("fhirVersion"u8) is { } version && !version.StartsWith("4.0", StringComparison.Ordinal) ? $"is of FHIR {version}; R4 is served."
            : !ResourceTypes.IsKnown(type) && !SchemaCatalog.IsDataType(type) ? $"is of the type '{type}', which R4 does not have."
            : null;
    }

    /// <summary>The elements to lay over one another, outermost base first.</summary>
    private List<(JsonElement Elements, bool IsSnapshot)>? Chain(JsonElement definition, string type, Refusals refusals)
    {
        var chain = new List<(JsonElement, bool)>();
        for (var at = definition; ; )
        {
            var hasDifferential = at.TryGetProperty("differential"u8, out var differential) && differential.Has("element"u8);
            var hasSnapshot = at.TryGetProperty("snapshot"u8, out var snapshot) && snapshot.Has("element"u8);
            var parent = at.Text("baseDefinition"u8)?.Split('|')[0] ?? "";
            var isCore = source.IsCore(parent, out var coreType);
            if (hasDifferential && isCore && coreType == type)
            {
                chain.Add((differential.GetProperty("element"u8), false));
                break;
            }

            if (hasDifferential && source.Definition(parent) is { } held && held.Is("type"u8, type))
            {
                chain.Add((differential.GetProperty("element"u8), false));
                at = held;
            }
            else if (hasSnapshot && at.Is("type"u8, type))
            {
                chain.Add((snapshot.GetProperty("element"u8), true));
                break;
            }
            else
            {
                refusals.Add("the definition", $"rests on {parent}, which the hub does not hold for {type}, and has no snapshot.");
                return null;
            }

            if (chain.Count >= limits.ChainMax)
            {
                refusals.Add("the definition", $"has more than {limits.ChainMax} bases, or is its own base.");
                return null;
            }
        }

        chain.Reverse();
        return chain;
    }

    private static ImmutableArray<ProfileConstraint> ContextRules(JsonElement definition) =>
        [.. definition.Items("contextInvariant"u8).Where(i => i.ValueKind == JsonValueKind.String).Select((i, at) => new ProfileConstraint($"context-{at + 1}", "error", $"The extension may stand only where this holds: {i.GetString()}", i.GetString()!))];

    private static ImmutableArray<ExtensionContext> Contexts(JsonElement definition)
    {
        var contexts = ImmutableArray.CreateBuilder<ExtensionContext>();
        foreach (var item in definition.Items("context"u8))
        {
            var (type, expression) = (item.Text("type"u8) ?? "", item.Text("expression"u8) ?? "");
            contexts.Add(new ExtensionContext(type, expression));
        }

        return contexts.ToImmutable();
    }
}
