using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Institutions;

/// <summary>What the clients of an institution must fulfil to stand in the registry.</summary>
internal static class ClientRules
{
    internal const int ClientsMax = 32;
    internal const int KeysMax = 8;
    internal const int RedirectsMax = 16;
    internal const int RedirectLengthMax = 512;

    internal static void Check(Institution institution, List<string> faults)
    {
        if (institution.Clients.IsDefault || institution.Clients.Length > ClientsMax)
        {
            faults.Add($"{institution.Id}: more than {ClientsMax} clients.");
            return;
        }

        foreach (var client in institution.Clients)
        {
            Check(client, faults);
        }
    }

    private static void Check(RegisteredClient client, List<string> faults)
    {
        RegistryRules.CheckNamed(client.Id, client.Name, [], faults);
        if (!Enum.IsDefined(client.Kind) || (client.IsPublic && (client.Kind != ClientKind.App || client.Keys.Length > 0)))
        {
            faults.Add($"{client.Id}: unknown kind, or public although it is no application or has keys.");
        }

        if (client.Keys.Length > KeysMax || client.Keys.Select(k => k.Id).Distinct(StringComparer.Ordinal).Count() != client.Keys.Length || !client.Keys.All(IsSound))
        {
            faults.Add($"{client.Id}: at most {KeysMax} keys, each with an id of its own, of RSA 2,048 to 8,192 bits, P-256 or P-384, for an algorithm that fits.");
        }

        var isApp = client.Kind == ClientKind.App;
        if (client.Redirects.Length > RedirectsMax || (isApp != client.Redirects.Length > 0) || !client.Redirects.All(IsRedirect))
        {
            faults.Add($"{client.Id}: an application has 1 to {RedirectsMax} redirect addresses (https, or http on the loopback interface, no fragment), others none.");
        }

        if (client.Scopes.Length > RegistryRules.ScopesMax || !client.Scopes.All(s => IsScope(s, client.Kind)))
        {
            faults.Add($"{client.Id}: at most {RegistryRules.ScopesMax} scopes; system/ for systems, user/, patient/ and the launch scopes for applications, none for servers.");
        }
    }

    private static bool IsScope(string text, ClientKind kind) => kind switch
    {
        ClientKind.System => NamedScope.IsNamed(text) || GrantedScope.TryParse(text, out var scope) && scope.Level == "system",
        ClientKind.App => AppScopes.IsLaunch(text) || (GrantedScope.TryParse(text, out var scope) && scope.Level is "user" or "patient"),
        _ => false,
    };

    private static bool IsSound(ClientKey key)
    {
        if (key.Id.Length is 0 or > 128 || key.Id.Any(char.IsControl) || key.PublicKey.Length > 4096)
        {
            return false;
        }

        try
        {
            var parsed = PublicKey.CreateFromSubjectPublicKeyInfo(Convert.FromBase64String(key.PublicKey), out _);
            return JoseAlgorithm.Fits(key.Algorithm, parsed);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return false;
        }
    }

    private static bool IsRedirect(string text) =>
        text.Length <= RedirectLengthMax && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0 && !text.Contains('#', StringComparison.Ordinal)
        && text.All(c => c is > ' ' and < '\u007f') && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback));
}
