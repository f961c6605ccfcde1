using EHealthHub.Audit.Entries;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pages;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Trust;
using EHealthHub.Trust.Apps;
using EHealthHub.Trust.OpenId;

namespace EHealthHub.Gateway.SignIn;

/// <summary>Somebody who signed in, at one request for a page.</summary>
/// <param name="Person">Who.</param>
/// <param name="Session">Their session.</param>
/// <param name="FormSeal">For the hidden field <see cref="PageSignIn.SealField"/> of each form on the page.</param>
internal sealed record PageVisit(SignedInPerson Person, PageSession Session, string FormSeal);

/// <summary>
/// Sign-in for pages. A page is mapped with <see cref="OpenEndpoint"/>, since a browser may have no certificate, and begins with <see cref="Visit"/>; a form is taken only where <see cref="IsOurForm"/> says so. By card: the certificate of
/// the session on every request. By OpenID Connect: the person, as the registry knows them at the time of each request.
/// </summary>
internal sealed class PageSignIn(HubParts parts, TrustParts trust, PageSessions sessions, OpenIdPersons persons, ProviderKeys? provider, GatewayMetrics metrics)
{
    /// <summary>Name of the hidden field of every form.</summary>
    public const string SealField = "seal";

    /// <summary>Where people sign in; <c>return</c> says where they go on.</summary>
    public const string Path = "/sign-in";

    /// <summary>Where a form (POST, with the seal) signs out.</summary>
    public const string OutPath = "/sign-out";

    private const int ReturnLengthMax = 4_096;

    /// <summary>The provider of citizens' sign-in; null where certificates alone count.</summary>
    public ProviderKeys? Provider => provider;

    /// <summary>Who sits before the browser. Null where the request has been answered already: sent to sign in, or refused on a page, either way with an entry in the log.</summary>
    public async ValueTask<PageVisit?> Visit(HttpContext context)
    {
        var request = HubRequest.Of(context);
        var session = sessions.Read(context);
        var (reason, person) = session is null ? (TrustReason.NotSignedIn, null) : await Person(context, session).ConfigureAwait(false);
        if (session is not null && person is not null)
        {
            request.Caller = person.Citizen ?? person.Caller;
            return new PageVisit(person, session, sessions.FormSeal(session));
        }

        // A session whose card is gone, or is another's, is no reason to refuse: who is there now may sign in.
        if (HttpMethods.IsGet(context.Request.Method) && reason is TrustReason.NotSignedIn or TrustReason.NoCertificate)
        {
            await SendToSignIn(context, request).ConfigureAwait(false);
        }
        else
        {
            await Refuse(context, reason).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>As <see cref="Visit"/>, for a page that a card alone opens too: by the certificate of the connection where there is one, else by session. NotSignedIn where signing in would help.</summary>
    public async ValueTask<(TrustReason Reason, SignedInPerson? Person, string Binding)> Prove(HttpContext context)
    {
        if (context.Connection.ClientCertificate is not null || provider is null)
        {
            var byCard = await Card(context).ConfigureAwait(false);
            return (byCard.Reason, byCard.Person, byCard.Person?.Certificate ?? "");
        }

        if (sessions.Read(context) is not { } session)
        {
            return (TrustReason.NotSignedIn, null, "");
        }

        var (reason, person) = await Person(context, session).ConfigureAwait(false);
        return (reason, person, "session/" + session.Id);
    }

    /// <summary>True for a form of the hub's own page in this very session: where browsers say where it comes from, from here; and with the session's seal in any case.</summary>
    public bool IsOurForm(HttpContext context, PageSession session, string? seal) => IsFromHere(context.Request, parts.Hub.BaseUrl) && sessions.Holds(session, seal);

    /// <summary>Sends a browser to sign in and then back to where it wanted to go; <paramref name="again"/>: even somebody whom the provider knows already.</summary>
    public async Task SendToSignIn(HttpContext context, HubRequest request, bool again = false)
    {
        request.Receipt = await parts.Acts.Refusals.Count(EntryKind.Open, nameof(TrustReason.NotSignedIn), request.Source, "sign-in", StatusCodes.Status303SeeOther, context.RequestAborted).ConfigureAwait(false);
        context.Response.Headers.Location = $"{Path}?return={Uri.EscapeDataString(context.Request.Path + context.Request.QueryString)}{(again ? "&again=1" : "")}";
        await SignInPages.Send(context, request, StatusCodes.Status303SeeOther, []).ConfigureAwait(false);
    }

    /// <summary>Refuses on a page, with an entry.</summary>
    public async Task Refuse(HttpContext context, TrustReason reason)
    {
        metrics.Refused(reason);
        var request = HubRequest.Of(context);
        var t = Words.Of(request.Language);
        var isLater = reason is TrustReason.ProviderUnavailable or TrustReason.RevocationUnknown;
        var status = isLater ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status403Forbidden;
        request.Receipt = await parts.Acts.Refusals.Count(EntryKind.Refusal, reason.ToString(), request.Source, "sign-in", status, context.RequestAborted).ConfigureAwait(false);
        if (isLater)
        {
            context.Response.Headers.RetryAfter = "5";
        }

        await SignInPages.Send(context, request, status, RefusalPage.Write(t, reason, $"{Path}?lang={t.Other}", request.Receipt.ToString()!)).ConfigureAwait(false);
    }

    /// <summary>Begins a session for the holder of the connection's card.</summary>
    public async ValueTask<TrustReason> SignInByCard(HttpContext context)
    {
        var (reason, person) = await Card(context).ConfigureAwait(false);
        if (person is not null)
        {
            await Begin(context, person, PageSessions.CardMinutes).ConfigureAwait(false);
        }

        return reason;
    }

    /// <summary>Begins a session for whom the provider proved.</summary>
    public async ValueTask<TrustReason> SignInBy(HttpContext context, OpenIdIdentity identity)
    {
        var reason = persons.SignIn(identity, out var person);
        if (person is not null)
        {
            await Begin(context, person, identity.Provider.SessionMinutes).ConfigureAwait(false);
        }

        return reason;
    }

    /// <summary>Where somebody may be sent on to after signing in: a page of this host, else the beginning.</summary>
    public static string ReturnTo(string? wanted, string otherwise) =>
        wanted is { Length: > 0 and <= ReturnLengthMax } && wanted[0] == '/' && !wanted.StartsWith("//", StringComparison.Ordinal) && wanted.All(c => c is > ' ' and < '\u007f' and not '\\')
        && !wanted.StartsWith(Path, StringComparison.OrdinalIgnoreCase) ? wanted : otherwise;

    /// <summary>True unless the browser says that it comes from elsewhere.</summary>
    public static bool IsFromHere(HttpRequest request, string baseUrl)
    {
        var (origin, site) = (request.Headers.Origin.ToString(), request.Headers["Sec-Fetch-Site"].ToString());
        return (origin.Length == 0 || origin == baseUrl) && (site.Length == 0 || site == "same-origin");
    }

    private async ValueTask Begin(HttpContext context, SignedInPerson person, int minutes)
    {
        var session = sessions.Begin(context, person, minutes);
        var request = HubRequest.Of(context);
        request.Caller = person.Citizen ?? person.Caller;
        var entry = parts.Acts.Journal.Entry(request.Act(), EntryKind.SignIn, "sign-in", "", "", "signed-in", [], StatusCodes.Status303SeeOther) with { Detail = $"{person.Method}, until {session.Ends:u}" };
        request.Receipt = await parts.Acts.Journal.Record(entry, context.RequestAborted).ConfigureAwait(false);
    }

    private async ValueTask<(TrustReason Reason, SignedInPerson? Person)> Person(HttpContext context, PageSession session)
    {
        if (session.Certificate.Length > 0)
        {
            var card = await Card(context).ConfigureAwait(false);
            return card.Person is { } person && person.Certificate == session.Certificate && person.Person.Id == session.Person ? card : (card.Reason == TrustReason.None ? TrustReason.NotSignedIn : card.Reason, null);
        }

        if (provider is null)
        {
            // A session of a provider that is no longer configured is over.
            return (TrustReason.NotSignedIn, null);
        }

        var reason = persons.GoOn(session.Person, session.SignedIn, out var found);
        return (reason, found);
    }

    private async ValueTask<(TrustReason Reason, SignedInPerson? Person)> Card(HttpContext context)
    {
        await trust.Gate.Meet(context.Connection.ClientCertificate, context.RequestAborted).ConfigureAwait(false);
        var reason = trust.Persons.Prove(context.Connection.ClientCertificate, out var person);
        return (reason, person);
    }
}
