using System.Collections.Immutable;
using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Operator.Preparing;
using EHealthHub.Trust;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub registry</c>: who may speak, and with what authority. A running hub takes a change up within a second, and logs who made it and why.</summary>
internal static class RegistryCommand
{
    private const long NoBytesBound = 1L << 40;

    public static Command Build() => new("registry", "Who may speak, and with what authority.")
    {
        RegistryListing.List(),
        RegistryListing.Show(),
        Add(),
        OfOne("suspend", "Silence an institution or a person.", (registry, id) => registry.Suspend(id)),
        OfOne("resume", "End a suspension.", (registry, id) => registry.Resume(id)),
        Certificate(),
        Rotate(),
        Name(),
        Quota(),
        Scopes(),
        BlockCommand.Edit("block", "Put a certificate on the hub's own block list: it is out on its next request.", (registry, thumbprint) => registry.Block(thumbprint)),
        BlockCommand.Edit("unblock", "Take a certificate off the block list.", (registry, thumbprint) => registry.Unblock(thumbprint)),
        Clinician(),
        PersonCommands.Citizen(),
        PersonCommands.Staff(),
        PersonCommands.Login(),
        Employ(),
        Dismiss(),
        ClientCommand.Build(),
    };

    private static Command Add()
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "A stable id in lower case, for example hospital-bursa." };
        var name = new Option<string>("--name") { Description = "Its name, for people.", HelpName = "NAME", Required = true };
        var kind = new Option<InstitutionKind>("--kind") { Description = "What it is.", DefaultValueFactory = _ => InstitutionKind.Provider };
        var certificate = RegistryEditing.CertificateOption();
        var rate = HubOptions.Number("--requests-per-second", 1_000, 1, 100_000, "Its quota.");
        return Changing(new Command("add", "Register an institution with its TLS client certificate.") { id, name, kind, certificate, rate, data }, data, result => "add " + result.GetRequiredValue(id), (result, registry, _) =>
        {
            if (RegistryEditing.Certificate(result.GetRequiredValue(certificate), out var fault) is not { } registered)
            {
                return RegistryEdit.Refuse(fault);
            }

            if (registry.InstitutionById(result.GetRequiredValue(id)) is not null)
            {
                return RegistryEdit.Refuse($"{result.GetRequiredValue(id)} is registered already.");
            }

            return registry.PutInstitution(new Institution(
                result.GetRequiredValue(id), result.GetRequiredValue(name), result.GetValue(kind), [registered], ScopesOf(result.GetValue(kind)), Suspended: false, result.GetValue(rate)));
        });
    }

    private static Command Certificate()
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "An institution or a member of staff." };
        var certificate = RegistryEditing.CertificateOption();
        var from = RegistryEditing.Time("--from", "Good from; without it at once.");
        var until = RegistryEditing.Time("--until", "Good until; without it as long as it is valid.");
        var remove = new Option<bool>("--remove") { Description = "Take it away instead." };
        var command = new Command("certificate", "Register a further certificate to somebody: during a renewal the old and the new one are good together.") { id, certificate, from, until, remove, data };
        return Changing(command, data, result => $"certificate {result.GetRequiredValue(id)} {result.GetRequiredValue(certificate)}{(result.GetValue(remove) ? " --remove" : "")}", (result, registry, _) =>
            RegistryEditing.Certificate(result.GetRequiredValue(certificate), out var fault) is not { } registered ? RegistryEdit.Refuse(fault)
            : result.GetValue(remove) ? registry.RemoveCertificate(result.GetRequiredValue(id), registered.Thumbprint)
            : registry.AddCertificate(result.GetRequiredValue(id), registered with { From = result.GetValue(from), Until = result.GetValue(until) }));
    }

    private static Command Rotate()
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "An institution." };
        var certificate = RegistryEditing.CertificateOption();
        var overlap = HubOptions.Number("--overlap-days", 14, 0, 365, "For so long the certificates before it are good beside it; 0 ends them now.");
        return Changing(new Command("rotate", "A renewal: a new certificate from now on, and the ones before it until the overlap ends.") { id, certificate, overlap, data }, data, result => $"rotate {result.GetRequiredValue(id)} {result.GetRequiredValue(certificate)}", (result, registry, _) =>
            RegistryEditing.Certificate(result.GetRequiredValue(certificate), out var fault) is { } registered
                ? registry.Rotate(result.GetRequiredValue(id), registered, TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(result.GetValue(overlap)))
                : RegistryEdit.Refuse(fault));
    }

    private static Command Name()
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "An institution." };
        var certificate = new Option<string>("--certificate") { Description = "A certificate file with this issuer and subject.", HelpName = "FILE", Required = true };
        var until = RegistryEditing.Time("--until", "Good until; without it there is no end.");
        var remove = new Option<bool>("--remove") { Description = "End it instead." };
        var command = new Command("name", "Register an institution by issuer and subject: whatever this authority issues to this subject is the institution's.") { id, certificate, until, remove, data };
        return Changing(command, data, result => $"name {result.GetRequiredValue(id)} {result.GetRequiredValue(certificate)}{(result.GetValue(remove) ? " --remove" : "")}", (result, registry, hub) =>
        {
            using var loaded = RegistryEditing.Load(result.GetRequiredValue(certificate), out var fault);
            if (loaded is null)
            {
                return RegistryEdit.Refuse(fault);
            }

            using var development = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(hub.Layout.Pki, "ca.crt"));
            if (RegisteredName.Find(loaded, registry.Trust?.Authorities() ?? [development], until: result.GetValue(until)) is not { } name)
            {
                return RegistryEdit.Refuse($"{result.GetRequiredValue(certificate)} was issued by no authority of the trust list.");
            }

            return result.GetValue(remove) ? registry.RemoveName(result.GetRequiredValue(id), name.Key) : registry.AddName(result.GetRequiredValue(id), name);
        });
    }

    private static Command Quota()
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "An institution." };
        var second = HubOptions.Number("--requests-per-second", 1_000, 1, 100_000, "Requests a second.");
        var minute = HubOptions.Number("--requests-per-minute", 60_000, 1, 6_000_000, "Requests a minute.");
        var concurrent = HubOptions.Number("--concurrent", 256, 1, 10_000, "Requests at the same time.");
        var megabytes = HubOptions.Number("--megabytes-per-minute", (int)(NoBytesBound >> 20), 1, (int)(NoBytesBound >> 20), "MiB of bodies a minute, both ways.");
        return Changing(new Command("quota", "What an institution may ask of the hub; 429 beyond it.") { id, second, minute, concurrent, megabytes, data }, data, result => "quota " + result.GetRequiredValue(id), (result, registry, _) =>
            registry.InstitutionById(result.GetRequiredValue(id)) is { } institution
                ? registry.PutInstitution(institution with
                {
                    RequestsPerSecondMax = result.GetValue(second),
                    Quota = new Quota(result.GetValue(minute), result.GetValue(concurrent), (long)result.GetValue(megabytes) << 20),
                })
                : RegistryEdit.Refuse($"No institution {result.GetRequiredValue(id)} is registered."));
    }

    private static Command Scopes()
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "An institution." };
        var scopes = new Argument<string[]>("scopes") { Description = "All of its scopes from now on, for example system/Observation.rs.", Arity = ArgumentArity.OneOrMore };
        return Changing(new Command("scopes", "Which scopes an institution's system holds.") { id, scopes, data }, data, result => $"scopes {result.GetRequiredValue(id)} {string.Join(' ', result.GetRequiredValue(scopes))}", (result, registry, _) =>
            registry.InstitutionById(result.GetRequiredValue(id)) is { } institution
                ? registry.PutInstitution(institution with { Scopes = [.. result.GetRequiredValue(scopes)] })
                : RegistryEdit.Refuse($"No institution {result.GetRequiredValue(id)} is registered."));
    }

    private static Command Clinician()
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "A stable id in lower case, for example dr-elif." };
        var name = new Option<string>("--name") { Description = "Their name, for people.", HelpName = "NAME", Required = true };
        var nationalId = new Option<string>("--national-id") { Description = "Eleven digits, as on the card.", HelpName = "DIGITS", Required = true };
        return Changing(new Command("clinician", "Register a clinician, who is found by the national id on their card.") { id, name, nationalId, data }, data, result => "clinician " + result.GetRequiredValue(id), (result, registry, _) =>
            registry.PersonById(result.GetRequiredValue(id)) is not null
                ? RegistryEdit.Refuse($"{result.GetRequiredValue(id)} is registered already.")
                : registry.PutPerson(new Person(result.GetRequiredValue(id), result.GetRequiredValue(name), PersonKind.Clinician, result.GetRequiredValue(nationalId), [], [], Suspended: false)));
    }

    private static Command Employ()
    {
        var data = HubOptions.Data();
        var clinician = new Argument<string>("clinician");
        var institution = new Argument<string>("institution");
        var role = new Option<string>("--role") { Description = "As what.", HelpName = "ROLE", DefaultValueFactory = _ => "physician" };
        var from = RegistryEditing.Time("--from", "From when; without it from now on.");
        var until = RegistryEditing.Time("--until", "Until when; without it until dismissed.");
        var command = new Command("employ", "A clinician works at an institution.") { clinician, institution, role, from, until, data };
        return Changing(command, data, result => $"employ {result.GetRequiredValue(clinician)} {result.GetRequiredValue(institution)} as {result.GetRequiredValue(role)}", (result, registry, _) => registry.Employ(
            result.GetRequiredValue(clinician),
            new Employment(result.GetRequiredValue(institution), result.GetRequiredValue(role), result.GetValue(from) ?? TimeProvider.System.GetUtcNow(), result.GetValue(until))));
    }

    private static Command Dismiss()
    {
        var data = HubOptions.Data();
        var clinician = new Argument<string>("clinician");
        var institution = new Argument<string>("institution");
        return Changing(new Command("dismiss", "A clinician works at an institution no longer.") { clinician, institution, data }, data, result => $"dismiss {result.GetRequiredValue(clinician)} {result.GetRequiredValue(institution)}", (result, registry, _) =>
            registry.EndEmployment(result.GetRequiredValue(clinician), result.GetRequiredValue(institution), TimeProvider.System.GetUtcNow()));
    }

    private static Command OfOne(string name, string description, Func<RegistrySnapshot, string, RegistryEdit> edit)
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "An institution or a person." };
        return Changing(new Command(name, description) { id, data }, data, result => $"{name} {result.GetRequiredValue(id)}", (result, registry, _) => edit(registry, result.GetRequiredValue(id)));
    }

    /// <summary>Adds the reason, and what such a command does.</summary>
    private static Command Changing(Command command, Option<string> data, Func<ParseResult, string> act, Func<ParseResult, RegistrySnapshot, OpenedHub, RegistryEdit> edit)
    {
        var reason = RegistryEditing.Reason();
        command.Add(reason);
        command.SetAction((result, _) => RegistryEditing.Change(result.GetRequiredValue(data), act(result), result.GetRequiredValue(reason), (registry, hub) => edit(result, registry, hub)));
        return command;
    }

    private static ImmutableArray<string> ScopesOf(InstitutionKind kind) => kind switch
    {
        InstitutionKind.Provider => DemoRegistry.ProviderScopes,
        InstitutionKind.Insurer => DemoRegistry.InsurerScopes,
        InstitutionKind.Proxy => [],
        _ => DemoRegistry.AuthorityScopes,
    };
}
