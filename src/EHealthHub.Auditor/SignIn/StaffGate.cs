using EHealthHub.Trust;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.OpenId;
using Microsoft.AspNetCore.Authentication;

namespace EHealthHub.Auditor.SignIn;

/// <summary>
/// Who may see the pages: a registered auditor, proven by client certificate, or by OpenID Connect where that is configured and no certificate was shown. Asked for every request, so that a revoked certificate or a suspended auditor is
/// out at once.
/// </summary>
internal sealed class StaffGate(CertificateGate certificates, IRegistry registry, StaffProvider? provider, OpenIdPersons persons)
{
    /// <summary>True when somebody without a certificate can be sent to sign in.</summary>
    public bool CanSignIn => provider is not null;

    /// <summary>True while there is somewhere to be sent to.</summary>
    public bool IsProviderThere => provider?.Current is not null;

    /// <summary>Decides about one request.</summary>
    public async ValueTask<StaffVerdict> Examine(HttpContext context)
    {
        var certificate = context.Connection.ClientCertificate;
        if (certificate is null && provider is not null)
        {
            return await ExamineSession(context, provider.Provider).ConfigureAwait(false);
        }

        var verdict = certificates.Examine(certificate);
        return verdict.Reason != TrustReason.None
            ? StaffVerdict.Refused(verdict.Reason, verdict.Thumbprint)
            : StaffVerdict.Of(registry.Current.StaffOf(verdict.Thumbprint), verdict.Thumbprint);
    }

    private async ValueTask<StaffVerdict> ExamineSession(HttpContext context, OpenIdProvider believed)
    {
        var session = await context.AuthenticateAsync(OidcSignIn.SessionScheme).ConfigureAwait(false);
        if (!session.Succeeded || OpenIdIdentity.Read(believed, session.Principal) is not { } identity)
        {
            return StaffVerdict.Refused(TrustReason.NotSignedIn, "");
        }

        var reason = persons.Find(identity, out var person);
        return person is null ? StaffVerdict.Refused(reason, "") : StaffVerdict.Of(person, "");
    }
}
