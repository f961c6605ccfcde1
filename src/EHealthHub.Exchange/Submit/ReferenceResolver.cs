using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Exchange.Submit;

/// <summary>Gives the references of a transaction their meaning, after everything that it creates, changes and deletes is known (R4 3.1.0.11.2); and finds what would be made twice.</summary>
internal sealed class ReferenceResolver(ConditionSearch conditions)
{
    private const int MatchesMax = 1_000;

    public async ValueTask<Attempt<WriteWork>> Fix(WriteWork work, LinksToResolve links, CancellationToken cancellationToken)
    {
        foreach (var (written, fullUrl) in links.Relative)
        {
            work.References[written] = work.References[fullUrl];
        }

        foreach (var (written, condition) in links.Conditional)
        {
            var attempt = await FixReference(work, written, condition, cancellationToken).ConfigureAwait(false);
            if (!attempt.Try(out _, out _))
            {
                return attempt;
            }
        }

        return work;
    }

    /// <summary>Two creates of which each would have found the other, had it come later: R4's order tells which comes first, and the transaction fails rather than make both.</summary>
    public Failure? MadeTwice(WriteWork work)
    {
        var conditional = work.Steps.FindAll(s => s is { Makes: true, Entry: { IfNoneExist: not null } or { Where: not null } });
        if (conditional.Count == 0 || work.Steps.Count == 1)
        {
            return null;
        }

        var types = conditional.Select(s => s.Entry.Type).ToHashSet(StringComparer.Ordinal);
        var made = work.Steps.FindAll(s => s.Makes && types.Contains(s.Entry.Type));
        var bearers = made.SelectMany(s => IdentifiersOf(s).Select(i => (i, s))).ToLookup(p => p.i, p => p.s);
        foreach (var step in conditional)
        {
            var again = (step.Entry.IfNoneExist ?? step.Entry.Where)!.Identifier is { } exact
                ? bearers[exact].Any(s => s != step)
                : made.Exists(s => s != step && s.Entry.Type == step.Entry.Type && s.Facts(work.Now, work.References, conditions.Settings) is { } facts && SearchMatcher.Matches(step.Condition!, facts));
            if (again)
            {
                return Failure.Of(412, "multiple-matches", "conditional-create-twice", "Another entry of the Bundle makes a resource that matches the condition of this one.", step.Place);
            }
        }

        return null;
    }

    /// <summary>Exactly one match: in the store as it will be, or among what this submission writes.</summary>
    private async ValueTask<Attempt<WriteWork>> FixReference(WriteWork work, string written, Condition condition, CancellationToken cancellationToken)
    {
        // What is written here is judged by its new content, so a search must find one more for each.
        var touched = work.Steps.Where(s => s.Entry.Type == condition.Type && s.Current is not null && (s.Action == EntryAction.Delete || s.Resource is not null)).Select(s => s.Id).ToHashSet(StringComparer.Ordinal);
        var place = work.PlaceOf(written);
        if (touched.Count > MatchesMax)
        {
            return Failure.Of(413, "too-costly", "conditions-too-many", $"A transaction that changes more than {MatchesMax} resources of a type cannot refer to one of them by a search.", place);
        }

        var attempt = await conditions.Find(work, condition, place, 2, touched.Count, cancellationToken).ConfigureAwait(false);
        if (!attempt.Try(out var matches, out _))
        {
            return attempt.As<WriteWork>();
        }

        List<string> found = [.. matches.Ids.Where(id => !touched.Contains(id)), .. condition.Identifier is { } exact ? WrittenWith(work, exact) : WrittenLike(work, condition.Type, matches.Query!)];
        if (found.Count != 1)
        {
            var (type, code, text) = found.Count == 0 ? ("not-found", "reference-no-match", "matches no resource") : ("multiple-matches", "reference-many-matches", "matches more than one resource");
            return Failure.Of(412, type, code, $"The conditional reference to {condition.Type} {text}.", place);
        }

        if (matches.IsWithheld)
        {
            work.Decided.AddRange(matches.Decided);
        }
        else if (condition.Identifier is { } identifier && matches.Ids.Contains(found[0]))
        {
            work.Resolved[identifier] = $"{condition.Type}/{found[0]}";
        }

        work.References[written] = $"{condition.Type}/{found[0]}";
        return work;
    }

    private IEnumerable<string> WrittenLike(WriteWork work, string type, SearchQuery query) =>
        work.Steps.Where(s => s.Entry.Type == type && s.Facts(work.Now, work.References, conditions.Settings) is { } facts && SearchMatcher.Matches(query, facts)).Select(s => s.Id);

    private static IEnumerable<string> WrittenWith(WriteWork work, IdentifierCondition condition) =>
        work.Steps.Where(s => s is { Matched: false, Action: EntryAction.Create or EntryAction.Update, Resource: { } resource } && s.Entry.Type == condition.Type && HasIdentifier(resource, condition)).Select(s => s.Id);

    private static bool HasIdentifier(FhirResource resource, IdentifierCondition condition) =>
        resource.Root.TryGetProperty("identifier"u8, out var identifiers)
        && identifiers.ValueKind == System.Text.Json.JsonValueKind.Array
        && identifiers.EnumerateArray().Any(i =>
            i.TryGetProperty("value"u8, out var value) && value.ValueEquals(condition.Value)
            && (i.TryGetProperty("system"u8, out var system) ? system.ValueEquals(condition.System) : condition.System.Length == 0));

    private static IEnumerable<IdentifierCondition> IdentifiersOf(WriteStep step)
    {
        if (step.Resource is not { } resource || !resource.Root.TryGetProperty("identifier"u8, out var identifiers) || identifiers.ValueKind != System.Text.Json.JsonValueKind.Array)
        {
            yield break;
        }

        foreach (var identifier in identifiers.EnumerateArray())
        {
            if (identifier.TryGetProperty("value"u8, out var value))
            {
                yield return new IdentifierCondition(step.Entry.Type, identifier.TryGetProperty("system"u8, out var system) ? system.GetString() ?? "" : "", value.GetString() ?? "");
            }
        }
    }
}
