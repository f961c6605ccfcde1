using EHealthHub.Exchange;
using EHealthHub.Gateway.Pages;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Trust.Apps;

namespace EHealthHub.Gateway.My;

/// <summary>A citizen at one of their own pages.</summary>
/// <param name="Http">The request.</param>
/// <param name="Request">What the pipeline learned of it.</param>
/// <param name="Words">The page's language.</param>
/// <param name="Person">Who.</param>
/// <param name="Binding">What their forms are sealed to: the certificate of the connection, or the session.</param>
/// <param name="Patient">Id of their Patient; null where the hub holds no record of them.</param>
/// <param name="Seal">What each form of the page carries.</param>
internal sealed record MyVisit(HttpContext Http, HubRequest Request, Words Words, SignedInPerson Person, string Binding, string? Patient, string Seal)
{
    /// <summary>Name of the hidden field of each form.</summary>
    public const string SealField = "seal";

    /// <summary>The context of an act.</summary>
    public ActContext Act => Request.Act();

    /// <summary>Cancelled when the browser left or the time is over.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>An address of these pages in the page's language.</summary>
    public string Link(string path) => $"/my{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}lang={Words.Language}";

    /// <summary>The page of a reference within the record; null for what lies elsewhere.</summary>
    public string? LinkOf(string reference)
    {
        if (reference == "Patient/" + Patient)
        {
            return Link("/record/" + reference);
        }

        var parts = reference.Split('/');
        return parts is [{ Length: > 0 } type, { Length: > 0 } id] && char.IsAsciiLetterUpper(type[0]) && RecordKind.All.Any(k => k.Type == type) ? Link($"/record/{type}/{Uri.EscapeDataString(id)}") : null;
    }

    /// <summary>Sends a page with the frame of these pages. <paramref name="current"/> is the address of the menu's item; empty for none.</summary>
    public Task Show(int status, string title, string current, Action<Html> content)
    {
        var other = Http.Request.Query.Where(q => q.Key != "lang").SelectMany(q => q.Value, (q, v) => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(v ?? "")}").Append("lang=" + Words.Other);
        var address = HttpMethods.IsGet(Http.Request.Method) ? $"{Http.Request.Path}?{string.Join('&', other)}" : $"/my?lang={Words.Other}";
        var page = PageFrame.Write(Words, title, content, address, Request.Receipt?.ToString(), html => MyMenu.Write(html, this, current));
        return PageAnswer.Send(Http, Request, status, page, Words.Language);
    }
}
