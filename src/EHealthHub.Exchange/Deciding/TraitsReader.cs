using System.Collections.Frozen;
using System.Collections.Immutable;
using EHealthHub.Access.Labels;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Scopes;
using EHealthHub.Exchange.Operations;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Deciding;

/// <summary>Reads what decides about one resource out of its encoded facts, in one pass and as far as the decision needs it.</summary>
internal static class TraitsReader
{
    /// <summary>All traits: for one resource that is named.</summary>
    public const TraitNeeds Everything = TraitNeeds.Dates | TraitNeeds.Codes | TraitNeeds.Authors | TraitNeeds.Related;

    private const string Security = "_security";

    /// <summary>Parameters under which those stand who wrote a resource, or say what it says.</summary>
    private static readonly FrozenSet<string> Writers = FrozenSet.Create(
        StringComparer.Ordinal, "asserter", "assessor", "author", "enterer", "performer", "practitioner", "provider", "recorder", "requester", "results-interpreter", "sender", "source");

    private static readonly FrozenSet<string> Contents = FrozenSet.Create(StringComparer.Ordinal, "category", "code", "type", "vaccine-code");

    public static ResourceTraits Read(Caller caller, in SightedVersion version, TraitNeeds needs)
    {
        var facts = new FactsWalk(version.Facts);
        var dateOf = (needs & TraitNeeds.Dates) != 0 ? CareDates.Of(facts.Type) : null;
        var labels = default(ResourceLabels);
        (DateTimeOffset? careFrom, DateTimeOffset? careUntil) = (null, null);
        var isDated = false;
        ImmutableArray<string>.Builder? codes = null, authors = null, related = null;
        while (facts.Next())
        {
            if (!facts.IsPlain)
            {
                continue;
            }

            var parameter = facts.Parameter;
            if (needs == TraitNeeds.None && string.CompareOrdinal(parameter, Security) > 0)
            {
                break; // values come sorted
            }

            switch (facts.Kind)
            {
                case FactKind.Token when parameter == Security:
                    var label = facts.Pair();
                    labels = labels.With(label.System, label.Text);
                    break;
                case FactKind.Token when (needs & TraitNeeds.Codes) != 0 && Contents.Contains(parameter):
                    var code = facts.Pair();
                    (codes ??= ImmutableArray.CreateBuilder<string>()).Add($"{code.System}|{code.Text}");
                    break;
                case FactKind.Date when parameter == dateOf:
                    (careFrom, careUntil) = Widened(careFrom, careUntil, facts.Range(), isFirst: !isDated);
                    isDated = true;
                    break;
                case FactKind.Reference when (needs & TraitNeeds.Authors) != 0 && Writers.Contains(parameter):
                    Add(ref authors, facts.Pair());
                    break;
                case FactKind.Reference when (needs & TraitNeeds.Related) != 0 && facts.Pair() is { System: "Encounter" or "CarePlan" or "EpisodeOfCare" } target:
                    Add(ref related, target);
                    break;
                default:
                    break;
            }
        }

        return new ResourceTraits
        {
            Type = facts.Type,
            Id = facts.Id,
            Submitter = version.Submitter,
            Labels = labels,
            FinerScopes = SmartScope.Satisfied(caller, version.Facts),
            CareFrom = careFrom,
            CareUntil = careUntil,
            Codes = codes?.ToImmutable() ?? [],
            Authors = authors?.ToImmutable() ?? [],
            Related = related?.ToImmutable() ?? [],
        };
    }

    /// <summary>From the first to the last of several dates; what is open stays open.</summary>
    private static (DateTimeOffset? From, DateTimeOffset? Until) Widened(DateTimeOffset? from, DateTimeOffset? until, (long From, long To) range, bool isFirst)
    {
        var (begin, end) = (FactTime.From(range.From), FactTime.Until(range.To));
        return isFirst ? (begin, end) : (from is { } f && begin is { } b ? (f < b ? f : b) : null, until is { } u && end is { } e ? (u > e ? u : e) : null);
    }

    private static void Add(ref ImmutableArray<string>.Builder? references, (string? Type, string? Id) target)
    {
        if (target is { Type: { } type, Id: { } id })
        {
            (references ??= ImmutableArray.CreateBuilder<string>()).Add($"{type}/{id}");
        }
    }
}
