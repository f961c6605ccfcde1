using System.Collections.Immutable;
using System.Globalization;
using EHealthHub.Exchange.Operations;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Exchange.Submit;

/// <summary>The operations among the entries of a batch or transaction (R4 3.1.0.11), each decided and logged as if asked alone.</summary>
internal sealed class BundleOperation(FetchEverything everything, FetchLast last, AskTerminology terminology, ValidateResource validation, ChangeMeta meta, SummarizeMeta inUse, Journal journal)
{
    /// <summary>True for an operation that changes something: it stands by itself, and so has no place in a transaction.</summary>
    public static bool Changes(PlannedEntry entry) => entry.Action == EntryAction.Operation && Name(entry) is "$meta-add" or "$meta-delete";

    /// <summary>True for a GET or HEAD of an operation.</summary>
    public static bool Is(PlannedEntry entry) => Name(entry).StartsWith('$');

    public ValueTask<ActResult> Execute(ActContext context, PlannedEntry entry, string language, CancellationToken cancellationToken)
    {
        var url = entry.Url!;
        var mark = url.IndexOf('?', StringComparison.Ordinal);
        var call = new Call(entry, (mark < 0 ? url : url[..mark]).Split('/'), Name(entry), QueryText.Parse(mark < 0 ? "" : url[(mark + 1)..]), language);
        var types = OperationTypes.Of(call.Name);
        return types is { } served && (served.IsEmpty || served.Contains(entry.Type)) && (entry.IfMatch is null || Changes(entry))
            ? Answer(context, call, cancellationToken)
            : Unserved(context, call, cancellationToken);
    }

    private ValueTask<ActResult> Answer(ActContext context, Call call, CancellationToken cancellationToken)
    {
        var (entry, type, id) = (call.Entry, call.Entry.Type, call.Entry.Id);
        var posted = entry.Action == EntryAction.Operation;
        return (call.Name, call.Path) switch
        {
            ("$everything", [_, _, _]) when id is not null => WithPairs(context, call, pairs => everything.Execute(context, type, id, pairs, cancellationToken), cancellationToken),
            ("$everything", [_, _]) when type == "Patient" => WithPairs(context, call, pairs => everything.Execute(context, pairs, cancellationToken), cancellationToken),
            ("$lastn", [_, _]) => WithPairs(context, call, pairs => last.Execute(context, pairs, strict: true, cancellationToken), cancellationToken),
            ("$meta", [_]) => inUse.Execute(context, null, cancellationToken),
            ("$meta", [_, _]) => inUse.Execute(context, type, cancellationToken),
            ("$meta", [_, _, _]) when id is not null => meta.Get(context, type, id, null, cancellationToken),
            ("$meta", [_, _, "_history", var version, _]) when id is not null && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => meta.Get(context, type, id, number, cancellationToken),
            ("$meta-add", [_, _, _]) when posted && id is not null && entry.Resource is { } added => meta.Add(context, type, id, added, entry.IfMatch, cancellationToken),
            ("$meta-delete", [_, _, _]) when posted && id is not null && entry.Resource is { } removed => meta.Remove(context, type, id, removed, entry.IfMatch, cancellationToken),
            ("$validate", [_, _]) when posted => validation.Execute(context, type, null, entry.Resource, call.Query, call.Language, cancellationToken),
            ("$validate", [_, _, _]) when id is not null => validation.Execute(context, type, id, entry.Resource, call.Query, call.Language, cancellationToken),
            ("$lookup", [_, _]) => Terminology(context, call, cancellationToken),
            ("$expand" or "$validate-code" or "$subsumes" or "$translate", [_, _] or [_, _, _]) when call.Path.Length == 2 || id is not null => Terminology(context, call, cancellationToken),
            _ => Unserved(context, call, cancellationToken),
        };
    }

    private ValueTask<ActResult> Terminology(ActContext context, Call call, CancellationToken cancellationToken)
    {
        var given = call.Entry.Resource is { } parameters ? OperationInput.OfParameters(parameters) : OperationInput.OfQuery(call.Query);
        return given.Try(out var input, out var failure)
            ? terminology.Execute(context, call.Name, call.Entry.Type, call.Entry.Id, input, call.Language, cancellationToken)
            : Refuse(context, call, failure, cancellationToken);
    }

    /// <summary>The parameters of the address, and those of the Parameters.</summary>
    private ValueTask<ActResult> WithPairs(ActContext context, Call call, Func<List<KeyValuePair<string, string>>, ValueTask<ActResult>> act, CancellationToken cancellationToken) =>
        call.Entry.Resource is not { } resource ? act(call.Query)
        : ParameterList.Read(resource).Try(out var read, out var failure) ? act([.. call.Query, .. read])
        : Refuse(context, call, failure, cancellationToken);

    private ValueTask<ActResult> Unserved(ActContext context, Call call, CancellationToken cancellationToken) => Refuse(
        context, call, Failure.Of(404, "not-supported", "operation-unknown", "This operation is not served at this address, by this method, or under this condition.", Place(call.Entry)), cancellationToken);

    private ValueTask<ActResult> Refuse(ActContext context, Call call, Failure failure, CancellationToken cancellationToken) =>
        journal.Refuse(context, call.Name.Length <= 64 ? call.Name : "operation", call.Entry.Type, call.Entry.Id ?? "", failure.Issues[0].Code, [], failure, cancellationToken);

    private static string Name(PlannedEntry entry)
    {
        var url = entry.Url ?? "";
        var mark = url.IndexOf('?', StringComparison.Ordinal);
        var path = mark < 0 ? url : url[..mark];
        return path[(path.LastIndexOf('/') + 1)..];
    }

    private static string Place(PlannedEntry entry) => FormattableString.Invariant($"Bundle.entry[{entry.Index}].request.url");

    private sealed record Call(PlannedEntry Entry, string[] Path, string Name, List<KeyValuePair<string, string>> Query, string Language);
}
