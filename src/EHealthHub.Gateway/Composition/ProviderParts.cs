using System.Collections.Immutable;
using EHealthHub.Gateway.SignIn;
using EHealthHub.Trust.OpenId;

namespace EHealthHub.Gateway.Composition;

/// <summary>The OpenID providers that the hub believes, with what they published fetched ahead.</summary>
public sealed class ProviderParts : IAsyncDisposable
{
    private readonly List<ProviderDocuments> _documents = [];

    private ProviderParts()
    {
    }

    /// <summary>Those whose bearer tokens are taken.</summary>
    internal ImmutableArray<ProviderKeys> Tokens { get; private set; } = [];

    /// <summary>Where citizens sign in; null where certificates alone count.</summary>
    internal ProviderKeys? Pages { get; private set; }

    /// <summary>Opens; a provider that is down does not keep the hub from starting.</summary>
    public static async Task<ProviderParts> Open(ImmutableArray<OpenIdProvider> providers, TimeProvider time, ILoggerFactory logs)
    {
        var parts = new ProviderParts();
        foreach (var provider in providers)
        {
            var documents = new ProviderDocuments(provider, time, logs.CreateLogger<ProviderDocuments>());
            var keys = new ProviderKeys(documents);
            parts._documents.Add(documents);
            parts.Tokens = provider.HasTokens ? parts.Tokens.Add(keys) : parts.Tokens;
            parts.Pages = provider is { HasSignIn: true, Use: ProviderUse.Citizens } ? keys : parts.Pages;
        }

        await Task.WhenAll(parts._documents.Select(d => d.Start())).ConfigureAwait(false);
        return parts;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var documents in _documents)
        {
            await documents.DisposeAsync().ConfigureAwait(false);
        }
    }
}
