using System.Security.Claims;
using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Search;
using EHealthHub.Exchange;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Gateway.SignIn;
using EHealthHub.Trust.Apps;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace EHealthHub.Gateway.Authorization;

/// <summary>The authorization endpoint (SMART App Launch, standalone): whose application, where back to, who sits before the browser, and what they say to it.</summary>
internal sealed class LaunchSteps(HubParts parts, TrustParts trust, GatewayMetrics metrics, FormSeal seal, PageSignIn signIn)
{
    private const int TextMax = 2_048;

    private static readonly TimeSpan JustNow = TimeSpan.FromMinutes(2);

    /// <summary>The request from the address (GET) or a form (POST), the application's or that of the page; each parameter once.</summary>
    public async ValueTask Read(ExtractAuthorizationRequestContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        string? text;
        if (HttpMethods.IsGet(call.Http.Request.Method))
        {
            text = call.Http.Request.QueryString.Value is { Length: > 1 } query ? query[1..] : "";
        }
        else
        {
            using var body = await BodyReader.Read(call.Http, GatewayBounds.FormBytesMax).ConfigureAwait(false);
            text = body is null ? null : Encoding.UTF8.GetString(body.Bytes.Span);
        }

        var pairs = text is null ? null : QueryText.Parse(text);
        context.Transaction.Request = new OpenIddictRequest();
        if (pairs is null || pairs.Select(p => p.Key).Distinct(StringComparer.Ordinal).Count() != pairs.Count || pairs.Any(p => p.Value.Length > TextMax || p.Value.Any(char.IsControl)))
        {
            context.Reject(OpenIddictConstants.Errors.InvalidRequest);
            return;
        }

        // What would let the request come from elsewhere is taken along, so that it is refused; what nobody knows is left.
        context.Transaction.Request = new OpenIddictRequest(pairs
            .Where(p => p.Value.Length > 0 && (FormSeal.Parameters.Contains(p.Key) || p.Key is FormSeal.Field or "consent" or "request" or "request_uri" or "launch"))
            .Select(p => KeyValuePair.Create(p.Key, (string?)p.Value)));
    }

    /// <summary>Before anything else: a registered application and one of its own addresses, character by character. Whoever is neither gets no browser sent anywhere.</summary>
    public ValueTask Check(ValidateAuthorizationRequestContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        var request = context.Request;
        if (trust.Apps.Application(request.ClientId) is not { } asking || request.RedirectUri is null || !asking.App.Redirects.Contains(request.RedirectUri, StringComparer.Ordinal))
        {
            Refuse(context, call, OpenIddictConstants.Errors.InvalidClient, TrustReason.ClientUnproven);
            return ValueTask.CompletedTask;
        }

        call.Asking = asking;

        // aud: an application that was led to another server's data would carry the token there (SMART App Launch, 2.0.7). Without state nobody could tell whose answer it is.
        if ((string?)request["aud"] != parts.Hub.FhirBase || request.State is null || request.ResponseMode is not (null or "query") || request["launch"] is not null)
        {
            Refuse(context, call, OpenIddictConstants.Errors.InvalidRequest, TrustReason.GrantInvalid);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Who, then the page, then the answer.</summary>
    public async ValueTask Ask(HandleAuthorizationRequestContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        var (reason, person, binding) = await signIn.Prove(call.Http).ConfigureAwait(false);
        if (HttpMethods.IsGet(call.Http.Request.Method) && MustSignIn(context, reason, person))
        {
            await signIn.SendToSignIn(call.Http, call.Request, again: person is not null).ConfigureAwait(false);
            context.HandleRequest();
            return;
        }

        if (person is null)
        {
            Refuse(context, call, reason == TrustReason.NotSignedIn ? OpenIddictConstants.Errors.LoginRequired : OpenIddictConstants.Errors.AccessDenied, reason);
            return;
        }

        call.Request.Caller = person.Caller;
        var known = await Known(person, call.Http.RequestAborted).ConfigureAwait(false);
        reason = trust.Apps.TryBegin(person, call.Asking!.Value, context.Request.Scope, known, out var grant);
        if (grant is null)
        {
            Refuse(context, call, reason == TrustReason.ScopeNotAllowed ? OpenIddictConstants.Errors.InvalidScope : OpenIddictConstants.Errors.AccessDenied, reason);
            return;
        }

        if (context.Request.HasPromptValue(OpenIddictConstants.PromptValues.None))
        {
            context.Reject(OpenIddictConstants.Errors.ConsentRequired);
        }
        else if (HttpMethods.IsGet(call.Http.Request.Method) || (context.Request[FormSeal.Field] is null && context.Request["consent"] is null))
        {
            await Show(context, call, person, binding, grant).ConfigureAwait(false);
        }
        else if (!PageSignIn.IsFromHere(call.Http.Request, parts.Hub.BaseUrl) || !seal.Holds((string?)context.Request[FormSeal.Field], context.Request, binding))
        {
            Refuse(context, call, OpenIddictConstants.Errors.AccessDenied, TrustReason.GrantInvalid);
        }
        else if ((string?)context.Request["consent"] == "allow")
        {
            call.Grant = grant;
            context.SignIn(TokenSteps.Principal(grant));
        }
        else
        {
            context.Reject(OpenIddictConstants.Errors.AccessDenied);
        }
    }

    private async ValueTask Show(HandleAuthorizationRequestContext context, OAuthCall call, SignedInPerson person, string binding, AppGrant grant)
    {
        var page = ConsentPage.Ask(context.Request, seal.Make(context.Request, binding), person, call.Asking!.Value, grant, call.Request.Language);
        var entry = parts.Acts.Journal.Entry(call.Request.Act(), EntryKind.Administration, "authorize", "", "", "consent-asked", []) with { Detail = grant.Client };
        call.Request.Receipt = await parts.Acts.Journal.Record(entry, call.Http.RequestAborted).ConfigureAwait(false);
        await OAuthAnswers.Page(call, StatusCodes.Status200OK, page, context.Request.RedirectUri).ConfigureAwait(false);
        context.HandleRequest();
    }

    /// <summary>Where the provider proves people: nobody is signed in, or the application asks for it anew. Who asks for no page (prompt none) is not led to one.</summary>
    private bool MustSignIn(HandleAuthorizationRequestContext context, TrustReason reason, SignedInPerson? person) =>
        !context.Request.HasPromptValue(OpenIddictConstants.PromptValues.None)
        && (reason == TrustReason.NotSignedIn
            || (person is { Method: "openid" } && context.Request.HasPromptValue(OpenIddictConstants.PromptValues.Login) && parts.Time.GetUtcNow() - person.Time > JustNow));

    /// <summary>Where the person stands in the records: by exact identifier, which is read in order to decide.</summary>
    private async ValueTask<PersonContext> Known(SignedInPerson person, CancellationToken cancellationToken)
    {
        var type = person.Person.Kind == PersonKind.Citizen ? "Patient" : "Practitioner";
        var found = person.Person.NationalId is { } id
            ? await parts.Records.LocateByIdentifier(new IdentifierCondition(type, DecisionFacts.NationalIdSystem, id), cancellationToken).ConfigureAwait(false)
            : [];
        var only = found.Count == 1 ? found[0] : null;
        return new PersonContext(only is null ? null : $"{parts.Hub.FhirBase}/{type}/{only}", person.Person.Kind == PersonKind.Citizen ? only : null);
    }

    private void Refuse(BaseValidatingContext context, OAuthCall call, string error, TrustReason reason)
    {
        metrics.Refused(reason);
        ClientSteps.Refuse(context, call, error, reason, StatusCodes.Status400BadRequest);
    }
}
