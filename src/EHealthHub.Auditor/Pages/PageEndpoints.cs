using System.Globalization;
using EHealthHub.Auditor.Index;
using EHealthHub.Auditor.Logs;
using EHealthHub.Auditor.SignIn;

namespace EHealthHub.Auditor.Pages;

/// <summary>The routes. Everything here runs behind the gate (see AuditorHost) and only reads.</summary>
internal sealed class PageEndpoints(LogWatch watch, EntryIndex index, TimeProvider time)
{
    /// <summary>Where the gate leaves the auditor for the pages.</summary>
    public static readonly object AuditorItem = new();

    private const string HtmlType = "text/html; charset=utf-8";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Overview);
        routes.MapGet("/entries", Entries);
        routes.MapGet("/entry", Entry);
        routes.MapGet("/log", Logs);
    }

    /// <summary>The page for every address that there is not.</summary>
    public Task NotFound(HttpContext context)
    {
        var view = ViewOf(context);
        return Answer(context, 404, Layout.Notice(view, view.Texts["not-found"], view.Texts["not-found-explained"], null));
    }

    /// <summary>What a refused visitor is told.</summary>
    public static Task Refused(HttpContext context, StaffVerdict verdict)
    {
        var view = ViewOf(context);
        if (verdict.IsLater)
        {
            context.Response.Headers.RetryAfter = "5";
        }

        return Answer(context, verdict.IsLater ? 503 : 403, Layout.Notice(view, view.Texts["refused"], view.Texts["refused-explained"], verdict.Reason));
    }

    private Task Overview(HttpContext context) => Answer(context, 200, OverviewPage.Write(ViewOf(context), index.Count(time.GetUtcNow()), index.Names));

    private Task Logs(HttpContext context) => Answer(context, 200, LogPage.Write(ViewOf(context), watch.States));

    private async Task Entries(HttpContext context)
    {
        var view = ViewOf(context);
        var query = context.Request.Query.SelectMany(q => q.Value, (q, v) => KeyValuePair.Create(q.Key, v ?? ""));
        if (!EntryFilter.TryParse(query, out var filter, out var faultAt))
        {
            await Answer(context, 400, Layout.Notice(view, view.Texts["bad-filter"], view.Texts["bad-filter-explained"], faultAt)).ConfigureAwait(false);
            return;
        }

        var found = index.Search(filter);
        var shown = found.Entries.Select(Open).ToList();
        if (context.Request.Query["format"] == "json")
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(EntriesJson.Write(filter, found.Total, shown), context.RequestAborted).ConfigureAwait(false);
            return;
        }

        await Answer(context, 200, EntriesPage.Write(view, filter, found.Total, shown)).ConfigureAwait(false);
    }

    private async Task Entry(HttpContext context)
    {
        var query = context.Request.Query;
        if (!long.TryParse(query["index"], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || watch.Of(query["log"].ToString()) is not { } follower
            || number >= follower.State.Verified)
        {
            await NotFound(context).ConfigureAwait(false);
            return;
        }

        var leaf = follower.Leaf(number);
        await Answer(context, 200, EntryPage.Write(ViewOf(context), new ShownEntry(follower.Origin, number, follower.Open(leaf)), follower.Prove(number, leaf))).ConfigureAwait(false);
    }

    private ShownEntry Open(Found found)
    {
        var follower = watch.Of(found.Origin)!;
        return new ShownEntry(found.Origin, found.Index, follower.Open(follower.Leaf(found.Index)));
    }

    private static View ViewOf(HttpContext context)
    {
        var language = Languages.Of(context.Request.Query["lang"], context.Request.Headers.AcceptLanguage);
        var other = language == Language.Turkish ? Language.English : Language.Turkish;
        if (context.Items[AuditorItem] is not string auditor)
        {
            // A stranger's query is not repeated to them: it may be a sign-in's answer.
            return new View(new Texts(language), null, $"/?lang={Languages.Code(other)}");
        }

        var rest = context.Request.Query.Where(q => q.Key != "lang").SelectMany(q => q.Value, (q, v) => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(v ?? "")}").Append("lang=" + Languages.Code(other));
        return new View(new Texts(language), auditor, $"{context.Request.Path}?{string.Join('&', rest)}");
    }

    private static Task Answer(HttpContext context, int status, string page)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = HtmlType;
        return context.Response.WriteAsync(page, context.RequestAborted);
    }
}
