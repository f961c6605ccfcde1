using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Validation;

/// <summary>One walk over one resource: structure and cardinality. Values are looked at in <see cref="ValueChecks"/>. Kept for the next one on the same thread, so that a valid resource costs next to no memory.</summary>
internal sealed class ValidationRun
{
    private readonly List<Issue> _issues = [];
    private int _issuesMax;
    private Utf8Table<string>? _extensions;

    /// <summary>Where the walk is.</summary>
    public Place Place { get; } = new();

    /// <summary>The resource that is being looked at, with those it contains.</summary>
    public Container Container { get; private set; } = null!;

    /// <summary>True once as many issues were found as are reported.</summary>
    private bool IsFull => _issues.Count >= _issuesMax;

    /// <summary>True when the resource has an extension whose definition is held.</summary>
    public bool HasHeldExtension { get; private set; }

    public ImmutableArray<Issue> Validate(FhirResource resource, int issuesMax, string? path, Utf8Table<string>? extensions = null)
    {
        (_extensions, HasHeldExtension) = (extensions, false);
        _issues.Clear();
        _issuesMax = issuesMax;
        Place.Start(path ?? resource.Type);
        Resource(resource.Type, resource.Root);
        return [.. _issues];
    }

    /// <summary>Notes whether the definition of an extension is held.</summary>
    public void See(JsonElement extension)
    {
        if (_extensions is not null && !HasHeldExtension && extension.TryGetProperty("url"u8, out var url) && url.ValueKind == JsonValueKind.String)
        {
            HasHeldExtension = _extensions.TryGet(JsonUnescape.Text(url), out _);
        }
    }

    /// <summary>Reports an error at the current place, or at a child of it.</summary>
    public void Error(string type, string code, string diagnostics, string? child = null)
    {
        if (!IsFull)
        {
            _issues.Add(Issue.Error(type, code, diagnostics, Place.Expression(child)));
        }
    }

    /// <summary>A resource that stands for itself: the submitted one, or one inside a Bundle or Parameters.</summary>
    private void Resource(string type, JsonElement root)
    {
        var outer = Container;
        Container = new Container(type, root);
        Members(root, SchemaCatalog.Resource(type), null);
        if (!IsFull && Container.Unreferred() is >= 0 and var index)
        {
            Error("invariant", "dom-3", "Nothing refers to a contained resource, nor does it refer to its container.", $"contained[{index}]");
        }

        Container = outer;
    }

    /// <summary>The members of an object. <paramref name="via"/> is the element that it is the value of; null for a resource.</summary>
    private void Members(JsonElement owner, TypeTable type, ElementRule? via)
    {
        var seen = 0UL;
        var isEmpty = true;
        foreach (var member in owner.EnumerateObject())
        {
            if (IsFull)
            {
                return;
            }

            var name = JsonMarshal.GetRawUtf8PropertyName(member);
            if (!type.Members.TryGet(name, out var rule))
            {
                isEmpty = false;
                Unknown(type, name);
                continue;
            }

            var bit = 1UL << rule.Index;
            if (rule.IsChoice && (seen & bit) != 0 && HasTwoOf(owner, type, rule))
            {
                Error("structure", "choice-twice", $"Only one type of {rule.Element}[x] may be given.", rule.Element);
            }

            seen |= bit;
            isEmpty &= rule.Element == "id";
            Place.Enter(rule.Element);
            Member(owner, member.Value, rule, type, via);
            Place.Leave();
        }

        if (isEmpty && !type.IsResource)
        {
            Error("invariant", "ele-1", "The element has neither a value nor children.");
        }
        else
        {
            Finish(owner, type, seen);
        }
    }

    /// <summary>What can be said once all members were seen.</summary>
    private void Finish(JsonElement owner, TypeTable type, ulong seen)
    {
        for (var missing = type.Required & ~seen; missing != 0; missing &= missing - 1)
        {
            var name = type.Elements[BitOperations.TrailingZeroCount(missing)];
            Error("required", "element-missing", $"{type.Name}.{name} is required.", name);
        }

        foreach (var rule in type.Presence)
        {
            if (!rule.Holds(seen))
            {
                Error("invariant", rule.Key, rule.Sentence);
            }
        }

        type.Values?.Invoke(owner, seen, this);
    }

    private void Unknown(TypeTable type, ReadOnlySpan<byte> name)
    {
        if (!type.IsResource || !name.SequenceEqual("resourceType"u8))
        {
            var shown = JsonFrame.Printable(name);
            Error("structure", "element-unknown", $"{type.Name} has no element '{shown}'.", shown);
        }
    }

    /// <summary>True when the object has members of two types of a choice: for faults and for a primitive with its companion only.</summary>
    private static bool HasTwoOf(JsonElement owner, TypeTable type, ElementRule rule)
    {
        var first = rule.IsCompanion ? rule.Partner : rule.Name;
        foreach (var member in owner.EnumerateObject())
        {
            if (type.Members.TryGet(JsonMarshal.GetRawUtf8PropertyName(member), out var other) && other.Index == rule.Index && (other.IsCompanion ? other.Partner : other.Name) != first)
            {
                return true;
            }
        }

        return false;
    }

    private void Member(JsonElement owner, JsonElement value, ElementRule rule, TypeTable type, ElementRule? via)
    {
        if (!rule.IsArray)
        {
            if (value.ValueKind == JsonValueKind.Array)
            {
                Error("structure", "element-is-array", $"{type.Name}.{rule.Element} occurs at most once and is no array.");
            }
            else if (rule.IsCompanion)
            {
                Companion(value, hasPrimitive: owner.TryGetProperty(rule.Partner!, out _));
            }
            else
            {
                Item(value, rule, type, via, 0);
            }
        }
        else if (value.ValueKind != JsonValueKind.Array)
        {
            Error("structure", "element-not-array", $"{type.Name}.{rule.Element} may repeat and is an array, even of one.");
        }
        else if (value.GetArrayLength() == 0)
        {
            Error("structure", "element-empty", "An array is never empty.");
        }
        else if (rule.IsCompanion)
        {
            Companions(value, owner.TryGetProperty(rule.Partner!, out var primitives) ? primitives : default);
        }
        else
        {
            Items(value, rule, type, via, owner);
        }
    }

    private void Items(JsonElement array, ElementRule rule, TypeTable type, ElementRule? via, JsonElement owner)
    {
        var index = 0;
        var mayBeNull = false;
        foreach (var item in array.EnumerateArray())
        {
            if (IsFull)
            {
                return;
            }

            Place.At(index);
            if (item.ValueKind == JsonValueKind.Null && rule.Partner is not null)
            {
                // Whether the null has its companion is seen from there, in one walk over both arrays.
                mayBeNull = mayBeNull || owner.TryGetProperty(rule.Partner, out _);
                if (!mayBeNull)
                {
                    Error("structure", "element-null", "A null in an array stands for a value that has only an id or extensions.");
                }
            }
            else
            {
                Item(item, rule, type, via, index);
            }

            index++;
        }
    }

    /// <summary>The array of ids and extensions of an array of primitives; each position has a value or an extension.</summary>
    private void Companions(JsonElement array, JsonElement primitives)
    {
        var hasPrimitives = primitives.ValueKind == JsonValueKind.Array;
        if (hasPrimitives && primitives.GetArrayLength() != array.GetArrayLength())
        {
            Error("structure", "companion-length", "The arrays of a primitive and of its ids and extensions differ in length.");
            return;
        }

        var primitive = hasPrimitives ? primitives.EnumerateArray() : default;
        var index = 0;
        foreach (var item in array.EnumerateArray())
        {
            if (IsFull)
            {
                return;
            }

            var hasPrimitive = hasPrimitives && primitive.MoveNext() && primitive.Current.ValueKind != JsonValueKind.Null;
            Place.At(index++);
            if (item.ValueKind != JsonValueKind.Null)
            {
                Companion(item, hasPrimitive);
            }
            else if (!hasPrimitive)
            {
                Error("structure", "element-null", "The position has neither a value nor an id or extensions.");
            }
        }
    }

    private void Companion(JsonElement value, bool hasPrimitive)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Error("structure", "element-json-type", "The id and extensions of a primitive are an object.");
            return;
        }

        var hasExtension = false;
        var count = 0;
        foreach (var member in value.EnumerateObject())
        {
            count++;
            hasExtension |= member.NameEquals("extension"u8);
        }

        if (count == 0 || (!hasExtension && !hasPrimitive))
        {
            Error("invariant", "ele-1", "The element has neither a value nor an extension.");
            return;
        }

        CompanionMembers(value);
    }

    private void CompanionMembers(JsonElement value)
    {
        foreach (var member in value.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(member);
            if (!SchemaCatalog.Companion.Members.TryGet(name, out var rule))
            {
                Unknown(SchemaCatalog.Companion, name);
                continue;
            }

            Place.Enter(rule.Element);
            Member(value, member.Value, rule, SchemaCatalog.Companion, null);
            Place.Leave();
        }
    }

    private void Item(JsonElement value, ElementRule rule, TypeTable type, ElementRule? via, int index)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            Error("structure", "element-null", "null stands only in arrays of primitives.");
        }
        else if (rule.Primitive != PrimitiveKind.None)
        {
            ValueChecks.Primitive(this, value, rule, type, via);
        }
        else if (value.ValueKind != JsonValueKind.Object)
        {
            Error("structure", "element-json-type", $"{type.Name}.{rule.Element} is an object.");
        }
        else if (rule.IsResource)
        {
            Nested(value, rule, index);
        }
        else
        {
            Members(value, rule.Type, rule);
            if (rule.Codes is not null)
            {
                ValueChecks.Concept(this, value, rule);
            }
        }
    }

    private void Nested(JsonElement value, ElementRule rule, int index)
    {
        if (!value.TryGetProperty("resourceType"u8, out var name) || name.ValueKind != JsonValueKind.String)
        {
            Error("required", "resource-type-missing", "The resource does not say its resourceType.");
            return;
        }

        var type = name.GetString()!;
        if (!ResourceTypes.IsKnown(type))
        {
            Error("structure", "resource-type-unknown", $"The resourceType '{JsonFrame.Printable(Encoding.UTF8.GetBytes(type))}' is none of FHIR R4's.");
        }
        else if (rule.Element != "contained")
        {
            Resource(type, value);
        }
        else if (Container.Current >= 0)
        {
            Error("invariant", "dom-2", "A contained resource contains no other.");
        }
        else
        {
            Container.Current = index;
            ValueChecks.Contained(this, value, index);
            Members(value, SchemaCatalog.Resource(type), null);
            Container.Current = -1;
        }
    }
}
