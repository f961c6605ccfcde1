using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Patching;

/// <summary>One element that a path selected.</summary>
/// <param name="Owner">The object whose member it is; for the root, the resource itself.</param>
/// <param name="OwnerType">The type of the owner.</param>
/// <param name="Rule">The member; null for the root.</param>
/// <param name="Index">Its place among those of the member; 0 where there is one only.</param>
internal readonly record struct PatchPlace(PatchNode Owner, TypeTable OwnerType, ElementRule? Rule, int Index)
{
    /// <summary>The value in JSON; null for a primitive without one.</summary>
    public PatchNode? Value => Rule is null ? Owner : PatchSlot.Load(Owner, Rule, Index).Value;

    /// <summary>The object with the children, and its type; null for a primitive without id and extensions.</summary>
    public PatchNode? Children(out TypeTable? type)
    {
        if (Rule is null)
        {
            type = OwnerType;
            return Owner;
        }

        var (value, companion) = PatchSlot.Load(Owner, Rule, Index);
        if (Rule.Primitive != PrimitiveKind.None)
        {
            type = Rule.Partner is null ? null : SchemaCatalog.Companion;
            return companion;
        }

        type = !Rule.IsResource ? Rule.Type : value?.Get("resourceType")?.Text() is { } name && Reading.ResourceTypes.IsKnown(name) ? SchemaCatalog.Resource(name) : null;
        return value;
    }

    /// <summary>As above; a primitive gets the object where it has none.</summary>
    public PatchNode? OwnChildren(out TypeTable? type)
    {
        var children = Children(out type);
        if (children is not null || type is null)
        {
            return children;
        }

        var items = PatchSlot.Load(Owner, Rule!);
        children = PatchNode.NewObject();
        items[Index] = (items[Index].Value, children);
        PatchSlot.Store(Owner, Rule!, items);
        return children;
    }
}
