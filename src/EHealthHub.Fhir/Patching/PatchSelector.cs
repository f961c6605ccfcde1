using System.Globalization;
using System.Text;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Patching;

/// <summary>Finds the elements that a path selects, led by the tables of R4's types.</summary>
internal sealed class PatchSelector(PatchNode root, TypeTable type, PatchLimits limits)
{
    private int _visits;

    /// <summary>Why the last path could not be followed: an element that R4 does not have there, or too many. Null when it could.</summary>
    public string? Problem { get; private set; }

    /// <summary>Counts elements that are looked at outside of a path. False when they are too many.</summary>
    public bool TryVisit(int count)
    {
        _visits = (int)Math.Min(int.MaxValue, (long)_visits + count);
        if (_visits > limits.VisitsMax)
        {
            Problem ??= $"The operations of the patch look at more than {limits.VisitsMax} elements.";
        }

        return Problem is null;
    }

    /// <summary>The elements, in the order of the resource; none where <see cref="Problem"/> says why.</summary>
    public List<PatchPlace> Select(PatchPath path)
    {
        Problem = null;
        return Follow([new PatchPlace(root, type, null, 0)], path.Steps);
    }

    private List<PatchPlace> Follow(List<PatchPlace> places, IReadOnlyList<PatchStep> steps)
    {
        foreach (var step in steps)
        {
            places = step.Kind switch
            {
                PatchStepKind.Name => Children(places, step.Text),
                PatchStepKind.At => step.Index < places.Count && places.Count > 0 ? [places[step.Index < 0 ? ^1 : step.Index]] : [],
                PatchStepKind.OfType => places.FindAll(p => TypeName(p) == step.Text),
                _ => places.FindAll(p => Holds(p, step)),
            };
            if (places.Count > limits.SelectedMax)
            {
                Problem ??= $"The path selects more than {limits.SelectedMax} elements.";
            }

            if (Problem is not null)
            {
                return [];
            }
        }

        return places;
    }

    private List<PatchPlace> Children(List<PatchPlace> places, string name)
    {
        var result = new List<PatchPlace>();
        foreach (var place in places)
        {
            if (!TryVisit(1))
            {
                return [];
            }

            var owner = place.Children(out var ownerType);
            if (ownerType is not null && !ownerType.Elements.Contains(name))
            {
                Problem ??= $"{ownerType.Name} has no element '{Reading.JsonFrame.Printable(Encoding.UTF8.GetBytes(name))}'.";
                return [];
            }

            if (owner is not null && ownerType is not null && PatchSlot.Present(owner, ownerType, name) is { } rule)
            {
                var count = PatchSlot.Count(owner, rule);
                for (var i = 0; i < count && result.Count <= limits.SelectedMax; i++)
                {
                    result.Add(new PatchPlace(owner, ownerType, rule, i));
                }
            }
        }

        return result;
    }

    /// <summary>An equation holds, as in FHIRPath, for exactly one value on the left that is the one on the right.</summary>
    private bool Holds(PatchPlace place, PatchStep step)
    {
        if (Problem is not null)
        {
            return false;
        }

        var found = Follow([place], step.Operand!);
        if (found.Count != 1 || found[0].Value is not { } value || value.IsObject || value.IsArray)
        {
            return false;
        }

        return value.Text() is { } text ? step.IsString && text == step.Value
            : !step.IsString && (Encoding.UTF8.GetString(value.Scalar) == step.Value
                || (decimal.TryParse(step.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var right) && decimal.TryParse(Encoding.UTF8.GetString(value.Scalar), NumberStyles.Float, CultureInfo.InvariantCulture, out var left) && left == right));
    }

    private static string? TypeName(PatchPlace place) => place.Rule switch
    {
        null => place.OwnerType.Name,
        { IsResource: true } => place.Value?.Get("resourceType")?.Text(),
        { Primitive: PrimitiveKind.None } rule => rule.Type.Name,
        { } rule => PrimitiveKinds.Name(rule.Primitive),
    };
}
