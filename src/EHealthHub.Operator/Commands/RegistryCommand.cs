using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Operator.Preparing;
using EHealthHub.Trust;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub registry</c>: who may speak, and with what authority. A running hub takes a change up within a second.</summary>
internal static class RegistryCommand
{
    public static Command Build() => new("registry", "Who may speak, and with what authority.")
    {
        List(),
        Add(),
        OfOne("suspend", "Silence an institution or a person.", (registry, id) => registry.Suspend(id)),
        OfOne("resume", "End a suspension.", (registry, id) => registry.Resume(id)),
        Certificate(),
        OfCertificate("block", "Put a certificate on the hub's own block list: it is out on its next request.", (registry, thumbprint) => registry.Block(thumbprint)),
        OfCertificate("unblock", "Take a certificate off the block list.", (registry, thumbprint) => registry.Unblock(thumbprint)),
        Employ(),
        Dismiss(),
    };

    private static Command List()
    {
        var data = HubOptions.Data();
        var command = new Command("list", "List institutions, persons and blocked certificates.") { data };
        command.SetAction((result, _) => With(result.GetRequiredValue(data), registry =>
        {
            Say.Line($"revision {registry.Current.Revision}");
            foreach (var institution in registry.Current.Institutions)
            {
                Say.Line($"{institution.Id,-22} {institution.Kind,-10} {(institution.Suspended ? "SUSPENDED" : "speaks"),-10} {string.Join(' ', institution.Scopes),-28} {institution.Name}");
            }

            foreach (var person in registry.Current.Persons)
            {
                var at = string.Join(", ", person.Employments.Select(e => e.Institution + (e.Until is { } until ? $" until {until:yyyy-MM-dd}" : "")));
                Say.Line($"{person.Id,-22} {person.Kind,-10} {(person.Suspended ? "SUSPENDED" : "speaks"),-10} {at,-28} {person.Name}");
            }

            foreach (var blocked in registry.Current.BlockedCertificates.Order(StringComparer.Ordinal))
            {
                Say.Line($"blocked certificate    {blocked}");
            }

            return HubCommand.Done;
        }));
        return command;
    }

    private static Command Add()
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "A stable id in lower case, for example hospital-bursa." };
        var name = new Option<string>("--name") { Description = "Its name, for people.", HelpName = "NAME", Required = true };
        var kind = new Option<InstitutionKind>("--kind") { Description = "What it is.", DefaultValueFactory = _ => InstitutionKind.Provider };
        var certificate = CertificateOption();
        var rate = HubOptions.Number("--requests-per-second", 1_000, 1, 100_000, "Its quota.");
        var command = new Command("add", "Register an institution with its TLS client certificate.") { id, name, kind, certificate, rate, data };
        command.SetAction((result, _) => Change(result.GetRequiredValue(data), registry =>
        {
            if (Thumbprint(result.GetRequiredValue(certificate), out var fault) is not { } thumbprint)
            {
                return RegistryEdit.Refuse(fault);
            }

            if (registry.InstitutionById(result.GetRequiredValue(id)) is not null)
            {
                return RegistryEdit.Refuse($"{result.GetRequiredValue(id)} is registered already.");
            }

            var scopes = result.GetValue(kind) switch
            {
                InstitutionKind.Provider => DemoRegistry.ProviderScopes,
                InstitutionKind.Insurer => DemoRegistry.InsurerScopes,
                InstitutionKind.Proxy => [],
                _ => DemoRegistry.AuthorityScopes,
            };
            return registry.PutInstitution(new Institution(
                result.GetRequiredValue(id), result.GetRequiredValue(name), result.GetValue(kind), [thumbprint], scopes, Suspended: false, result.GetValue(rate)));
        }));
        return command;
    }

    private static Command Certificate()
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "An institution or a member of staff." };
        var certificate = CertificateOption();
        var remove = new Option<bool>("--remove") { Description = "Take it away instead." };
        var command = new Command("certificate", "Register a further certificate to somebody: during a renewal the old and the new one are good together.") { id, certificate, remove, data };
        command.SetAction((result, _) => Change(result.GetRequiredValue(data), registry =>
            Thumbprint(result.GetRequiredValue(certificate), out var fault) is not { } thumbprint ? RegistryEdit.Refuse(fault)
            : result.GetValue(remove) ? registry.RemoveCertificate(result.GetRequiredValue(id), thumbprint)
            : registry.AddCertificate(result.GetRequiredValue(id), thumbprint)));
        return command;
    }

    private static Command Employ()
    {
        var data = HubOptions.Data();
        var clinician = new Argument<string>("clinician");
        var institution = new Argument<string>("institution");
        var role = new Option<string>("--role") { Description = "As what.", HelpName = "ROLE", DefaultValueFactory = _ => "physician" };
        var command = new Command("employ", "A clinician works at an institution from now on.") { clinician, institution, role, data };
        command.SetAction((result, _) => Change(result.GetRequiredValue(data), registry => registry.Employ(
            result.GetRequiredValue(clinician), new Employment(result.GetRequiredValue(institution), result.GetRequiredValue(role), TimeProvider.System.GetUtcNow(), null))));
        return command;
    }

    private static Command Dismiss()
    {
        var data = HubOptions.Data();
        var clinician = new Argument<string>("clinician");
        var institution = new Argument<string>("institution");
        var command = new Command("dismiss", "A clinician works at an institution no longer.") { clinician, institution, data };
        command.SetAction((result, _) => Change(result.GetRequiredValue(data), registry =>
            registry.EndEmployment(result.GetRequiredValue(clinician), result.GetRequiredValue(institution), TimeProvider.System.GetUtcNow())));
        return command;
    }

    private static Command OfOne(string name, string description, Func<RegistrySnapshot, string, RegistryEdit> edit)
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "An institution or a person." };
        var command = new Command(name, description) { id, data };
        command.SetAction((result, _) => Change(result.GetRequiredValue(data), registry => edit(registry, result.GetRequiredValue(id))));
        return command;
    }

    private static Command OfCertificate(string name, string description, Func<RegistrySnapshot, string, RegistryEdit> edit)
    {
        var data = HubOptions.Data();
        var certificate = new Argument<string>("certificate") { Description = "A certificate file (PEM or DER), or its SHA-256 thumbprint in hexadecimal." };
        var command = new Command(name, description) { certificate, data };
        command.SetAction((result, _) => Change(result.GetRequiredValue(data), registry =>
            Thumbprint(result.GetRequiredValue(certificate), out var fault) is { } thumbprint ? edit(registry, thumbprint) : RegistryEdit.Refuse(fault)));
        return command;
    }

    private static Option<string> CertificateOption() =>
        new("--certificate") { Description = "A certificate file (PEM or DER), or its SHA-256 thumbprint in hexadecimal.", HelpName = "FILE", Required = true };

    /// <summary>Null with a fault for what is neither.</summary>
    private static string? Thumbprint(string text, out string fault)
    {
        fault = "";
        if (CertificateThumbprint.IsValid(text))
        {
            return text;
        }

        if (!File.Exists(text))
        {
            fault = $"{text} is neither a file nor 64 lower-case hexadecimal digits.";
            return null;
        }

        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(text);
            return CertificateThumbprint.Of(certificate);
        }
        catch (CryptographicException e)
        {
            fault = $"{text} is no certificate: {e.Message}";
            return null;
        }
    }

    private static Task<int> Change(string data, Func<RegistrySnapshot, RegistryEdit> edit) => With(data, registry =>
    {
        var change = registry.Change(edit);
        if (change.Status != RegistryChangeStatus.Done)
        {
            Say.Error(change.Fault);
            return HubCommand.Failed;
        }

        Say.Line($"done; the registry is at revision {change.Revision}");
        return HubCommand.Done;
    });

    private static async Task<int> With(string data, Func<RegistryFile, int> act)
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
                return act(registry);
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            Say.Error(e.Message);
            return HubCommand.Failed;
        }
    }
}
