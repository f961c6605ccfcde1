using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.SignIn;
using EHealthHub.Trust.OpenId;

namespace EHealthHub.Gateway.Tests.SignIn;

public sealed class ProviderSettingsTests
{
    [Fact]
    public void A_file_names_the_providers_of_citizens_and_staff()
    {
        var (settings, fault) = Parse("""
            {"Oidc":{"Citizens":{"Authority":"https://id.example","ClientId":"pages","ClientSecret":"s","Audience":"https://api","NationalIdClaim":"n","ScopeMap":["read=patient/*.rs"],"RequireBinding":true},
                     "Staff":{"TenantId":"7f1c4a52-0d8e-4c5e-9a39-2d1f0f6f9b11","Audience":"api://hub"}}}
            """);
        Assert.Null(fault);
        var citizens = settings!.Providers.Single(p => p.Use == ProviderUse.Citizens);
        Assert.Equal(("https://id.example", true, "read=patient/*.rs"), (citizens.Issuer, citizens.RequireBinding, citizens.ScopeMap.Single()));
        Assert.Equal("oid", settings.Providers.Single(p => p.Use == ProviderUse.Staff).Subject);
    }

    [Theory]
    [InlineData("""{"Oidc":{"Doctors":{"Authority":"https://id.example"}}}""", "Doctors")]
    [InlineData("""{"Oidc":{"Citizens":{"Authority":"https://id.example","Audience":"a","Typo":"x"}}}""", "Typo")]
    [InlineData("""{"Oidc":{"Citizens":{"Authority":"http://id.example","Audience":"a"}}}""", "https")]
    [InlineData("""{"Oidc":{"Citizens":{"Authority":"https://id.example","Audience":"a","SessionMinutes":"x"}}}""", "SessionMinutes")]
    [InlineData("""{"Oidc":{"Citizens":{"Authority":"https://id.example","Audience":"a"},"Staff":{"Authority":"https://id.example/","Audience":"b"}}}""", "not both")]
    [InlineData("not json", "Oidc")]
    public void What_is_wrong_with_it_is_told_and_nothing_starts(string json, string said)
    {
        var (settings, fault) = Parse(json);
        Assert.Null(settings);
        Assert.Contains(said, fault!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told() => Assert.False(GatewaySettings.TryParse(["--data", Path.GetTempPath(), "--oidc", "/no/such/file"], out _, out _));

    [Theory]
    [InlineData("/my?x=1", "/my?x=1")]
    [InlineData("//evil.example", "/otherwise")]
    [InlineData("/\\evil.example", "/otherwise")]
    [InlineData("https://evil.example", "/otherwise")]
    [InlineData("/sign-in?return=/my", "/otherwise")]
    [InlineData("/a b", "/otherwise")]
    [InlineData("", "/otherwise")]
    [InlineData(null, "/otherwise")]
    public void Only_pages_of_this_host_are_gone_back_to(string? wanted, string goes) => Assert.Equal(goes, PageSignIn.ReturnTo(wanted, "/otherwise"));

    private static (GatewaySettings? Settings, string? Fault) Parse(string json)
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(file, json);
        try
        {
            return GatewaySettings.TryParse(["--data", Path.GetTempPath(), "--oidc", file], out var settings, out var fault) ? (settings, null) : (null, fault);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
