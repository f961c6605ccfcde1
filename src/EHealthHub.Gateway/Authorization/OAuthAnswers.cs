using System.Buffers;
using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Search;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pages;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Trust;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace EHealthHub.Gateway.Authorization;

/// <summary>The last step: an entry in the log, then the answer as JSON (RFC 6749, 5). A refusal carries one stable code and nothing of what was sent.</summary>
internal sealed class OAuthAnswers(HubParts parts)
{
    private const string RequestInvalid = "token-request-invalid";

    public async ValueTask Token(ApplyTokenResponseContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        if (await Refused(context, call, context.Response, "token").ConfigureAwait(false))
        {
            return;
        }

        var token = call.Token!;
        var rule = context.Request?.GrantType == OAuthServer.CardGrant ? "assertion-accepted" : context.Request?.GrantType ?? "";
        var entry = parts.Acts.Journal.Entry(call.Request.Act(), EntryKind.TokenIssued, "token", "", "", rule, []) with { TokenId = token.TokenId };
        call.Request.Receipt = await parts.Acts.Journal.Record(entry, call.Http.RequestAborted).ConfigureAwait(false);
        if (token.Caller.Emergency is not null)
        {
            // An alert of its own, before the token leaves: who broke the glass, where, why and until when.
            call.Request.Receipt = await parts.Acts.Emergencies.Alert(call.Request.Act(), token.TokenId, call.Http.RequestAborted).ConfigureAwait(false);
        }

        context.Response.ExpiresIn = token.ExpiresInSeconds;
        context.Response.Scope = token.Scope;
        if (call.Grant?.Patient is { } patient)
        {
            // The launch context (SMART App Launch, 2.0.10).
            context.Response["patient"] = patient;
        }

        await Send(context, call, context.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    /// <summary>Back to the application, with the issuer's name beside code and state (RFC 9207); or a page, where nobody is known to send the browser back to.</summary>
    public async ValueTask Authorization(ApplyAuthorizationResponseContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        if (context.Response.Error is not null)
        {
            var reason = call.Reason != TrustReason.None ? call.Reason.ToString() : context.Response.Error;
            call.Request.Receipt = await parts.Acts.Refusals.Count(EntryKind.Refusal, reason, call.Request.Source, "authorize", call.Status, call.Http.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            var entry = parts.Acts.Journal.Entry(call.Request.Act(), EntryKind.TokenIssued, "authorize", "", "", "consent-given", []) with { TokenId = call.Grant!.Id, Detail = call.Grant.Client };
            call.Request.Receipt = await parts.Acts.Journal.Record(entry, call.Http.RequestAborted).ConfigureAwait(false);
        }

        // Once the application and its address are proven, a fault of the request is the application's to know (RFC 6749, 4.1.2.1).
        if ((context.RedirectUri ?? (call.Asking is null ? null : context.Request?.RedirectUri)) is not { } redirect)
        {
            await Page(call, call.Status, ConsentPage.Refuse(call.Reason != TrustReason.None ? TrustReasons.PublicCode(call.Reason) : RequestInvalid, call.Request.Language), null).ConfigureAwait(false);
            context.HandleRequest();
            return;
        }

        List<KeyValuePair<string, string>> answer = [new("iss", parts.Hub.BaseUrl)];
        if (context.Request?.State is { } state)
        {
            answer.Add(new("state", state));
        }

        answer.Add(context.Response.Error is { } error ? new("error", error) : new("code", context.AuthorizationCode!));
        if (call.Reason != TrustReason.None)
        {
            answer.Add(new("error_description", TrustReasons.PublicCode(call.Reason)));
        }

        var query = QueryText.Write(answer);
        call.Http.Response.Headers.Location = redirect.Contains('?', StringComparison.Ordinal) ? $"{redirect}&{query[1..]}" : redirect + query;
        await Page(call, StatusCodes.Status303SeeOther, [], redirect).ConfigureAwait(false);
        context.HandleRequest();
    }

    /// <summary>A page for people, in the language of their browser.</summary>
    public static Task Page(OAuthCall call, int status, byte[] page, string? redirect) => PageAnswer.Send(call.Http, call.Request, status, page, call.Request.Language, redirect);

    public async ValueTask Introspection(ApplyIntrospectionResponseContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        if (await Refused(context, call, context.Response, "introspect").ConfigureAwait(false))
        {
            return;
        }

        call.Request.Caller = call.Client!.Caller;
        var entry = parts.Acts.Journal.Entry(call.Request.Act(), EntryKind.Administration, "introspect", "", "", call.Facts is null ? "token-inactive" : "token-active", []) with { TokenId = call.Facts?.Id ?? "" };
        call.Request.Receipt = await parts.Acts.Journal.Record(entry, call.Http.RequestAborted).ConfigureAwait(false);
        await Send(context, call, context.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    public async ValueTask Revocation(ApplyRevocationResponseContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        if (await Refused(context, call, context.Response, "revoke").ConfigureAwait(false))
        {
            return;
        }

        call.Request.Receipt ??= await parts.Acts.Refusals.Count(EntryKind.Open, "token-unknown", call.Request.Source, "revoke", 200, call.Http.RequestAborted).ConfigureAwait(false);
        await Send(context, call, context.Response, StatusCodes.Status200OK).ConfigureAwait(false);
    }

    private async ValueTask<bool> Refused(BaseRequestContext context, OAuthCall call, OpenIddictResponse response, string interaction)
    {
        if (response.Error is not { } error)
        {
            return false;
        }

        var isOurs = call.Reason != TrustReason.None;
        var reason = isOurs ? call.Reason.ToString() : RequestInvalid;
        call.Request.Receipt = await parts.Acts.Refusals.Count(EntryKind.Refusal, reason, call.Request.Source, interaction, call.Status, call.Http.RequestAborted).ConfigureAwait(false);
        var answer = new OpenIddictResponse { Error = error, ErrorDescription = isOurs ? TrustReasons.PublicCode(call.Reason) : RequestInvalid };
        await Send(context, call, answer, call.Status).ConfigureAwait(false);
        return true;
    }

    private static async ValueTask Send(BaseRequestContext context, OAuthCall call, OpenIddictResponse response, int status)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body))
        {
            response.WriteTo(json);
        }

        call.Http.Response.Headers.Pragma = "no-cache";
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            call.Http.Response.Headers.RetryAfter = "1";
        }

        await Responses.Send(call.Http, call.Request, status, body.WrittenMemory, "application/json").ConfigureAwait(false);
        context.HandleRequest();
    }
}
