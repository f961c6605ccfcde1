namespace EHealthHub.Fhir.Patching;

/// <summary>What one step of a path does with what was selected so far.</summary>
internal enum PatchStepKind
{
    /// <summary>Goes to the children of this name.</summary>
    Name,

    /// <summary>Keeps the one at this place; -1 for the last.</summary>
    At,

    /// <summary>Keeps those of this type.</summary>
    OfType,

    /// <summary>Keeps those for which an equation holds.</summary>
    Where,
}

/// <summary>One step of a path.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Text">The name or type.</param>
/// <param name="Index">The place for <see cref="PatchStepKind.At"/>.</param>
/// <param name="Operand">Left side of an equation: steps from the element, none for the element itself.</param>
/// <param name="Value">Right side of an equation, as its text.</param>
/// <param name="IsString">True when the right side was quoted.</param>
internal sealed record PatchStep(PatchStepKind Kind, string Text = "", int Index = 0, IReadOnlyList<PatchStep>? Operand = null, string? Value = null, bool IsString = false);

/// <summary>
/// The part of FHIRPath in which R4's patches name a place: names, indexes, <c>first()</c>, <c>last()</c>, <c>where(path = literal)</c> with <c>and</c>, <c>ofType()</c>, <c>as()</c> and <c>extension()</c>. Each step looks at each element once, so a path costs its length times the resource at most.
/// </summary>
/// <param name="Steps">The steps, without the name of the resource type at the beginning.</param>
internal sealed record PatchPath(IReadOnlyList<PatchStep> Steps)
{
    /// <summary>The path of a list splits into that of its owner and the name of the list; null where the last step is no name.</summary>
    public (PatchPath Owner, string Name)? Collection => Steps is [.., { Kind: PatchStepKind.Name } last] ? (new PatchPath([.. Steps.Take(Steps.Count - 1)]), last.Text) : null;

    /// <summary>Null for what is not of this grammar.</summary>
    public static PatchPath? Parse(string text, string resourceType, int lengthMax)
    {
        if (text.Length > lengthMax || new PatchPathParser(text).Path() is not { } steps)
        {
            return null;
        }

        // A resource's own type, or one that it is a kind of, may stand at the beginning.
        return steps is [{ Kind: PatchStepKind.Name } root, ..] && (root.Text == resourceType || root.Text is "Resource" or "DomainResource") ? new PatchPath([.. steps.Skip(1)]) : new PatchPath(steps);
    }
}
