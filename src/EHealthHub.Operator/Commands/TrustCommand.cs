using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using EHealthHub.Records;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub trust</c>: the trust list, written by hand in a file and put in force whole.</summary>
internal static class TrustCommand
{
    public static Command Build() => new("trust", "Whom the hub trusts to prove others: authorities, where they publish revocation, what makes a card.") { Show(), Apply() };

    private static Command Show()
    {
        var data = HubOptions.Data();
        var command = new Command("show", "Print the trust list in force as JSON, to be changed and applied; certificates in it may be given as files.") { data };
        command.SetAction((result, _) => RegistryEditing.With(result.GetRequiredValue(data), (registry, hub) =>
        {
            Say.Line((registry.Current.Trust ?? Development(hub.Layout)).Write());
            return HubCommand.Done;
        }));
        return command;
    }

    private static Command Apply()
    {
        var data = HubOptions.Data();
        var file = new Argument<string>("file") { Description = "A trust list as show prints it. A certificate is base64 of its DER, or a file beside the list; an issuer is a thumbprint, or such a file." };
        var reason = RegistryEditing.Reason();
        var command = new Command("apply", "Put a trust list in force; a running hub takes it up within a second. What cannot work is refused whole.") { file, reason, data };
        command.SetAction((result, _) => RegistryEditing.Change(
            result.GetRequiredValue(data), "trust list from " + Path.GetFileName(result.GetRequiredValue(file)), result.GetRequiredValue(reason),
            (registry, _) => Read(result.GetRequiredValue(file), out var fault) is { } trust ? registry.PutTrust(trust) : RegistryEdit.Refuse(fault)));
        return command;
    }

    /// <summary>What holds while nothing was applied, written as a list.</summary>
    private static TrustList Development(HubLayout layout)
    {
        using var authority = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(Path.Combine(layout.Pki, "ca.crt"));
        return new TrustList(
            [new ListedAnchor(authority.Subject, Convert.ToBase64String(authority.RawDataMemory.Span), AnchorUses.All)],
            [],
            [new ListedRevocation(CertificateThumbprint.Of(authority), RevocationKind.List, Path.Combine(layout.Pki, "ca.crl"))],
            [CardProfile.Default]);
    }

    private static TrustList? Read(string path, out string fault)
    {
        try
        {
            var list = JsonNode.Parse(File.ReadAllText(path), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            fault = Embed(list, "anchors", "certificate", folder, c => Convert.ToBase64String(c.RawDataMemory.Span))
                ?? Embed(list, "intermediates", "certificate", folder, c => Convert.ToBase64String(c.RawDataMemory.Span))
                ?? Embed(list, "revocation", "issuer", folder, CertificateThumbprint.Of)
                ?? "";
            return fault.Length == 0 ? TrustList.Parse(list!.ToJsonString()) : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            fault = $"{path} is no trust list: {e.Message}";
            return null;
        }
    }

    /// <summary>Puts files in the place of their names; null when that went well.</summary>
    private static string? Embed(JsonNode? list, string of, string member, string folder, Func<System.Security.Cryptography.X509Certificates.X509Certificate2, string> form)
    {
        foreach (var entry in list?[of] as JsonArray ?? [])
        {
            if ((string?)entry?[member] is { Length: > 0 and < 500 } name && Path.Combine(folder, name) is var file && File.Exists(file))
            {
                using var certificate = RegistryEditing.Load(file, out var fault);
                if (certificate is null)
                {
                    return fault;
                }

                entry[member] = form(certificate);
            }
        }

        return null;
    }
}
