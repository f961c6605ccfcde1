using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Content;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Writing;
using EHealthHub.Records;
using EHealthHub.Records.Store;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Search;

/// <summary>Writes the searchset: matches, what came along, how many there are, and where to go on (R4 3.1.1.5, 3.1.1.6).</summary>
internal sealed class SearchAnswer(CursorCodec cursors, HubIdentity hub, TimeProvider time)
{
    public ActResult Write(Caller caller, SearchForm form, FoundPage page, IReadOnlyList<RecordVersion> opened, LogPosition receipt)
    {
        // The base has no slash at its end.
        var self = $"{hub.FhirBase}{(form.Path.Length == 0 ? "" : "/")}{form.Path}{Query(form.Used)}";
        var links = ImmutableArray.Create(new BundleLink("self", self));
        if (page.Next is { } next)
        {
            links = links.Add(new BundleLink("next", self + (form.Used.Count == 0 ? "?" : "&") + "_cursor=" + cursors.Write(caller, form.Bound, form.Used, next)));
        }

        var subset = SubsetOf(form.First);
        var entries = new List<BundleEntry>(opened.Count);
        for (var i = 0; i < opened.Count; i++)
        {
            var version = opened[i];
            var (local, json) = i < page.Matches.Count && page.Matches[i].Contained is [var contained] ? ("#" + contained.Id, ContainedPart.Of(version.Json, contained.Id)) : ("", ContentStub.Shown(version));
            entries.Add(new BundleEntry($"{hub.FhirBase}/{version.Type}/{version.Id}{local}", Part(json, subset), i < page.Matches.Count ? "match" : "include", null, null, version.Version, version.LastUpdated, null));
        }

        var body = new ArrayBufferWriter<byte>(1_024 + opened.Sum(v => v.Json.Length + 256));
        BundleWriter.WriteSearchset(body, Identifiers.New(time), time.GetUtcNow(), form.First.Total == "none" ? null : page.Total, links, entries);
        return new ActResult { Status = 200, Body = body.WrittenMemory, Receipt = receipt };
    }

    /// <summary>What <c>_summary</c> and <c>_elements</c> leave of each resource; the query was parsed, so that they are sound.</summary>
    internal static Subset SubsetOf(SearchQuery query)
    {
        var summary = query.Summary switch { SearchSummary.True => "true", SearchSummary.Text => "text", SearchSummary.Data => "data", _ => null };
        return Subset.Parse(summary, query.Elements.Count > 0 ? string.Join(',', query.Elements) : null, null).Try(out var subset, out _) ? subset : Subset.Whole;
    }

    internal static ReadOnlyMemory<byte> Part(ReadOnlyMemory<byte> json, Subset subset)
    {
        if (subset.Kind == SubsetKind.Whole)
        {
            return json;
        }

        var part = new ArrayBufferWriter<byte>(json.Length + 256);
        SubsetWriter.Write(json.Span, subset, part);
        return part.WrittenMemory;
    }

    /// <summary>The query string of what was used.</summary>
    public static string Query(IReadOnlyList<KeyValuePair<string, string>> used)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in used)
        {
            text.Append(text.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(name)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }
}
