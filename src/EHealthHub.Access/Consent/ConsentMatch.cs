using EHealthHub.Access.Labels;
using EHealthHub.Access.Policy;
using EHealthHub.Trust;

namespace EHealthHub.Access.Consent;

/// <summary>
/// How exactly a provision speaks of this caller and this resource: one bit for each respect in which it says something. A provision says more exactly what another says when it has every bit of the other and one more; two of which each says
/// something that the other does not cannot be compared, and then the denial holds.
/// </summary>
[Flags]
internal enum Exactness
{
    None = 0,
    Purpose = 1,
    Institution = 2,

    /// <summary>Always together with <see cref="Institution"/>: a person is more exact than the house.</summary>
    Clinician = 4,
    DataPeriod = 8,
    Type = 16,
    Code = 32,
    Label = 64,
    Context = 128,

    /// <summary>Always together with all about data: the very resource.</summary>
    Instance = 256,
    Who = Institution | Clinician,
    What = DataPeriod | Type | Code | Label | Context | Instance,
}

/// <summary>Does a provision speak of this caller, and of this resource? What is not known of a resource counts against it: a denial holds, a permission does not.</summary>
internal static class ConsentMatch
{
    /// <summary>True when the provision is in force and speaks of the caller and the purpose; tells how exactly.</summary>
    public static bool Caller(ConsentRule rule, Caller caller, DateTimeOffset now, out Exactness exactness)
    {
        exactness = Exactness.None;
        if (now < rule.From || now >= rule.Until || (rule.Permits && rule.HasUnknown && rule.Depth > 0))
        {
            return false;
        }

        if (rule.Purposes.Length > 0)
        {
            if (!Lists.Has(rule.Purposes, caller.Purpose))
            {
                return false;
            }

            exactness |= Exactness.Purpose;
        }

        if (rule.Actors.Length == 0)
        {
            return true;
        }

        var matches = false;
        foreach (var actor in rule.Actors)
        {
            switch (actor.Kind)
            {
                case ActorKind.Institution when actor.Id == caller.Institution:
                    exactness |= Exactness.Institution;
                    matches = true;
                    break;
                case ActorKind.Clinician when caller.PersonKind == PersonKind.Clinician && actor.Id == caller.Person:
                case ActorKind.Citizen when caller.PersonKind == PersonKind.Citizen && actor.Id == caller.NationalId:
                    exactness |= Exactness.Who;
                    matches = true;
                    break;
                case ActorKind.NotUnderstood when !rule.Permits:
                    matches = true;
                    break;
            }
        }

        return matches;
    }

    /// <summary>True when the provision restricts the data that it speaks of.</summary>
    public static bool NamesData(ConsentRule rule) => DataOf(rule) != Exactness.None;

    /// <summary>In what respects the provision may speak of data.</summary>
    public static Exactness DataOf(ConsentRule rule)
    {
        var exactness = Exactness.None;
        exactness |= rule.Types.Length > 0 ? Exactness.Type : 0;
        exactness |= rule.Codes.Length > 0 ? Exactness.Code : 0;
        exactness |= rule.DataFrom is not null || rule.DataUntil is not null ? Exactness.DataPeriod : 0;
        exactness |= rule.Sensitivities != Sensitivities.None || rule.Confidentiality is not null ? Exactness.Label : 0;
        foreach (var data in rule.Data)
        {
            exactness |= data.Meaning == DataMeaning.Instance ? Exactness.What : Exactness.Context;
        }

        return exactness;
    }

    /// <summary>True when the provision speaks of the resource; tells how exactly.</summary>
    public static bool Resource(ConsentRule rule, in ResourceTraits resource, out Exactness exactness)
    {
        exactness = Exactness.None;
        if (rule.Permits && rule.HasUnknown)
        {
            return false;
        }

        exactness |= rule.Types.Length > 0 ? Exactness.Type : 0;
        exactness |= rule.Codes.Length > 0 ? Exactness.Code : 0;
        return (rule.Types.Length == 0 || Lists.Has(rule.Types, resource.Type))
            && (rule.Codes.Length == 0 || (resource.Codes.IsDefault ? !rule.Permits : Lists.Meet(rule.Codes, resource.Codes)))
            && Dates(rule, resource, ref exactness)
            && Labels(rule, resource.Labels, ref exactness)
            && Data(rule, resource, ref exactness);
    }

    /// <summary>A permission needs all of the care within its period; a denial holds wherever some of it may be.</summary>
    private static bool Dates(ConsentRule rule, in ResourceTraits resource, ref Exactness exactness)
    {
        if (rule.DataFrom is null && rule.DataUntil is null)
        {
            return true;
        }

        exactness |= Exactness.DataPeriod;
        return rule.Permits
            ? (rule.DataFrom is null || resource.CareFrom >= rule.DataFrom) && (rule.DataUntil is null || resource.CareUntil <= rule.DataUntil)
            : !(resource.CareFrom >= rule.DataUntil) && !(resource.CareUntil <= rule.DataFrom);
    }

    /// <summary>A permission must clear every label, by a confidentiality that is high enough or by naming every sensitivity; a denial needs one.</summary>
    private static bool Labels(ConsentRule rule, ResourceLabels labels, ref Exactness exactness)
    {
        if (rule.Sensitivities == Sensitivities.None && rule.Confidentiality is null)
        {
            return true;
        }

        exactness |= Exactness.Label;
        return rule.Permits
            ? labels.Confidentiality <= rule.Confidentiality || (rule.Sensitivities != Sensitivities.None && Clears(rule.Sensitivities, labels))
            : labels.Confidentiality >= rule.Confidentiality || (rule.Sensitivities & labels.Sensitivities) != Sensitivities.None;
    }

    /// <summary>Naming sensitivities clears what is sensitive for these alone; never what is very restricted.</summary>
    private static bool Clears(Sensitivities named, ResourceLabels labels) =>
        labels.Sensitivities != Sensitivities.None && (labels.Sensitivities & ~named) == Sensitivities.None && labels.Confidentiality < Confidentiality.VeryRestricted;

    private static bool Data(ConsentRule rule, in ResourceTraits resource, ref Exactness exactness)
    {
        if (rule.Data.Length == 0)
        {
            return true;
        }

        var matches = false;
        foreach (var data in rule.Data)
        {
            if (data.Meaning != DataMeaning.AuthoredBy && Lists.Names(data.Reference, resource.Type, resource.Id))
            {
                exactness |= Exactness.What;
                return true;
            }

            var among = data.Meaning switch { DataMeaning.Related => resource.Related, DataMeaning.AuthoredBy => resource.Authors, _ => [] };
            if (among.IsDefault ? !rule.Permits : Lists.Has(among, data.Reference))
            {
                exactness |= Exactness.Context;
                matches = true;
            }
        }

        return matches;
    }
}
