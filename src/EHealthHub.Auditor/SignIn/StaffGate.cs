using EHealthHub.Trust;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using Microsoft.AspNetCore.Authentication;

namespace EHealthHub.Auditor.SignIn;

/// <summary>
/// Who may see the pages: a registered auditor, proven by client certificate, or by OpenID Connect where that is configured and no certificate was shown. Asked for every request, so that a revoked certificate or a suspended auditor is
/// out at once.
/// </summary>
internal sealed class StaffGate(CertificateGate certificates, IRegistry registry, OidcSettings? oidc)
{
    /// <summary>True when somebody without a certificate can be sent to sign in.</summary>
    public bool CanSignIn => oidc is not null;

    /// <summary>Decides about one request.</summary>
    public async ValueTask<StaffVerdict> Examine(HttpContext context)
    {
        var certificate = context.Connection.ClientCertificate;
        if (certificate is null && oidc is not null)
        {
            return await ExamineSession(context, oidc).ConfigureAwait(false);
        }

        var verdict = certificates.Examine(certificate);
        return verdict.Reason != TrustReason.None
            ? StaffVerdict.Refused(verdict.Reason, verdict.Thumbprint)
            : StaffVerdict.Of(registry.Current.StaffOf(verdict.Thumbprint), verdict.Thumbprint);
    }

    private async ValueTask<StaffVerdict> ExamineSession(HttpContext context, OidcSettings settings)
    {
        var session = await context.AuthenticateAsync(OidcSignIn.SessionScheme).ConfigureAwait(false);
        if (!session.Succeeded || session.Principal.FindFirst(settings.PersonClaim)?.Value is not { Length: > 0 } id)
        {
            return StaffVerdict.Refused(TrustReason.NoCertificate, "");
        }

        return StaffVerdict.Of(registry.Current.Persons.FirstOrDefault(p => p.Id == id), "");
    }
}
