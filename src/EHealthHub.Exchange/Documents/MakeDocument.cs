using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Operations;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Records;

namespace EHealthHub.Exchange.Documents;

/// <summary>
/// All of a patient's record that the caller may see as one FHIR document (R4 3.3): what <c>$everything</c> gives, page by page, decided and logged as such, under a Composition with a section for each type. R4 has <c>$document</c> for a
/// Composition that was stored; this one is made when it is asked for and kept nowhere.
/// </summary>
public sealed class MakeDocument
{
    /// <summary>Most resources in one document.</summary>
    public const int EntriesMax = 20_000;

    /// <summary>Most bytes of JSON in one document.</summary>
    public const int BytesMax = 64 * 1024 * 1024;

    private const string Interaction = "$document";
    private const string CursorParameter = "_cursor";

    private readonly FetchEverything _everything;
    private readonly Journal _journal;
    private readonly DocumentWriter _writer;

    internal MakeDocument(FetchEverything everything, Journal journal, HubIdentity hub, TimeProvider time)
    {
        _everything = everything;
        _journal = journal;
        _writer = new DocumentWriter(hub, time);
    }

    /// <summary>The act on one Patient; a refusal is that of <c>$everything</c>.</summary>
    public async ValueTask<ActResult> Execute(ActContext context, string patient, CancellationToken cancellationToken)
    {
        var pages = new List<JsonDocument>();
        try
        {
            string? cursor = null;
            var (count, bytes) = (0, 0L);
            do
            {
                List<KeyValuePair<string, string>> asked = [new("_count", "500")];
                if (cursor is not null)
                {
                    asked.Add(new(CursorParameter, cursor));
                }

                var page = await _everything.Execute(context, "Patient", patient, asked, cancellationToken).ConfigureAwait(false);
                if (page.Failure is not null)
                {
                    return page;
                }

                var parsed = JsonDocument.Parse(page.Body);
                pages.Add(parsed);
                count += parsed.RootElement.TryGetProperty("entry", out var entries) ? entries.GetArrayLength() : 0;
                bytes += page.Body.Length;
                if (count > EntriesMax || bytes > BytesMax)
                {
                    var failure = Failure.Of(403, "too-costly", "document-too-large", FormattableString.Invariant($"The record has more than {EntriesMax} resources or {BytesMax} bytes: fetch it in pages with $everything."), "Patient");
                    return await _journal.Refuse(context, Interaction, "Patient", patient, "document-too-large", [patient], failure, cancellationToken).ConfigureAwait(false);
                }

                cursor = NextCursor(parsed.RootElement);
            }
            while (cursor is not null);

            var body = _writer.Write(patient, pages);
            var entry = _journal.Entry(context, EntryKind.Administration, Interaction, "Patient", patient, "document-made", [patient]);
            return new ActResult { Status = 200, Body = body, Receipt = await _journal.Record(entry, cancellationToken).ConfigureAwait(false) };
        }
        finally
        {
            pages.ForEach(p => p.Dispose());
        }
    }

    private static string? NextCursor(JsonElement bundle)
    {
        foreach (var link in bundle.GetProperty("link").EnumerateArray())
        {
            if (link.GetProperty("relation").ValueEquals("next"))
            {
                var address = link.GetProperty("url").GetString()!;
                return QueryText.Parse(address[(address.IndexOf('?', StringComparison.Ordinal) + 1)..]).Single(p => p.Key == CursorParameter).Value;
            }
        }

        return null;
    }
}
