using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Operator.Commands;

/// <summary>What <c>hub registry list</c> and <c>show</c> print.</summary>
internal static class RegistryListing
{
    private const int NotesShown = 20;

    public static Command List()
    {
        var data = HubOptions.Data();
        var command = new Command("list", "List institutions with their programs, persons and blocked certificates.") { data };
        command.SetAction((result, _) => RegistryEditing.With(result.GetRequiredValue(data), (registry, _) =>
        {
            Say.Line($"revision {registry.Current.Revision}");
            foreach (var institution in registry.Current.Institutions)
            {
                Say.Line($"{institution.Id,-22} {institution.Kind,-10} {(institution.Suspended ? "SUSPENDED" : "speaks"),-10} {string.Join(' ', institution.Scopes),-28} {institution.Name}");
                foreach (var client in institution.Clients)
                {
                    Say.Line($"  {client.Id,-20} {client.Kind,-10} {(client.Suspended ? "SUSPENDED" : "speaks"),-10} {string.Join(' ', client.Scopes),-28} {client.Name}");
                }
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

    public static Command Show()
    {
        var data = HubOptions.Data();
        var id = new Argument<string>("id") { Description = "An institution, a person, or a program." };
        var command = new Command("show", "Show one participant with certificates, periods and quota, and the last changes that name it.") { id, data };
        command.SetAction((result, _) => RegistryEditing.With(result.GetRequiredValue(data), (registry, _) => Show(registry.Current, result.GetRequiredValue(id))));
        return command;
    }

    private static int Show(RegistrySnapshot registry, string id)
    {
        if (registry.InstitutionById(id) is { } institution)
        {
            Show(institution);
        }
        else if (registry.PersonById(id) is { } person)
        {
            Show(person);
        }
        else if (registry.ClientById(id) is var (answering, client))
        {
            Show(client, answering.Id);
        }
        else
        {
            Say.Error($"nobody with the id {id} is registered");
            return HubCommand.Failed;
        }

        foreach (var note in registry.Notes.Where(n => n.Act.Split(' ').Contains(id)).TakeLast(NotesShown))
        {
            Say.Line($"revision {note.Revision,-8} {Moment(note.Time)} {note.Actor}: {note.Act}{(note.Reason.Length > 0 ? $" ({note.Reason})" : "")}");
        }

        return HubCommand.Done;
    }

    private static void Show(Institution institution)
    {
        Say.Line($"{institution.Id}: {institution.Name}, {institution.Kind}, {(institution.Suspended ? "SUSPENDED" : "speaks")}");
        Say.Line($"scopes            {string.Join(' ', institution.Scopes)}");
        Say.Line(institution.Quota is { } quota
            ? $"quota             {institution.RequestsPerSecondMax}/s, {quota.RequestsPerMinuteMax}/min, {quota.ConcurrentMax} at once, {quota.BytesPerMinuteMax >> 20} MiB/min"
            : $"quota             {institution.RequestsPerSecondMax}/s");
        foreach (var registered in institution.Certificates)
        {
            using var certificate = registered.Load();
            Say.Line($"certificate       {registered.Thumbprint} {Period(registered.From, registered.Until)}{Describe(certificate)}");
        }

        foreach (var name in institution.Names)
        {
            Say.Line($"issuer, subject   {name.Issuer} / {name.Subject} {Period(name.From, name.Until)}");
        }

        foreach (var client in institution.Clients)
        {
            Say.Line($"program           {client.Id}, {client.Kind}, {(client.Suspended ? "SUSPENDED" : "speaks")}");
        }
    }

    private static void Show(RegisteredClient client, string institution)
    {
        Say.Line($"{client.Id}: {client.Name}, {client.Kind} of {institution}, {(client.Suspended ? "SUSPENDED" : "speaks")}");
        Say.Line($"proof             {(client.IsPublic ? "the person's certificate" : client.Keys.IsEmpty ? "the institution's certificate (tls_client_auth)" : "keys (private_key_jwt)")}");
        Say.Line($"scopes            {string.Join(' ', client.Scopes)}");
        foreach (var key in client.Keys)
        {
            Say.Line($"key               {key.Id} {key.Algorithm}");
        }

        foreach (var redirect in client.Redirects)
        {
            Say.Line($"redirect          {redirect}");
        }
    }

    private static void Show(Person person)
    {
        Say.Line($"{person.Id}: {person.Name}, {person.Kind}, {(person.Suspended ? "SUSPENDED" : "speaks")}");
        foreach (var employment in person.Employments)
        {
            Say.Line($"employment        {employment.Institution} as {employment.Role} {Period(employment.From, employment.Until)}{(employment.Basis is { } basis ? $" by PractitionerRole/{basis.Role}/_history/{basis.Version}" : "")}");
        }

        foreach (var login in person.Logins)
        {
            Say.Line($"login             {login.Subject} at {login.Issuer}");
        }

        foreach (var certificate in person.Certificates)
        {
            Say.Line($"certificate       {certificate}");
        }
    }

    private static string Describe(X509Certificate2? certificate) => certificate is null ? "" : $" {certificate.Subject}, valid to {Moment(certificate.NotAfter.ToUniversalTime())}";

    private static string Period(DateTimeOffset? from, DateTimeOffset? until) => (from, until) switch
    {
        (null, null) => "",
        (null, { } end) => $"until {Moment(end)}",
        ({ } start, null) => $"from {Moment(start)}",
        ({ } start, { } end) => $"from {Moment(start)} until {Moment(end)}",
    };

    private static string Moment(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
