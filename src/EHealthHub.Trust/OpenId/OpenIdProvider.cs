using System.Collections.Immutable;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.OpenId;

/// <summary>Whom a provider's word is taken for.</summary>
public enum ProviderUse
{
    /// <summary>Citizens, by their national id or by issuer and subject.</summary>
    Citizens = 1,

    /// <summary>Auditors and operators of the hub.</summary>
    Staff = 2,
}

/// <summary>
/// An OpenID provider that the hub believes, sections <c>Oidc:Citizens</c> and <c>Oidc:Staff</c> of the configuration. Entra ID needs its tenant alone; any other conformant issuer is named by its authority. The provider says who somebody
/// is; what they may do stands in the registry.
/// </summary>
public sealed record OpenIdProvider
{
    private const string EntraLogin = "https://login.microsoftonline.com/";
    private const string EntraIssuer = "https://sts.windows.net/";

    /// <summary>Whom its word is taken for; set by the host, from the section's name.</summary>
    public ProviderUse Use { get; init; } = ProviderUse.Citizens;

    /// <summary>Entra ID: the directory's id, a GUID. Empty for any other issuer.</summary>
    public string TenantId { get; init; } = "";

    /// <summary>Issuer, https; with a tenant it need not be given.</summary>
    public string Authority { get; init; } = "";

    /// <summary>Our client id at the issuer, for sign-in on the pages; empty where there is none.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Our client secret; from the environment, never from a file in the data directory.</summary>
    public string ClientSecret { get; init; } = "";

    /// <summary>What bearer tokens must be meant for (<c>aud</c>); empty where none are taken. Not the client id, so that an identity token is no access token; Entra ID's scopes tell those apart.</summary>
    public string Audience { get; init; } = "";

    /// <summary>Where the issuer's metadata lies, when not at the well-known place below the issuer.</summary>
    public string MetadataAddress { get; init; } = "";

    /// <summary>PEM file with the authority that issued the provider's server certificate, when it is a private one; nothing else is trusted then.</summary>
    public string CertificateAuthority { get; init; } = "";

    /// <summary>Claim by which the provider knows a person for good: <c>sub</c>, and at Entra ID <c>oid</c>, since its <c>sub</c> differs from client to client.</summary>
    public string SubjectClaim { get; init; } = "";

    /// <summary>Citizens: claim that holds the national id. Empty: found by issuer and subject, as the registry has them.</summary>
    public string NationalIdClaim { get; init; } = "";

    /// <summary>Staff: claim whose value is the person's registered id, for a provider in which nobody chooses it. Empty: found by issuer and subject, as the registry has them.</summary>
    public string PersonClaim { get; init; } = "";

    /// <summary>Staff: claim that holds roles, for the two below.</summary>
    public string RoleClaim { get; init; } = "roles";

    /// <summary>Role that makes an auditor of somebody whom the registry does not know. Empty, the default: none does, authority comes from the registry.</summary>
    public string AuditorRole { get; init; } = "";

    /// <summary>Role that makes an operator of somebody whom the registry does not know; empty by default.</summary>
    public string OperatorRole { get; init; } = "";

    /// <summary>Scopes of the provider and what they stand for, each as <c>theirs=patient/*.rs</c>. SMART scopes stand for themselves. Whatever they say, a citizen gets no more than a citizen has, and a client no more than it is registered with.</summary>
    public IList<string> ScopeMap { get; init; } = [];

    /// <summary>True to take only tokens that are bound to the connection's certificate (<c>cnf.x5t#S256</c>, RFC 8705). A binding that is there is looked at always.</summary>
    public bool RequireBinding { get; init; }

    /// <summary>How long a session on the pages lasts, minutes, 5 to 240. It is not prolonged by use.</summary>
    public int SessionMinutes { get; init; } = 30;

    /// <summary>Longest lifetime of a bearer token that is taken, minutes, 5 to 1,440.</summary>
    public int TokenMinutesMax { get; init; } = 120;

    /// <summary>A token that names a key which is not there makes the hub ask for the keys again, but no more often than this: seconds, 5 to 300.</summary>
    public int KeyPauseSeconds { get; init; } = 30;

    /// <summary>The authority without a slash at its end: the issuer's name in the registry.</summary>
    public string Issuer => Authority.Length > 0 ? Authority.TrimEnd('/') : TenantId.Length > 0 ? $"{EntraLogin}{TenantId}/v2.0" : "";

    /// <summary>True where its users can sign in on the pages.</summary>
    public bool HasSignIn => ClientId.Length > 0;

    /// <summary>True where its bearer tokens are taken.</summary>
    public bool HasTokens => Audience.Length > 0;

    /// <summary>Every spelling of its name that tokens may have; Entra ID has an older one besides.</summary>
    public ImmutableArray<string> Issuers => TenantId.Length > 0 ? [Issuer, Issuer + "/", $"{EntraIssuer}{TenantId}/"] : [Issuer, Issuer + "/"];

    /// <summary>Where its metadata lies.</summary>
    public Uri Metadata => new(MetadataAddress.Length > 0 ? MetadataAddress : Issuer + "/.well-known/openid-configuration");

    /// <summary>The claim in force for <see cref="SubjectClaim"/>.</summary>
    public string Subject => SubjectClaim.Length > 0 ? SubjectClaim : TenantId.Length > 0 ? "oid" : "sub";

    /// <summary>The SMART scopes that a scope of the provider stands for; empty for one that stands for nothing here.</summary>
    public IEnumerable<string> ScopesOf(string scope)
    {
        if (GrantedScope.TryParse(scope, out _))
        {
            yield return scope;
        }

        foreach (var line in ScopeMap)
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            if (at > 0 && line.AsSpan(0, at).SequenceEqual(scope))
            {
                yield return line[(at + 1)..];
            }
        }
    }

    /// <summary>All faults; empty when the settings can be used.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        var section = "Oidc:" + Use;
        if (TenantId.Length > 0 && !Guid.TryParseExact(TenantId, "D", out _))
        {
            faults.Add($"{section}:TenantId must be the directory's id, a GUID");
        }

        if (!IsHttps(Issuer))
        {
            faults.Add($"{section}:Authority must be an https address, or {section}:TenantId a directory of Entra ID");
        }

        if (MetadataAddress.Length > 0 && !IsHttps(MetadataAddress))
        {
            faults.Add($"{section}:MetadataAddress must be an https address");
        }

        if (!HasSignIn && !HasTokens)
        {
            faults.Add($"{section}:ClientId (sign-in on the pages) or {section}:Audience (bearer tokens) must be given");
        }

        if (HasSignIn && ClientSecret.Length == 0)
        {
            faults.Add($"{section}:ClientSecret must be given with {section}:ClientId");
        }

        if (HasTokens && Audience == ClientId && TenantId.Length == 0)
        {
            faults.Add($"{section}:Audience must differ from {section}:ClientId: an identity token is no access token");
        }

        if (CertificateAuthority.Length > 0 && !File.Exists(CertificateAuthority))
        {
            faults.Add($"{section}:CertificateAuthority must name a PEM file");
        }

        if (ScopeMap.Any(line => line.IndexOf('=', StringComparison.Ordinal) is var at && (at < 1 || !GrantedScope.TryParse(line[(at + 1)..], out _))))
        {
            faults.Add($"{section}:ScopeMap must have lines of the form theirs=patient/*.rs");
        }

        if (SessionMinutes is < 5 or > 240 || TokenMinutesMax is < 5 or > 1_440)
        {
            faults.Add($"{section}:SessionMinutes must lie between 5 and 240, {section}:TokenMinutesMax between 5 and 1440");
        }

        if (KeyPauseSeconds is < 5 or > 300)
        {
            faults.Add($"{section}:KeyPauseSeconds must lie between 5 and 300");
        }

        AddMisplaced(faults, section);
        return faults;
    }

    /// <summary>What means nothing here was meant for the other section.</summary>
    private void AddMisplaced(List<string> faults, string section)
    {
        if (Use == ProviderUse.Staff && (NationalIdClaim.Length > 0 || ScopeMap.Count > 0))
        {
            faults.Add($"{section}: NationalIdClaim and ScopeMap are for citizens");
        }

        if (Use == ProviderUse.Citizens && (PersonClaim.Length > 0 || AuditorRole.Length > 0 || OperatorRole.Length > 0))
        {
            faults.Add($"{section}: PersonClaim, AuditorRole and OperatorRole are for staff");
        }

        if ((AuditorRole.Length > 0 || OperatorRole.Length > 0) && RoleClaim.Length == 0)
        {
            faults.Add($"{section}:RoleClaim must name the claim of the roles");
        }
    }

    private static bool IsHttps(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Fragment.Length == 0 && uri.Query.Length == 0;
}
