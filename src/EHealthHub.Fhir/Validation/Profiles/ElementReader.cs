using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace EHealthHub.Fhir.Validation.Profiles;

/// <summary>Lays one ElementDefinition (R4 2.28) over a <see cref="ProfileNode"/>: what it says narrows what the node had.</summary>
internal static class ElementReader
{
    private static readonly HashSet<string> Passed = new(StringComparer.Ordinal)
    {
        // Words for people, and what R4's own metadata says already.
        "id", "path", "sliceName", "short", "label", "definition", "comment", "requirements", "alias", "code", "example", "mapping", "base", "isSummary", "isModifier", "isModifierReason", "representation", "meaningWhenMissing", "orderMeaning",
        "condition", "extension", "contentReference", "defaultValueString", "sliceIsConstraining",
    };

    public static void Apply(JsonElement element, ProfileNode node, bool isSnapshot, ProfileSource source, Refusals refusals)
    {
        foreach (var member in element.EnumerateObject())
        {
            switch (member.Name)
            {
                case "min":
                    node.Min = Math.Max(node.Min, member.Value.GetInt32());
                    break;
                case "max":
                    node.Max = Math.Min(node.Max, Max(member.Value, node, refusals));
                    break;
                case "type":
                    node.Types = Types(member.Value, node, source, refusals);
                    break;
                case "slicing":
                    node.Slicing = Slicing(member.Value, node, refusals);
                    break;
                case "binding":
                    Bind(member.Value, node, isSnapshot, source, refusals);
                    break;
                case "constraint":
                    Constraints(member.Value, node, refusals);
                    break;
                case "mustSupport":
                    node.MustSupport |= member.Value.ValueKind == JsonValueKind.True;
                    break;
                case "maxLength":
                    node.MaxLength = Math.Min(node.MaxLength ?? int.MaxValue, member.Value.GetInt32());
                    break;
                case var name when name.StartsWith("pattern", StringComparison.Ordinal):
                    Value(node, member.Value, isExact: false);
                    break;
                case var name when name.StartsWith("fixed", StringComparison.Ordinal):
                    Value(node, member.Value, isExact: true);
                    break;
                case var name when name.StartsWith("minValue", StringComparison.Ordinal):
                    node.MinValue = Bound(member, node, refusals);
                    break;
                case var name when name.StartsWith("maxValue", StringComparison.Ordinal):
                    node.MaxValue = Bound(member, node, refusals);
                    break;
                case var name when !Passed.Contains(name) && !name.StartsWith('_'):
                    refusals.Add(node.Id, $"uses '{name}', which is not served.");
                    break;
                default:
                    break;
            }
        }
    }

    private static int Max(JsonElement max, ProfileNode node, Refusals refusals)
    {
        if (max.ValueEquals("*"u8))
        {
            return int.MaxValue;
        }

        if (int.TryParse(max.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        refusals.Add(node.Id, "has a max that is neither a number nor *.");
        return int.MaxValue;
    }

    private static void Value(ProfileNode node, JsonElement value, bool isExact)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value).ToArray();
        if (!node.Values.Exists(v => v.IsExact == isExact && JsonMarshal.GetRawUtf8Value(v.Value).SequenceEqual(raw)))
        {
            node.Values.Add((value, isExact));
        }
    }

    private static ProfileBound? Bound(JsonProperty member, ProfileNode node, Refusals refusals)
    {
        // A bound of another type (a Quantity for a date means a distance from today) is none that a value could be compared with.
        var type = member.Name[8..];
        if (node.Rules.Any(r => r.TypeName.Equals(type, StringComparison.OrdinalIgnoreCase)) && (member.Value.ValueKind is JsonValueKind.Number or JsonValueKind.String || type == "Quantity"))
        {
            return new ProfileBound(member.Value, type);
        }

        refusals.Add(node.Id, $"uses '{member.Name}', which is not served.");
        return null;
    }

    private static ImmutableArray<ProfileType> Types(JsonElement types, ProfileNode node, ProfileSource source, Refusals refusals)
    {
        var read = ImmutableArray.CreateBuilder<ProfileType>();
        foreach (var type in types.EnumerateArray())
        {
            var code = type.Text("code"u8) ?? "";
            if (code.StartsWith("http://hl7.org/fhirpath/", StringComparison.Ordinal))
            {
                continue;
            }

            foreach (var member in type.EnumerateObject().Where(m => m.Name is not ("code" or "profile" or "targetProfile" or "extension" or "aggregation" or "versioning") && !m.Name.StartsWith('_')))
            {
                refusals.Add(node.Id, $"uses 'type.{member.Name}', which is not served.");
            }

            var profiles = Named(type, "profile"u8).Where(url => !source.IsCore(url, out _)).ToImmutableArray();
            foreach (var url in profiles.Where(url => !source.IsHeld(url)))
            {
                refusals.Add(node.Id, $"rests on {url}, which the hub does not hold.");
            }

            read.Add(code is "Reference" ? Reference(type, profiles, node, source, refusals) : new ProfileType(code, profiles, []));
        }

        return read.ToImmutable();
    }

    private static ProfileType Reference(JsonElement type, ImmutableArray<string> profiles, ProfileNode node, ProfileSource source, Refusals refusals)
    {
        var targets = new List<string>();
        var isAny = false;
        foreach (var url in Named(type, "targetProfile"u8))
        {
            if (source.TypeOf(url) is { } target)
            {
                isAny |= target is "Resource" or "DomainResource";
                targets.Add(target);
            }
            else
            {
                refusals.Add(node.Id, $"refers to {url}, which the hub does not hold.");
            }
        }

        return new ProfileType("Reference", profiles, isAny ? [] : [.. targets.Distinct()]) { Aggregation = [.. Named(type, "aggregation"u8)], Versioning = type.Text("versioning"u8) is "specific" or "independent" ? type.Text("versioning"u8) : null };
    }

    private static IEnumerable<string> Named(JsonElement type, ReadOnlySpan<byte> name) =>
        type.Items(name).Where(u => u.ValueKind == JsonValueKind.String).Select(u => u.GetString()!.Split('|')[0]);

    private static void Constraints(JsonElement constraints, ProfileNode node, Refusals refusals)
    {
        foreach (var item in constraints.EnumerateArray())
        {
            // A snapshot repeats R4's own rules at every element; those are checked everywhere.
            if (item.Text("source"u8) is { } origin && ProfileSource.IsCoreUrl(origin))
            {
                continue;
            }

            var key = item.Text("key"u8) ?? "";
            if (item.Text("expression"u8) is not { } expression)
            {
                refusals.Add(node.Id, $"has the rule {key} without FHIRPath.");
            }
            else if (!node.Constraints.Exists(c => c.Key == key && c.Expression == expression))
            {
                node.Constraints.Add(new ProfileConstraint(key, item.Is("severity"u8, "warning") ? "warning" : "error", item.Text("human"u8) ?? key, expression));
            }
        }
    }

    private static void Bind(JsonElement binding, ProfileNode node, bool isSnapshot, ProfileSource source, Refusals refusals)
    {
        var strength = binding.Text("strength"u8) ?? "example";
        if (strength == "example" || binding.Text("valueSet"u8) is not { } canonical)
        {
            return;
        }

        if (source.Decides(canonical))
        {
            node.Bindings.Add(new ProfileBinding(strength, canonical));
        }
        else if (strength == "required" && !source.IsNative(canonical.Split('|')[0], node, isSnapshot))
        {
            refusals.Add(node.Id, $"is bound to {canonical}, whose codes the hub does not hold.");
        }
    }

    private static ProfileSlicing? Slicing(JsonElement slicing, ProfileNode node, Refusals refusals)
    {
        var discriminators = ImmutableArray.CreateBuilder<Discriminator>();
        foreach (var item in slicing.Items("discriminator"u8))
        {
            var type = item.Text("type"u8) ?? "";
            if (type is not ("value" or "pattern" or "exists" or "type" or "profile") || Steps(item.Text("path"u8) ?? "$this") is not { } steps)
            {
                refusals.Add(node.Id, $"is sliced by {type} of '{item.Text("path"u8)}', which is not served.");
                return null;
            }

            discriminators.Add(new Discriminator(type, steps));
        }

        return new ProfileSlicing(discriminators.ToImmutable(), slicing.Text("rules"u8) ?? "open", slicing.IsTrue("ordered"u8));
    }

    private static ImmutableArray<DiscriminatorStep>? Steps(string path)
    {
        var steps = ImmutableArray.CreateBuilder<DiscriminatorStep>();
        while (path.Length > 0)
        {
            var end = path.StartsWith("extension(", StringComparison.Ordinal) ? path.IndexOf(')', StringComparison.Ordinal) + 1 : path.IndexOf('.', StringComparison.Ordinal);
            var word = end <= 0 ? path : path[..end];
            path = end <= 0 ? "" : path[end..].TrimStart('.');
            if (word == "$this")
            {
                continue;
            }

            DiscriminatorStep? step = word switch
            {
                "resolve()" => new DiscriminatorStep(StepKind.Resolve, ""),
                _ when word.StartsWith("ofType(", StringComparison.Ordinal) && word.EndsWith(')') => new DiscriminatorStep(StepKind.OfType, word[7..^1]),
                _ when word.StartsWith("extension(", StringComparison.Ordinal) && word.EndsWith(')') => new DiscriminatorStep(StepKind.Extension, word[10..^1].Trim('\'', '"')),
                _ when word.All(char.IsAsciiLetterOrDigit) => new DiscriminatorStep(StepKind.Element, word),
                _ => null,
            };
            if (step is null)
            {
                return null;
            }

            steps.Add(step);
        }

        return steps.ToImmutable();
    }
}
