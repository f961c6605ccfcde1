using System.Collections.Immutable;
using EHealthHub.Trust.OpenId;

namespace EHealthHub.Gateway.SignIn;

/// <summary>
/// Reads the providers that the hub believes from sections <c>Oidc:Citizens</c> and <c>Oidc:Staff</c> of a JSON file and of the environment (<c>Oidc__Citizens__ClientSecret</c> …), which goes before it. None of either means certificates
/// alone.
/// </summary>
internal static class ProviderSettings
{
    private const string Section = "Oidc";

    /// <summary>The providers; faults are added to the list.</summary>
    public static ImmutableArray<OpenIdProvider> Read(string? file, List<string> faults)
    {
        if (file is not null && !File.Exists(file))
        {
            faults.Add("--oidc must name a JSON file");
            return [];
        }

        try
        {
            var builder = new ConfigurationBuilder();
            if (file is not null)
            {
                builder.AddJsonFile(Path.GetFullPath(file), optional: false, reloadOnChange: false);
            }

            return Read(builder.AddEnvironmentVariables().Build().GetSection(Section), faults);
        }
        catch (Exception e) when (e is InvalidOperationException or InvalidDataException or FormatException)
        {
            faults.Add($"{Section}: {e.Message}");
            return [];
        }
    }

    private static ImmutableArray<OpenIdProvider> Read(IConfigurationSection section, List<string> faults)
    {
        var providers = ImmutableArray.CreateBuilder<OpenIdProvider>();
        foreach (var child in section.GetChildren())
        {
            if (!Enum.TryParse<ProviderUse>(child.Key, ignoreCase: true, out var use) || !Enum.IsDefined(use))
            {
                faults.Add($"{Section}:{child.Key} is not known; the sections are Citizens and Staff");
                continue;
            }

            var provider = new OpenIdProvider();
            child.Bind(provider, binder => binder.ErrorOnUnknownConfiguration = true);
            provider = provider with { Use = use };
            faults.AddRange(provider.Faults());
            providers.Add(provider);
        }

        // Whose word a token is must be told from its issuer alone.
        if (providers.Count > 1 && providers[0].HasTokens && providers[1].HasTokens && providers[0].Issuers.Intersect(providers[1].Issuers, StringComparer.Ordinal).Any())
        {
            faults.Add($"{Section}: bearer tokens of one issuer are those of citizens or those of staff, not both");
        }

        return providers.ToImmutable();
    }
}
