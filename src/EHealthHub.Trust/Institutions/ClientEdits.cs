namespace EHealthHub.Trust.Institutions;

/// <summary>The changes to an institution's clients, as pure functions on a snapshot.</summary>
public static class ClientEdits
{
    /// <summary>Adds a client to an institution, or replaces the one with its id there. Who is suspended stays so: only <see cref="SuspendClient"/> ends that.</summary>
    public static RegistryEdit PutClient(this RegistrySnapshot registry, string institution, RegisteredClient client) =>
        registry.InstitutionById(institution) is { } found
            ? registry.PutInstitution(found with { Clients = [.. found.Clients.Where(c => c.Id != client.Id), client with { Suspended = client.Suspended || found.Clients.Any(c => c.Id == client.Id && c.Suspended) }] })
            : RegistryEdit.Refuse($"No institution {institution} is registered.");

    /// <summary>Takes a client away: its tokens are refused from now on.</summary>
    public static RegistryEdit RemoveClient(this RegistrySnapshot registry, string client) => Change(registry, client, static _ => null);

    /// <summary>Silences a client, or lets it speak again.</summary>
    public static RegistryEdit SuspendClient(this RegistrySnapshot registry, string client, bool suspended) => Change(registry, client, c => c with { Suspended = suspended });

    private static RegistryEdit Change(RegistrySnapshot registry, string client, Func<RegisteredClient, RegisteredClient?> change)
    {
        if (registry.ClientById(client) is not var (institution, found))
        {
            return RegistryEdit.Refuse($"No client {client} is registered.");
        }

        var others = institution.Clients.Where(c => c.Id != client);
        return registry.PutInstitution(institution with { Clients = change(found) is { } changed ? [.. others, changed] : [.. others] });
    }
}
