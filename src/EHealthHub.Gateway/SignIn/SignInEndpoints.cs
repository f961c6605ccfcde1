using System.Text;
using System.Threading.RateLimiting;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Search;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Trust;
using Microsoft.AspNetCore.Authentication;

namespace EHealthHub.Gateway.SignIn;

/// <summary>The routes of signing in and out.</summary>
internal sealed class SignInEndpoints(HubParts parts, PageSignIn signIn, PageSessions sessions) : IDisposable
{
    /// <summary>Where people go who did not say where to.</summary>
    public const string Beginning = "/signed-in";

    private const string SignedOutPath = "/signed-out";

    // Each waits for the provider, at most ten seconds: strangers who send made-up codes wait for each other.
    private readonly ConcurrencyLimiter _atTheProvider = new(new ConcurrencyLimiterOptions { PermitLimit = 32, QueueLimit = 64 });

    public void Map(IEndpointRouteBuilder routes)
    {
        var open = new OpenEndpoint();
        routes.MapMethods(PageSignIn.Path, ["GET"], In).WithMetadata(open);
        routes.MapMethods(PageSignIn.OutPath, ["POST"], Out).WithMetadata(open);
        routes.MapMethods(SignedOutPath, ["GET"], SignedOut).WithMetadata(open);
        routes.MapMethods(Beginning, ["GET"], SignedIn).WithMetadata(open);
        if (signIn.Provider is not null)
        {
            routes.MapMethods(IdentityWeb.CallbackPath, ["GET"], Callback).WithMetadata(open);
        }
    }

    /// <summary>On to a page of this host.</summary>
    public static Task GoOn(HttpContext context, string path)
    {
        context.Response.Headers.Location = path;
        return SignInPages.Send(context, HubRequest.Of(context), StatusCodes.Status303SeeOther, []);
    }

    public void Dispose() => _atTheProvider.Dispose();

    /// <summary>A certificate that is shown counts, and is examined; without one the provider is asked.</summary>
    private async Task In(HttpContext context)
    {
        var goOn = PageSignIn.ReturnTo(context.Request.Query["return"] is [{ } wanted] ? wanted : null, Beginning);
        if (context.Connection.ClientCertificate is not null || signIn.Provider is not { } provider)
        {
            var reason = await signIn.SignInByCard(context).ConfigureAwait(false);
            await (reason == TrustReason.None ? GoOn(context, goOn) : signIn.Refuse(context, reason)).ConfigureAwait(false);
            return;
        }

        if (provider.Current is null)
        {
            provider.Ask();
            await signIn.Refuse(context, TrustReason.ProviderUnavailable).ConfigureAwait(false);
            return;
        }

        var properties = new AuthenticationProperties { RedirectUri = goOn };
        if (context.Request.Query["again"] is ["1"])
        {
            properties.SetParameter("prompt", "login");
        }

        await context.ChallengeAsync(IdentityWeb.PageScheme, properties).ConfigureAwait(false);
        var request = HubRequest.Of(context);
        request.Receipt = await parts.Acts.Refusals.Count(EntryKind.Open, "sign-in-begun", request.Source, "sign-in", StatusCodes.Status303SeeOther, context.RequestAborted).ConfigureAwait(false);
        await SignInPages.Send(context, request, StatusCodes.Status303SeeOther, []).ConfigureAwait(false);
    }

    private async Task Callback(HttpContext context)
    {
        using var place = await _atTheProvider.AcquireAsync(1, context.RequestAborted).ConfigureAwait(false);
        if (!place.IsAcquired || signIn.Provider!.Current is null)
        {
            signIn.Provider!.Ask();
            await signIn.Refuse(context, TrustReason.ProviderUnavailable).ConfigureAwait(false);
            return;
        }

        var handlers = context.RequestServices.GetRequiredService<IAuthenticationHandlerProvider>();
        if (await handlers.GetHandlerAsync(context, IdentityWeb.PageScheme).ConfigureAwait(false) is not IAuthenticationRequestHandler handler || !await handler.HandleRequestAsync().ConfigureAwait(false))
        {
            await signIn.Refuse(context, TrustReason.SignInFailed).ConfigureAwait(false);
        }
    }

    private async Task Out(HttpContext context)
    {
        var request = HubRequest.Of(context);
        var session = sessions.Read(context);
        using var body = await BodyReader.Read(context, GatewayBounds.FormBytesMax).ConfigureAwait(false);
        var form = body is null ? null : QueryText.Parse(Encoding.UTF8.GetString(body.Bytes.Span));
        if (session is null || form is null)
        {
            await signIn.Refuse(context, TrustReason.NotSignedIn).ConfigureAwait(false);
            return;
        }

        if (!signIn.IsOurForm(context, session, form.Where(p => p.Key == PageSignIn.SealField).Select(p => p.Value).SingleOrDefault()))
        {
            await signIn.Refuse(context, TrustReason.FormForged).ConfigureAwait(false);
            return;
        }

        // What could not be written down is not said to be over.
        if (!sessions.End(context))
        {
            await signIn.Refuse(context, TrustReason.ProviderUnavailable).ConfigureAwait(false);
            return;
        }

        request.Receipt = await parts.Log.Record(
            new AuditEntry
            {
                Kind = EntryKind.SignIn, Time = parts.Time.GetUtcNow(), RequestId = request.RequestId, Person = session.Person, Interaction = "sign-out", Reason = "signed-out", Status = StatusCodes.Status200OK,
                Certificate = session.Certificate, Source = request.Source,
            },
            context.RequestAborted).ConfigureAwait(false);
        var goOn = session.Certificate.Length > 0 ? null : AtTheProvider();
        if (goOn is not null)
        {
            // A header and not a redirect: browsers hold the form's policy against where a redirect leads.
            context.Response.Headers["Refresh"] = "1; url=" + goOn;
        }

        await SignInPages.Send(context, request, StatusCodes.Status200OK, SignInPages.SignedOut(goOn, request.Language)).ConfigureAwait(false);
    }

    /// <summary>The provider's own sign-out (OpenID Connect RP-Initiated Logout 1.0, 2); null where it has none.</summary>
    private string? AtTheProvider()
    {
        if (signIn.Provider?.Current?.Configuration?.EndSessionEndpoint is not { Length: > 0 } address)
        {
            return null;
        }

        var query = QueryText.Write([new("client_id", signIn.Provider.Provider.ClientId), new("post_logout_redirect_uri", parts.Hub.BaseUrl + SignedOutPath)]);
        return address.Contains('?', StringComparison.Ordinal) ? $"{address}&{query[1..]}" : address + query;
    }

    private async Task SignedOut(HttpContext context)
    {
        var request = HubRequest.Of(context);
        request.Receipt = await parts.Acts.Refusals.Count(EntryKind.Open, "open", request.Source, "signed-out", StatusCodes.Status200OK, context.RequestAborted).ConfigureAwait(false);
        await SignInPages.Send(context, request, StatusCodes.Status200OK, SignInPages.SignedOut(null, request.Language)).ConfigureAwait(false);
    }

    /// <summary>Who one is here, and the way out.</summary>
    private async Task SignedIn(HttpContext context)
    {
        if (await signIn.Visit(context).ConfigureAwait(false) is not { } visit)
        {
            return;
        }

        var request = HubRequest.Of(context);
        var entry = parts.Acts.Journal.Entry(request.Act(), EntryKind.Administration, "sign-in", "", "", "own-session", []);
        request.Receipt = await parts.Acts.Journal.Record(entry, context.RequestAborted).ConfigureAwait(false);
        await SignInPages.Send(context, request, StatusCodes.Status200OK, SignInPages.SignedIn(visit, request.Language)).ConfigureAwait(false);
    }
}
