using System.Collections.Immutable;
using EHealthHub.Fhir.Terminology;

namespace EHealthHub.Access.Labels;

/// <summary>What has to be changed in a resource's labels before it is stored; by default nothing.</summary>
/// <param name="Add">Labels that it must have and has not.</param>
/// <param name="Confidentiality">The one code of confidentiality that stays where it has several; null where they are left alone.</param>
public readonly record struct LabelChange(ImmutableArray<SecurityLabel> Add, string? Confidentiality)
{
    /// <summary>True where the labels can stay as they are.</summary>
    public bool IsEmpty => Add.IsDefaultOrEmpty && Confidentiality is null;

    /// <summary>True for a label that gives way to a stricter one.</summary>
    public bool Drops(string? system, string? code) => Confidentiality is not null && system == ResourceLabels.ConfidentialitySystem && code != Confidentiality;
}

/// <summary>
/// Merges the labels that a submitter wrote with those that the rules assign, those of what the resource speaks of, and those that it had before. Labels of sensitivity and of confidentiality only grow; of confidentiality the highest
/// stays. What a submitter adds is kept. Pure.
/// </summary>
public static class LabelMerge
{
    /// <summary>True for a label that nobody but the registry's authority takes away.</summary>
    public static bool IsKept(SecurityLabel label) =>
        label.System == ResourceLabels.SensitivitySystem || (label.System == ResourceLabels.ConfidentialitySystem && ResourceLabels.ConfidentialityOf(label.Code) > Confidentiality.Normal);

    /// <summary>
    /// The change that makes <paramref name="written"/> what it must be. <paramref name="before"/>: labels of the version that is replaced, of which those that <see cref="IsKept"/> names stay; empty where the caller may take them away.
    /// </summary>
    public static LabelChange Of(IReadOnlyCollection<SecurityLabel> written, IEnumerable<SecurityLabel> assigned, IEnumerable<SecurityLabel> before)
    {
        var add = assigned.Concat(before.Where(IsKept)).Distinct().Where(l => !written.Contains(l)).ToList();
        var levels = written.Concat(add).Where(l => l.System == ResourceLabels.ConfidentialitySystem && ResourceLabels.ConfidentialityOf(l.Code) is not null).Select(l => l.Code).Distinct(StringComparer.Ordinal).ToList();
        if (add.Count == 0)
        {
            return new LabelChange([], null);
        }

        var highest = levels.MaxBy(c => ResourceLabels.ConfidentialityOf(c));
        add.RemoveAll(l => l.System == ResourceLabels.ConfidentialitySystem && l.Code != highest);
        var change = new LabelChange([.. add], levels.Count > 1 ? highest : null);
        return change.Add.IsEmpty && !written.Any(l => change.Drops(l.System, l.Code)) ? new LabelChange([], null) : change;
    }
}
