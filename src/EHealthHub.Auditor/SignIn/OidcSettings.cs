namespace EHealthHub.Auditor.SignIn;

/// <summary>
/// OpenID Connect for staff, section <c>Oidc</c> of the configuration (environment: <c>Oidc__Authority</c> …). Without it only certificates are taken. The provider says who somebody is; that they are an auditor stands in the registry.
/// </summary>
internal sealed record OidcSettings
{
    /// <summary>Issuer, https.</summary>
    public string Authority { get; init; } = "";

    /// <summary>Our client id at the issuer.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Our client secret; from the environment, never from a file in the data directory.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>Claim whose value is the person's registered id in the hub.</summary>
    public string PersonClaim { get; init; } = "preferred_username";

    /// <summary>Where the issuer's metadata lies, when not at the well-known place below the issuer.</summary>
    public string MetadataAddress { get; init; } = "";

    /// <summary>PEM file with the authority that issued the provider's server certificate, when it is a private one.</summary>
    public string CertificateAuthority { get; init; } = "";

    /// <summary>How long a session lasts, minutes, 5 to 600. It is not prolonged by use.</summary>
    public int SessionMinutes { get; init; } = 60;

    /// <summary>All faults; empty when the settings can be used.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var authority) || authority.Scheme != Uri.UriSchemeHttps)
        {
            faults.Add("Oidc:Authority must be an https address");
        }

        if (MetadataAddress.Length > 0 && (!Uri.TryCreate(MetadataAddress, UriKind.Absolute, out var metadata) || metadata.Scheme != Uri.UriSchemeHttps))
        {
            faults.Add("Oidc:MetadataAddress must be an https address");
        }

        if (ClientId.Length == 0 || ClientSecret.Length == 0 || PersonClaim.Length == 0)
        {
            faults.Add("Oidc:ClientId, Oidc:ClientSecret and Oidc:PersonClaim must be given");
        }

        if (CertificateAuthority.Length > 0 && !File.Exists(CertificateAuthority))
        {
            faults.Add("Oidc:CertificateAuthority must name a PEM file");
        }

        if (SessionMinutes is < 5 or > 600)
        {
            faults.Add("Oidc:SessionMinutes must lie between 5 and 600");
        }

        return faults;
    }
}
