using System.CommandLine;
using EHealthHub.Trust;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.OpenId;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub registry citizen</c>, <c>staff</c> and <c>login</c>: people who sign in by card, by certificate, or at an OpenID provider that knows them by a subject.</summary>
internal static class PersonCommands
{
    public static Command Citizen()
    {
        var (data, id, name, reason) = Named("citizen-ali");
        var nationalId = new Option<string>("--national-id") { Description = "Eleven digits, as on the card and in the provider's claim.", HelpName = "DIGITS", Required = true };
        var command = new Command("citizen", "Register a citizen, who is found by their national id.") { id, name, nationalId, reason, data };
        command.SetAction((result, _) => Put(result, data, reason, new Person(
            result.GetRequiredValue(id), result.GetRequiredValue(name), PersonKind.Citizen, result.GetRequiredValue(nationalId), [], [], Suspended: false)));
        return command;
    }

    public static Command Staff()
    {
        var (data, id, name, reason) = Named("auditor-2");
        var kind = new Option<PersonKind>("--kind") { Description = "Auditor or Operator.", DefaultValueFactory = _ => PersonKind.Auditor };
        var certificate = new Option<string?>("--certificate") { Description = "Their certificate, for those who sign in by one: a file (PEM or DER), or its SHA-256 thumbprint.", HelpName = "FILE" };
        var command = new Command("staff", "Register an auditor or operator of the hub.") { id, name, kind, certificate, reason, data };
        command.SetAction((result, _) =>
        {
            RegisteredCertificate? registered = null;
            if (result.GetValue(certificate) is { } given && (registered = RegistryEditing.Certificate(given, out var fault)) is null)
            {
                Say.Error(fault);
                return Task.FromResult(HubCommand.Failed);
            }

            return Put(result, data, reason, new Person(
                result.GetRequiredValue(id), result.GetRequiredValue(name), result.GetValue(kind), null, registered is null ? [] : [registered.Thumbprint], [], Suspended: false));
        });
        return command;
    }

    public static Command Login()
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "A citizen or member of staff." };
        var issuer = new Option<string>("--issuer") { Description = "The provider's authority, as it is configured.", HelpName = "URL", Required = true };
        var subject = new Option<string>("--subject") { Description = "The value of the subject's claim: sub, or oid at Entra ID.", HelpName = "TEXT", Required = true };
        var remove = new Option<bool>("--remove") { Description = "Take it away instead." };
        var reason = RegistryEditing.Reason();
        var command = new Command("login", "An OpenID provider knows a person by this subject.") { id, issuer, subject, remove, reason, data };
        command.SetAction((result, _) =>
        {
            var login = new OpenIdLogin(result.GetRequiredValue(issuer).TrimEnd('/'), result.GetRequiredValue(subject));
            var who = result.GetRequiredValue(id);
            return RegistryEditing.Change(result.GetRequiredValue(data), $"login {who} {login.Issuer}{(result.GetValue(remove) ? " --remove" : "")}", result.GetRequiredValue(reason), (registry, _) =>
                result.GetValue(remove) ? registry.RemoveLogin(who, login) : registry.AddLogin(who, login));
        });
        return command;
    }

    private static (Option<string> Data, Argument<string> Id, Option<string> Name, Option<string> Reason) Named(string example) => (
        HubOptions.Data(),
        new Argument<string>("id") { Description = $"A stable id in lower case, for example {example}." },
        new Option<string>("--name") { Description = "Their name, for people.", HelpName = "NAME", Required = true },
        RegistryEditing.Reason());

    private static Task<int> Put(ParseResult result, Option<string> data, Option<string> reason, Person person) => RegistryEditing.Change(
        result.GetRequiredValue(data), $"{person.Kind} {person.Id}", result.GetRequiredValue(reason), (registry, _) =>
            registry.PersonById(person.Id) is not null ? RegistryEdit.Refuse($"{person.Id} is registered already.") : registry.PutPerson(person));
}
