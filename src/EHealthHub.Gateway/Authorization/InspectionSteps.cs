using System.Security.Claims;
using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Gateway.Composition;
using EHealthHub.Trust.Apps;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace EHealthHub.Gateway.Authorization;

/// <summary>Tokens that are asked about (RFC 7662) or taken back (RFC 7009).</summary>
internal sealed class InspectionSteps(HubParts parts, TrustParts trust)
{
    /// <summary>An access token of the hub, read by Trust; anything else is left to OpenIddict.</summary>
    public ValueTask ReadToken(ValidateTokenContext context)
    {
        var isAskedAbout = context.EndpointType is OpenIddictServerEndpointType.Introspection or OpenIddictServerEndpointType.Revocation;
        if (!isAskedAbout || context.Principal is not null || !trust.Inspection.TryRead(context.Token, out var facts))
        {
            return ValueTask.CompletedTask;
        }

        OAuthCall.Of(context.Transaction).Facts = facts;
        var identity = new ClaimsIdentity("hub");
        identity.SetClaim(OpenIddictConstants.Claims.Subject, facts.Subject);
        identity.SetClaim(OpenIddictConstants.Claims.JwtId, facts.Id);
        identity.SetClaim(OpenIddictConstants.Claims.ClientId, facts.Client);
        var principal = new ClaimsPrincipal(identity);
        principal.SetTokenType(OpenIddictConstants.TokenTypeIdentifiers.AccessToken);
        principal.SetCreationDate(facts.IssuedAt);
        principal.SetExpirationDate(facts.Expires);
        context.Principal = principal;
        return ValueTask.CompletedTask;
    }

    public ValueTask Describe(HandleIntrospectionRequestContext context)
    {
        if (OAuthCall.Of(context.Transaction).Facts is not { } facts)
        {
            // Codes and refresh tokens are between the hub and their client.
            context.Reject(OpenIddictConstants.Errors.InvalidToken);
            return ValueTask.CompletedTask;
        }

        context.Scopes.UnionWith(facts.Scope.Split(' '));
        context.Audiences.Add(trust.Options.FhirBase);
        context.Claims["purpose_of_use"] = facts.Purpose;
        Optional(context, "institution", facts.Institution);
        Optional(context, "role", facts.Role);
        context.Claims["cnf"] = JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["x5t#S256"] = facts.Confirmation });
        return ValueTask.CompletedTask;
    }

    public async ValueTask Revoke(HandleRevocationRequestContext context)
    {
        var call = OAuthCall.Of(context.Transaction);
        var grant = context.GenericTokenPrincipal?.GetClaim(TokenSteps.GrantClaim) is { } text && AppGrant.TryRead(text, out var read) ? read : null;

        // A refresh token takes back all that came of its grant. Another client's token: the answer says no more than it would for one that never was.
        if (!(call.Facts is { } facts ? trust.Inspection.TryRevoke(call.Client!, facts) : grant is not null && trust.Apps.TryRevoke(call.Client!, grant)))
        {
            return;
        }

        call.Request.Caller = call.Client!.Caller;
        var entry = parts.Acts.Journal.Entry(call.Request.Act(), EntryKind.Administration, "revoke", "", "", "token-revoked", []) with { TokenId = call.Facts?.Id ?? grant!.Id };
        call.Request.Receipt = await parts.Acts.Journal.Record(entry, call.Http.RequestAborted).ConfigureAwait(false);
    }

    private static void Optional(HandleIntrospectionRequestContext context, string name, string? value)
    {
        if (value is not null)
        {
            context.Claims[name] = value;
        }
    }
}
