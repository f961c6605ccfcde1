using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Operator.Preparing;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Operator.Commands;

/// <summary>What all commands on the registry share: how it is opened and changed, in whose name, and how certificates and times are given.</summary>
internal static class RegistryEditing
{
    public static Option<string> Reason() => new("--reason") { Description = "Why; it stands in the audit log.", HelpName = "TEXT", DefaultValueFactory = _ => "" };

    public static Argument<string> CertificateArgument() => new("certificate") { Description = "A certificate file (PEM or DER), or its SHA-256 thumbprint in hexadecimal." };

    public static Option<string> CertificateOption() =>
        new("--certificate") { Description = "A certificate file (PEM or DER), or its SHA-256 thumbprint in hexadecimal.", HelpName = "FILE", Required = true };

    public static Option<DateTimeOffset?> Time(string name, string description)
    {
        var option = new Option<DateTimeOffset?>(name)
        {
            Description = description,
            HelpName = "TIME",
            CustomParser = result =>
            {
                if (result.Tokens is [{ Value: var text }]
                    && DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal | System.Globalization.DateTimeStyles.AdjustToUniversal, out var time))
                {
                    return time;
                }

                result.AddError($"{name} must be a day or a time, for example 2027-01-31 or 2027-01-31T12:00:00Z.");
                return null;
            },
        };
        return option;
    }

    /// <summary>The certificate of a file, or a bare thumbprint; null with a fault for what is neither.</summary>
    public static RegisteredCertificate? Certificate(string text, out string fault)
    {
        fault = "";
        if (CertificateThumbprint.IsValid(text))
        {
            return text;
        }

        using var certificate = Load(text, out fault);
        return certificate is null ? null : RegisteredCertificate.Of(certificate);
    }

    /// <summary>The certificate of a file; null with a fault.</summary>
    public static X509Certificate2? Load(string path, out string fault)
    {
        fault = "";
        if (!File.Exists(path))
        {
            fault = $"{path} is neither a file nor 64 lower-case hexadecimal digits.";
            return null;
        }

        try
        {
            return X509CertificateLoader.LoadCertificateFromFile(path);
        }
        catch (CryptographicException e)
        {
            fault = $"{path} is no certificate: {e.Message}";
            return null;
        }
    }

    /// <summary>Changes the registry in the name of the account that runs the command.</summary>
    public static Task<int> Change(string data, string act, string reason, Func<RegistrySnapshot, OpenedHub, RegistryEdit> edit) => With(data, (registry, hub) =>
    {
        var change = registry.Change(snapshot => edit(snapshot, hub), by: new RegistryActor(Environment.UserName, act, reason));
        if (change.Status != RegistryChangeStatus.Done)
        {
            Say.Error(change.Fault);
            return HubCommand.Failed;
        }

        Say.Line($"done; the registry is at revision {change.Revision}");
        return HubCommand.Done;
    });

    public static async Task<int> With(string data, Func<RegistryFile, OpenedHub, int> act)
    {
        using var hub = OpenedHub.Open(data, out var fault);
        if (hub is null)
        {
            Say.Error(fault);
            return HubCommand.Failed;
        }

        try
        {
            using var authenticator = new VaultRegistryAuthenticator(hub.Vault);
            var registry = RegistryFile.Open(hub.Layout.Registry, authenticator, TimeProvider.System);
            await using (registry.ConfigureAwait(false))
            {
                return act(registry, hub);
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Say.Error(e.Message);
            return HubCommand.Failed;
        }
    }
}
