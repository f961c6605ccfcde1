using EHealthHub.Trust.OpenId;

namespace EHealthHub.Trust.Tests.OpenId;

public sealed class OpenIdProviderTests
{
    private const string Tenant = "7f1c4a52-0d8e-4c5e-9a39-2d1f0f6f9b11";

    [Fact]
    public void Entra_id_needs_its_tenant_alone()
    {
        var provider = new OpenIdProvider { TenantId = Tenant, Audience = "api://hub" };
        Assert.Empty(provider.Faults());
        Assert.Equal($"https://login.microsoftonline.com/{Tenant}/v2.0", provider.Issuer);
        Assert.Equal($"https://login.microsoftonline.com/{Tenant}/v2.0/.well-known/openid-configuration", provider.Metadata.ToString());
        Assert.Contains($"https://sts.windows.net/{Tenant}/", provider.Issuers);
        Assert.Equal("oid", provider.Subject);
    }

    [Fact]
    public void Any_other_issuer_is_named_by_its_authority()
    {
        var provider = new OpenIdProvider { Authority = "https://id.example/", Audience = "https://api.example" };
        Assert.Empty(provider.Faults());
        Assert.Equal(("https://id.example", "sub"), (provider.Issuer, provider.Subject));
        Assert.Equal("https://id.example https://id.example/", string.Join(' ', provider.Issuers));
    }

    [Theory]
    [InlineData("patient/*.rs", "patient/*.rs")]
    [InlineData("record.read", "patient/Patient.rs patient/Observation.rs")]
    [InlineData("record", "")]
    [InlineData("openid", "")]
    public void Scopes_stand_for_what_is_written_down_and_nothing_else(string scope, string meant) =>
        Assert.Equal(meant, string.Join(' ', new OpenIdProvider { ScopeMap = ["record.read=patient/Patient.rs", "record.read=patient/Observation.rs"] }.ScopesOf(scope)));

    [Fact]
    public void All_faults_are_told_together()
    {
        var provider = new OpenIdProvider
        {
            Authority = "http://insecure", TenantId = "common", ClientId = "x", MetadataAddress = "x", CertificateAuthority = "/nowhere", SessionMinutes = 1, KeyPauseSeconds = 1, ScopeMap = ["a"], PersonClaim = "upn",
        };
        Assert.Equal(9, provider.Faults().Count);
        Assert.Contains(new OpenIdProvider { Authority = "https://id.example" }.Faults(), f => f.Contains("Audience", StringComparison.Ordinal));
        Assert.Contains(new OpenIdProvider { Authority = "https://id.example", Audience = "x", ClientId = "x", ClientSecret = "s" }.Faults(), f => f.Contains("identity token", StringComparison.Ordinal));
        Assert.Contains(new OpenIdProvider { Use = ProviderUse.Staff, Authority = "https://id.example", Audience = "x", NationalIdClaim = "n" }.Faults(), f => f.Contains("for citizens", StringComparison.Ordinal));
    }
}
