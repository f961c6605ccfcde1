using System.Text;
using EHealthHub.Exchange.Search;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Trust;
using EHealthHub.Trust.Clients;
using EHealthHub.Trust.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace EHealthHub.Gateway.Authorization;

/// <summary>Reads what a client sent and has Trust say who it is.</summary>
internal sealed class ClientSteps(TrustParts trust, GatewayMetrics metrics)
{
    private const string FormType = "application/x-www-form-urlencoded";
    private const int ParametersMax = 32;

    /// <summary>A form within the bound, each parameter once (RFC 6749, 3.2); no secret, in the form or in a header.</summary>
    public async ValueTask ReadForm(BaseValidatingContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        using var body = await BodyReader.Read(call.Http, GatewayBounds.FormBytesMax).ConfigureAwait(false);
        var type = call.Http.Request.ContentType;
        var isForm = type is not null && type.Split(';')[0].Trim().Equals(FormType, StringComparison.OrdinalIgnoreCase);
        var form = body is null || (!isForm && body.Bytes.Length > 0) ? null : QueryText.Parse(Encoding.UTF8.GetString(body.Bytes.Span));
        if (form is null || form.Count > ParametersMax || form.Select(p => p.Key).Distinct(StringComparer.Ordinal).Count() != form.Count)
        {
            context.Transaction.Request = new OpenIddictRequest();
            context.Reject(OpenIddictConstants.Errors.InvalidRequest);
            return;
        }

        var request = new OpenIddictRequest(form.Where(p => p.Value.Length > 0).Select(p => KeyValuePair.Create(p.Key, (string?)p.Value)));
        context.Transaction.Request = request;
        if (request.ClientSecret is not null || call.Http.Request.Headers.Authorization.Count > 0)
        {
            Refuse(context, call, OpenIddictConstants.Errors.InvalidClient, TrustReason.ClientUnproven, StatusCodes.Status401Unauthorized);
        }
    }

    /// <summary>
    /// The client, by certificate and, where it has keys, by assertion. A card's assertion proves carrier and card together and later. What was looked at is taken away, so that nobody looks at it again by other rules.
    /// </summary>
    public async ValueTask Prove(BaseValidatingContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        var request = context.Transaction.Request!;
        var statement = new ClientStatement(request.ClientId, request.ClientAssertionType, request.ClientAssertion, (string?)request["udap"] == "1");
        if (request.GrantType == OAuthServer.CardGrant && statement is { ClientId: null, AssertionType: null, Assertion: null })
        {
            return;
        }

        await trust.Gate.Meet(call.Http.Connection.ClientCertificate, call.Http.RequestAborted).ConfigureAwait(false);
        var reason = trust.Clients.Prove(call.Http.Connection.ClientCertificate, statement, out var client);
        if (client is null)
        {
            metrics.Refused(reason);
            Refuse(context, call, OpenIddictConstants.Errors.InvalidClient, reason, StatusCodes.Status401Unauthorized);
            return;
        }

        call.Client = client;
        request.ClientId = client.Id;
        request.ClientAssertion = null;
        request.ClientAssertionType = null;
    }

    /// <summary>Introspection is closed: who is no registered resource server learns nothing, not even whether a token exists.</summary>
    public async ValueTask ProveResourceServer(ValidateIntrospectionRequestContext context)
    {
        await Prove(context).ConfigureAwait(false);
        var call = OAuthCall.Of(context.Transaction);
        if (call.Client is { } client && !TokenInspection.MayLook(client))
        {
            metrics.Refused(TrustReason.GrantNotAllowed);
            Refuse(context, call, OpenIddictConstants.Errors.UnauthorizedClient, TrustReason.GrantNotAllowed, StatusCodes.Status403Forbidden);
        }
    }

    internal static void Refuse(BaseValidatingContext context, OAuthCall call, string error, TrustReason reason, int status)
    {
        // Nothing fresh says that a certificate is not revoked: time may mend it.
        var isLater = reason == TrustReason.RevocationUnknown;
        call.Reason = reason;
        call.Status = isLater ? StatusCodes.Status503ServiceUnavailable : status;
        context.Reject(isLater ? OpenIddictConstants.Errors.TemporarilyUnavailable : error, TrustReasons.PublicCode(reason));
    }
}
