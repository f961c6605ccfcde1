using System.Text.Json;
using EHealthHub.Exchange;
using EHealthHub.Exchange.Search;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pages;

namespace EHealthHub.Gateway.My;

/// <summary>The own record: how much of what, the entries of a kind, and one of them.</summary>
internal sealed class RecordPages(HubParts parts, MyGate gate)
{
    private const int PagesMax = 5;
    private const int ShownMax = 50;

    /// <summary>What is written about the citizen, by kind.</summary>
    public async Task Home(MyVisit visit)
    {
        if (visit.Patient is not { } patient)
        {
            await MyAnswers.NoRecord(visit, gate, "").ConfigureAwait(false);
            return;
        }

        var kinds = new Dictionary<string, (int Count, string Latest)>(StringComparer.Ordinal);
        string? cursor = null;
        for (var i = 0; i < PagesMax && (i == 0 || cursor is not null); i++)
        {
            List<KeyValuePair<string, string>> asked = [new("_count", "1000")];
            if (cursor is not null)
            {
                asked.Add(new("_cursor", cursor));
            }

            var result = await parts.Acts.Everything.Execute(visit.Act, "Patient", patient, asked, visit.Aborted).ConfigureAwait(false);
            if (result.Failure is not null)
            {
                await MyAnswers.Refused(visit, result).ConfigureAwait(false);
                return;
            }

            visit.Request.Receipt = result.Receipt;
            using var bundle = JsonDocument.Parse(result.Body);
            Count(bundle.RootElement, kinds);
            cursor = SearchPage.NextCursor(bundle.RootElement);
        }

        var t = visit.Words;
        await visit.Show(StatusCodes.Status200OK, t.Say("Sağlık kaydım", "My health record"), "", html =>
        {
            html.Write($"""<p class="lead"><strong>{visit.Person.Person.Name}</strong></p><p>{t.Say("Sağlık kuruluşlarının hakkınızda gönderdikleri. Bir türü açtığınızda en yenileri önce görürsünüz.", "What care providers sent about you. Open a kind to see its entries, the newest first.")} <a href="{visit.Link($"/record/Patient/{patient}")}">{t.Say("Kimlik bilgilerim", "Who I am")}</a></p>""");
            if (cursor is not null)
            {
                html.Write($"""<p class="note">{t.Say("Kaydınız çok uzun: yalnızca ilk 5.000 girişin sayısı gösteriliyor.", "Your record is very long: only its first 5,000 entries are counted here.")}</p>""");
            }

            WriteTiles(html, visit, kinds);
            WriteWays(html, visit);
        }).ConfigureAwait(false);
    }

    /// <summary>The entries of one kind, the newest first.</summary>
    public async Task Kind(MyVisit visit)
    {
        var kind = RecordKind.Of(visit.Http.GetRouteValue("type") as string ?? "");
        if (visit.Patient is not { } patient)
        {
            await MyAnswers.NoRecord(visit, gate, "").ConfigureAwait(false);
            return;
        }

        List<KeyValuePair<string, string>> asked = [new("_sort", "-" + kind.Sort), new("_count", ShownMax.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        if (visit.Http.Request.Query["_cursor"] is [{ Length: > 0 } cursor])
        {
            asked.Add(new("_cursor", cursor));
        }

        var result = await parts.Acts.Search.ExecuteInCompartment(visit.Act, "Patient", patient, kind.Type, asked, strict: true, visit.Aborted).ConfigureAwait(false);
        if (result.Failure is not null)
        {
            await MyAnswers.Refused(visit, result).ConfigureAwait(false);
            return;
        }

        visit.Request.Receipt = result.Receipt;
        using var bundle = JsonDocument.Parse(result.Body);
        var page = bundle.RootElement;
        var t = visit.Words;
        await visit.Show(StatusCodes.Status200OK, t.Say(kind.Turkish, kind.English), "", html =>
        {
            Back(html, visit);
            WriteEntries(html, visit, kind, page);
        }).ConfigureAwait(false);
    }

    /// <summary>One entry, whole.</summary>
    public async Task Entry(MyVisit visit)
    {
        var (type, id) = (visit.Http.GetRouteValue("type") as string ?? "", visit.Http.GetRouteValue("id") as string ?? "");
        var result = await parts.Acts.Read.Execute(visit.Act, type, id, null, visit.Aborted).ConfigureAwait(false);
        if (result.Failure is not null)
        {
            await MyAnswers.Refused(visit, result).ConfigureAwait(false);
            return;
        }

        visit.Request.Receipt = result.Receipt;
        using var document = JsonDocument.Parse(result.Body);
        var resource = document.RootElement;
        var kind = RecordKind.Of(type);
        var t = visit.Words;
        var title = type == "Patient" ? t.Say("Kimlik bilgilerim", "Who I am") : ResourceText.Title(resource) is { Length: > 0 } text ? text : t.Say(kind.Turkish, kind.English);
        await visit.Show(StatusCodes.Status200OK, title, "", html =>
        {
            Back(html, visit, type == "Patient" ? null : kind);
            LabelText.Write(html, t, resource);
            html.Write($"""<section class="card" aria-labelledby="entry"><h2 id="entry">{t.Say("Yazılanlar", "What is written")}</h2>""");
            ResourceTree.Write(html, t, resource, visit.LinkOf);
            html.Write($"""</section><p class="note">{t.Say("Sürüm", "Version")} {result.Version ?? 0}, {(result.LastUpdated is { } at ? t.Moment(at) : "")} · <code>{type}/{id}</code></p>""");
        }).ConfigureAwait(false);
    }

    private static void Count(JsonElement bundle, Dictionary<string, (int Count, string Latest)> kinds)
    {
        foreach (var resource in SearchPage.Matches(bundle))
        {
            var type = resource.GetProperty("resourceType").GetString()!;
            var date = ResourceText.Date(RecordKind.Of(type), resource);
            var (count, latest) = kinds.GetValueOrDefault(type, (0, ""));
            kinds[type] = (count + 1, string.CompareOrdinal(date, latest) > 0 ? date : latest);
        }
    }

    private static void WriteTiles(Html html, MyVisit visit, Dictionary<string, (int Count, string Latest)> kinds)
    {
        var t = visit.Words;
        html.Write($"""<ul class="tiles">""");
        foreach (var kind in RecordKind.All.Concat(kinds.Keys.Where(k => k != "Patient" && RecordKind.All.All(a => a.Type != k)).Order(StringComparer.Ordinal).Select(RecordKind.Of)))
        {
            if (kinds.TryGetValue(kind.Type, out var found))
            {
                html.Write($"""<li><a href="{visit.Link("/record/" + kind.Type)}"><span class="name">{t.Say(kind.Turkish, kind.English)}</span><span class="count">{found.Count}</span>""");
                if (found.Latest.Length > 0)
                {
                    html.Write($"""<span class="note">{t.Say("En yenisi", "Newest")}: {t.Written(found.Latest)}</span>""");
                }

                html.Write($"</a></li>");
            }
        }

        html.Write($"</ul>");
    }

    private static void WriteWays(Html html, MyVisit visit)
    {
        var t = visit.Words;
        html.Write($"<h2>{t.Say("Başka neler yapabilirsiniz", "What else you can do")}</h2><ul>");
        foreach (var (path, turkish, english, turkishTold, englishTold) in MyMenu.Items.Where(i => i.Path.Length > 0))
        {
            html.Write($"""<li><a href="{visit.Link(path)}">{t.Say(turkish, english)}</a>: {t.Say(turkishTold, englishTold)}</li>""");
        }

        html.Write($"</ul>");
    }

    private static void Back(Html html, MyVisit visit, RecordKind? kind = null)
    {
        var t = visit.Words;
        html.Write($"""<p><a href="{visit.Link("")}">{t.Say("Kaydım", "My record")}</a>""");
        if (kind is not null)
        {
            html.Write($""" › <a href="{visit.Link("/record/" + kind.Type)}">{t.Say(kind.Turkish, kind.English)}</a>""");
        }

        html.Write($"</p>");
    }

    private static void WriteEntries(Html html, MyVisit visit, RecordKind kind, JsonElement bundle)
    {
        var t = visit.Words;
        html.Write($"""<div class="scroll" tabindex="0" role="region" aria-label="{t.Say(kind.Turkish, kind.English)}"><table><caption>{SearchPage.Total(bundle)} {t.Say("giriş", "entries")}</caption><thead><tr><th scope="col">{t.Say("Ne", "What")}</th><th scope="col">{t.Say("Zaman", "When")}</th><th scope="col">{t.Say("Değer ya da durum", "Value or status")}</th>""");
        var hasPlaces = SearchPage.Matches(bundle).Any(r => ResourceText.Place(r).Length > 0);
        if (hasPlaces)
        {
            html.Write($"""<th scope="col">{t.Say("Kim", "By whom")}</th>""");
        }

        html.Write($"</tr></thead><tbody>");
        foreach (var resource in SearchPage.Matches(bundle))
        {
            var id = resource.GetProperty("id").GetString()!;
            var title = ResourceText.Title(resource) is { Length: > 0 } text ? text : t.Say(kind.Turkish, kind.English);
            var value = ResourceText.Value(resource, t) is { Length: > 0 } found ? found : StatusText.Of(t, resource);
            html.Write($"""<tr><th scope="row"><a href="{visit.Link($"/record/{kind.Type}/{id}")}">{title}</a> """);
            LabelText.Mark(html, t, resource);
            html.Write($"""</th><td class="when">{t.Written(ResourceText.Date(kind, resource))}</td><td>{value}</td>""");
            if (hasPlaces)
            {
                html.Write($"<td>{ResourceText.Place(resource)}</td>");
            }

            html.Write($"</tr>");
        }

        html.Write($"</tbody></table></div>");
        if (SearchPage.NextCursor(bundle) is { } next)
        {
            html.Write($"""<p><a class="button" href="{visit.Link($"/record/{kind.Type}?_cursor={Uri.EscapeDataString(next)}")}">{t.Say("Daha eskiler", "Older ones")}</a></p>""");
        }
    }
}
