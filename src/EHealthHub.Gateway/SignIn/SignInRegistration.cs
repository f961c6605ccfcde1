using System.Collections.Immutable;
using System.Xml.Linq;
using EHealthHub.Gateway.Composition;
using EHealthHub.Trust.OpenId;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace EHealthHub.Gateway.SignIn;

/// <summary>Sign-in of people, and what is taken of OpenID providers; where there are none, nothing of them is registered.</summary>
internal static class SignInRegistration
{
    /// <summary>Adds it; gives what the consent page asks who sits before it.</summary>
    public static PageSignIn AddSignIn(this IServiceCollection services, HubParts parts, TrustParts trust, ProviderParts providers, GatewayMetrics metrics)
    {
        var persons = new OpenIdPersons(trust.Registry, parts.Time);
        var sessions = new PageSessions(parts, trust);
        var signIn = new PageSignIn(parts, trust, sessions, persons, providers.Pages, metrics);
        services.AddSingleton(_ => sessions);
        services.AddSingleton(_ => signIn);
        services.AddSingleton(_ => new SignInEndpoints(parts, signIn, sessions));
        services.AddSingleton(new ProviderTokens(providers.Tokens, trust.Gate, new OpenIdCallers(trust.Gate, trust.Registry, persons, trust.Options, parts.Time)));
        foreach (var tokens in providers.Tokens)
        {
            IdentityWeb.AddTokens(services, tokens);
        }

        if (providers.Pages is { } pages)
        {
            IdentityWeb.AddPages(services, pages, sessions.Protection, new ProviderSignIn(parts, pages));
        }

        if (providers.Pages is not null || !providers.Tokens.IsEmpty)
        {
            // ASP.NET makes itself a key at start and writes it into the account's home. Nothing here is sealed with it, and nothing is written outside the data directory.
            services.Configure<KeyManagementOptions>(keys => keys.XmlRepository = new Nowhere());
        }

        return signIn;
    }

    /// <summary>Keys of this process, forgotten with it.</summary>
    private sealed class Nowhere : IXmlRepository
    {
        private ImmutableList<XElement> _elements = [];

        public IReadOnlyCollection<XElement> GetAllElements() => _elements;

        public void StoreElement(XElement element, string friendlyName) => ImmutableInterlocked.Update(ref _elements, elements => elements.Add(element));
    }
}
