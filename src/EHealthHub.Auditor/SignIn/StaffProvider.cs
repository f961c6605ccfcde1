using EHealthHub.Trust.OpenId;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace EHealthHub.Auditor.SignIn;

/// <summary>What was fetched ahead of the staff's provider, in the form in which Microsoft.Identity.Web asks for it; no request waits for it to be fetched.</summary>
internal sealed class StaffProvider(ProviderDocuments documents) : IConfigurationManager<OpenIdConnectConfiguration>
{
    private const int RsaBitsMin = 2_048;

    private volatile Tuple<long, OpenIdConnectConfiguration?>? _taken;

    public OpenIdProvider Provider => documents.Provider;

    /// <summary>What counts now; null while the provider is unavailable.</summary>
    public OpenIdConnectConfiguration? Current
    {
        get
        {
            if (documents.Current is not { } document)
            {
                documents.Ask();
                return null;
            }

            var taken = _taken;
            if (taken?.Item1 != document.Number)
            {
                _taken = taken = Tuple.Create(document.Number, Read(document));
            }

            return taken.Item2;
        }
    }

    public Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        Current is { } configuration ? Task.FromResult(configuration) : Task.FromException<OpenIdConnectConfiguration>(new IOException("The provider is unavailable."));

    public void RequestRefresh() => documents.Ask();

    /// <summary>True when a key that was not there is being asked for now.</summary>
    public bool Ask() => documents.Ask();

    private static OpenIdConnectConfiguration? Read(ProviderDocument document)
    {
        try
        {
            var configuration = OpenIdConnectConfiguration.Create(document.Metadata);
            foreach (var key in new JsonWebKeySet(document.KeySet) { SkipUnresolvedJsonWebKeys = true }.GetSigningKeys().Where(k => k is ECDsaSecurityKey || k.KeySize >= RsaBitsMin))
            {
                configuration.SigningKeys.Add(key);
            }

            return configuration;
        }
        catch (Exception e) when (e is ArgumentException or System.Text.Json.JsonException)
        {
            // Not what it says it is: as good as not there, until it is fetched again.
            return null;
        }
    }
}
