using EHealthHub.Exchange.Read;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Exchange.Submit;

/// <summary>The GET entries of a batch or transaction: read, vread and search-type, each decided and logged as if asked alone.</summary>
internal sealed class BundleGet(ReadRecord read, SearchRecords search, Journal journal)
{
    public async ValueTask<ActResult> Execute(ActContext context, PlannedEntry entry, CancellationToken cancellationToken)
    {
        var url = entry.Url ?? "";
        var mark = url.IndexOf('?', StringComparison.Ordinal);
        var path = (mark < 0 ? url : url[..mark]).Split('/');
        switch (path)
        {
            case [var type, var id] when mark < 0:
                return await read.Execute(context, type, id, null, cancellationToken).ConfigureAwait(false);
            case [var type, var id, "_history", var version] when mark < 0 && int.TryParse(version, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var n):
                return await read.Execute(context, type, id, n, cancellationToken).ConfigureAwait(false);
            case [var type]:
                return await search.Execute(context, type, QueryText.Parse(mark < 0 ? "" : url[(mark + 1)..]), strict: true, cancellationToken).ConfigureAwait(false);
            default:
                var failure = Failure.Of(400, "not-supported", "bundle-get-not-supported", "This GET is not served inside a Bundle.", FormattableString.Invariant($"Bundle.entry[{entry.Index}].request.url"));
                return await journal.Refuse(context, "batch", entry.Type, "", "bundle-get-not-supported", [], failure, cancellationToken).ConfigureAwait(false);
        }
    }
}
