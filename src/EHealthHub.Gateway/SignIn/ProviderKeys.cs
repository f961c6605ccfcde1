using EHealthHub.Trust.OpenId;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace EHealthHub.Gateway.SignIn;

/// <summary>What was fetched ahead of a provider, in the form in which Microsoft.Identity.Web asks for it. It never goes to the network: whoever presents a token does not decide when the hub calls whom.</summary>
internal sealed class ProviderKeys(ProviderDocuments documents) : IConfigurationManager<OpenIdConnectConfiguration>
{
    private const int RsaBitsMin = 2_048;

    private volatile Taken? _taken;

    public OpenIdProvider Provider => documents.Provider;

    /// <summary>What counts now; null while the provider is unavailable.</summary>
    public Taken? Current
    {
        get
        {
            if (documents.Current is not { } document)
            {
                return null;
            }

            var taken = _taken;
            if (taken?.Number != document.Number)
            {
                _taken = taken = Read(document);
            }

            return taken.Configuration is null ? null : taken;
        }
    }

    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        Current?.Configuration is { } configuration ? Task.FromResult(configuration) : Task.FromException<OpenIdConnectConfiguration>(new InvalidOperationException("The provider is unavailable."));

    public void RequestRefresh() => documents.Ask();

    /// <summary>See <see cref="ProviderDocuments.Ask"/>.</summary>
    public bool Ask() => documents.Ask();

    private static Taken Read(ProviderDocument document)
    {
        try
        {
            var configuration = OpenIdConnectConfiguration.Create(document.Metadata);
            var keys = new JsonWebKeySet(document.KeySet) { SkipUnresolvedJsonWebKeys = true };
            configuration.JsonWebKeySet = keys;
            foreach (var key in keys.GetSigningKeys().Where(IsStrong))
            {
                configuration.SigningKeys.Add(key);
            }

            return new Taken(document.Number, configuration, [.. configuration.SigningKeys.Select(k => k.KeyId ?? "")]);
        }
        catch (Exception e) when (e is ArgumentException or System.Text.Json.JsonException)
        {
            // Not what it says it is: as good as not there, until it is fetched again.
            return new Taken(document.Number, null, []);
        }
    }

    /// <summary>A MAC under a published key would be anybody's.</summary>
    private static bool IsStrong(SecurityKey key) => key switch
    {
        ECDsaSecurityKey => true,
        X509SecurityKey { PublicKey: System.Security.Cryptography.ECDsa } => true,
        RsaSecurityKey or X509SecurityKey => key.KeySize >= RsaBitsMin,
        _ => false,
    };

    /// <param name="Number">Of the document.</param>
    /// <param name="Configuration">Null for a document that cannot be read.</param>
    /// <param name="KeyIds">kid of each signing key; empty text for one without.</param>
    public sealed record Taken(long Number, OpenIdConnectConfiguration? Configuration, HashSet<string> KeyIds);
}
