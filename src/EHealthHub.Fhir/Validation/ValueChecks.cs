using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation;

/// <summary>Checks of single values: primitives, references, required concepts, narratives, and what a contained resource may not have.</summary>
internal static class ValueChecks
{
    public static void Primitive(ValidationRun run, JsonElement value, ElementRule rule, TypeTable type, ElementRule? via)
    {
        var fault = PrimitiveCheck.Check(value, rule);
        if (fault != PrimitiveFault.None)
        {
            Report(run, fault, rule, type);
            return;
        }

        switch (rule.Primitive)
        {
            case PrimitiveKind.Xhtml:
                Narrative(run, value);
                break;
            case PrimitiveKind.String when type.IsReference && rule.Name == "reference":
                Reference(run, value, via);
                break;
            case PrimitiveKind.Uri when type.IsReference && via?.Targets is { } targets:
                ReferenceType(run, value, targets);
                break;
            case PrimitiveKind.Uri or PrimitiveKind.Url or PrimitiveKind.Canonical when JsonMarshal.GetRawUtf8Value(value)[1] == (byte)'#':
                run.Container.Refer(value.GetString()![1..], out _);
                break;
            default:
                break;
        }
    }

    /// <summary>A required binding of a CodeableConcept: one of its codings is from the value set.</summary>
    public static void Concept(ValidationRun run, JsonElement concept, ElementRule rule)
    {
        if (concept.TryGetProperty("coding"u8, out var codings) && codings.ValueKind == JsonValueKind.Array)
        {
            foreach (var coding in codings.EnumerateArray())
            {
                if (coding.ValueKind == JsonValueKind.Object
                    && coding.TryGetProperty("code"u8, out var code) && code.ValueKind == JsonValueKind.String
                    && coding.TryGetProperty("system"u8, out var system) && system.ValueKind == JsonValueKind.String
                    && rule.Codes!.TryGet(JsonUnescape.Text(code), out var known) && system.ValueEquals(known))
                {
                    return;
                }
            }
        }

        run.Error("code-invalid", "code-not-in-value-set", $"No coding of {rule.Element} is in its required value set.");
    }

    /// <summary>Its own id, and nothing that only a resource of its own has (dom-4, dom-5).</summary>
    public static void Contained(ValidationRun run, JsonElement resource, int index)
    {
        if (!run.Container.HasOwnId(index))
        {
            run.Error("value", "contained-id", "A contained resource has an id, and none that another one has.", "id");
        }

        if (resource.TryGetProperty("meta"u8, out var meta) && meta.ValueKind == JsonValueKind.Object)
        {
            if (meta.TryGetProperty("versionId"u8, out _) || meta.TryGetProperty("lastUpdated"u8, out _))
            {
                run.Error("invariant", "dom-4", "A contained resource has no version and no time of its own.", "meta");
            }

            if (meta.TryGetProperty("security"u8, out _))
            {
                run.Error("invariant", "dom-5", "A contained resource has no security labels of its own.", "meta.security");
            }
        }
    }

    private static void Report(ValidationRun run, PrimitiveFault fault, ElementRule rule, TypeTable type)
    {
        var name = PrimitiveKinds.Name(rule.Primitive);
        switch (fault)
        {
            case PrimitiveFault.JsonType:
                run.Error("structure", "element-json-type", $"{type.Name}.{rule.Element} is a {name}, which has another JSON type.");
                break;
            case PrimitiveFault.Empty:
                run.Error("structure", "element-empty", "A string is never empty.");
                break;
            case PrimitiveFault.Range:
                run.Error("value", "primitive-range", $"The value is too large or too small for {name}.");
                break;
            case PrimitiveFault.Code:
                run.Error("code-invalid", "code-not-in-value-set", $"The code is not in the required value set of {type.Name}.{rule.Element}.");
                break;
            default:
                run.Error("value", "primitive-format", $"The value does not have the form of {name}.");
                break;
        }
    }

    private static void Narrative(ValidationRun run, JsonElement value)
    {
        if (NarrativeCheck.Run(JsonUnescape.Text(value)) is { } found)
        {
            run.Error(found.Code == "txt-2" ? "invariant" : "structure", found.Code, found.Text);
        }
    }

    private static void Reference(ValidationRun run, JsonElement value, ElementRule? via)
    {
        var text = JsonUnescape.Text(value);
        switch (ReferenceForms.Of(text, out var type))
        {
            case ReferenceForm.Malformed:
                run.Error("value", "reference-format", "The reference is neither Type/id, an absolute URI, nor #id.");
                break;
            case ReferenceForm.Local when !run.Container.Refer(Encoding.UTF8.GetString(text[1..]), out type):
                run.Error("invariant", "ref-1", "The local reference names no contained resource.");
                break;
            default:
                Target(run, type, via?.Targets);
                break;
        }
    }

    private static void ReferenceType(ValidationRun run, JsonElement value, Utf8Table<string> targets)
    {
        var name = value.GetString()!;
        if (ResourceTypes.IsKnown(name))
        {
            Target(run, name, targets);
        }
    }

    private static void Target(ValidationRun run, string? type, Utf8Table<string>? targets)
    {
        if (type is not null && targets is not null && !targets.Values.Contains(type))
        {
            run.Error("value", "reference-target", $"A {type} may not be referred to here; allowed are {string.Join(", ", targets.Values.Order(StringComparer.Ordinal))}.");
        }
    }
}
