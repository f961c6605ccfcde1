using System.Globalization;
using EHealthHub.Exchange.Content;
using EHealthHub.Exchange.Read;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Exchange.Submit;

/// <summary>The entries of a batch or transaction that look: read, vread, histories, searches and operations, each decided and logged as if asked alone.</summary>
internal sealed class BundleGet(ReadRecord read, ReadHistory history, WalkHistory walk, SearchRecords search, BundleOperation operation, Journal journal)
{
    public async ValueTask<ActResult> Execute(ActContext context, PlannedEntry entry, string language, CancellationToken cancellationToken)
    {
        var result = BundleOperation.Is(entry)
            ? await operation.Execute(context, entry, language, cancellationToken).ConfigureAwait(false)
            : await Answer(context, entry, cancellationToken).ConfigureAwait(false);
        if (IsNotModified(entry, result))
        {
            return result with { Status = 304, Body = default };
        }

        if (result.Content is not null)
        {
            result = result with { Body = ContentStub.Shown(result.Body), Content = null };
        }

        return entry.Action == EntryAction.Head && result.Failure is null ? result with { Body = default } : result;
    }

    private async ValueTask<ActResult> Answer(ActContext context, PlannedEntry entry, CancellationToken cancellationToken)
    {
        var url = entry.Url ?? "";
        var mark = url.IndexOf('?', StringComparison.Ordinal);
        var path = (mark < 0 ? url : url[..mark]).Split('/');
        var query = QueryText.Parse(mark < 0 ? "" : url[(mark + 1)..]);
        HistoryForm? form;
        Failure? failure;
        switch (path)
        {
            case [var type, var id, "_history", var version] when entry.Id == id && mark < 0 && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var n):
                return await read.Execute(context, type, id, n, cancellationToken).ConfigureAwait(false);
            case [var type, var id, "_history"] when entry.Id == id:
                return HistoryForm.Parse(query).Try(out form, out failure)
                    ? await history.Execute(context, type, id, form, cancellationToken).ConfigureAwait(false)
                    : await Refuse(context, entry, failure.At(Place(entry)), cancellationToken).ConfigureAwait(false);
            case ["_history"] or [_, "_history"] when path[0] == "_history" || path[0] == entry.Type:
                return HistoryForm.Parse(query).Try(out form, out failure)
                    ? await walk.Execute(context, path.Length == 1 ? null : entry.Type, form, cancellationToken).ConfigureAwait(false)
                    : await Refuse(context, entry, failure.At(Place(entry)), cancellationToken).ConfigureAwait(false);
            case [var type, var id] when entry.Id == id && mark < 0:
                return await read.Execute(context, type, id, null, cancellationToken).ConfigureAwait(false);
            case [var type, var id, var other] when entry.Id == id && (other == "*" || ResourceTypes.IsKnown(other)):
                return await search.ExecuteInCompartment(context, type, id, other, query, strict: true, cancellationToken).ConfigureAwait(false);
            case [""]:
                return await search.ExecuteSystem(context, query, strict: true, cancellationToken).ConfigureAwait(false);
            case [var type] when type.Length > 0 && type == entry.Type:
                return await search.Execute(context, type, query, strict: true, cancellationToken).ConfigureAwait(false);
            default:
                var unserved = Failure.Of(400, "not-supported", "bundle-get-not-supported", "This GET is not served inside a Bundle.", Place(entry));
                return await Refuse(context, entry, unserved, cancellationToken).ConfigureAwait(false);
        }
    }

    private ValueTask<ActResult> Refuse(ActContext context, PlannedEntry entry, Failure failure, CancellationToken cancellationToken) =>
        journal.Refuse(context, "batch", entry.Type, entry.Id ?? "", failure.Issues[0].Code, [], failure, cancellationToken);

    /// <summary>R4 3.1.0.2.1, conditional read, for one entry.</summary>
    private static bool IsNotModified(PlannedEntry entry, ActResult result) => result is { Status: 200, Version: int version }
        && (entry.IfNoneMatch is { } tags
            ? tags.Matches(version)
            : entry.IfModifiedSince is { } since && result.LastUpdated is { } updated && ConditionalHeaders.IsUnchangedSince(updated, since));

    private static string Place(PlannedEntry entry) => FormattableString.Invariant($"Bundle.entry[{entry.Index}].request.url");
}
