using EHealthHub.Trust.Apps;
using EHealthHub.Trust.Clinicians;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Trust.OpenId;

/// <summary>Who somebody is here whom a provider knows: a person of the registry, of the kind that the provider's word is taken for.</summary>
public sealed class OpenIdPersons(IRegistry registry, TimeProvider time)
{
    /// <summary>None, with the person, where there is one who may speak.</summary>
    public TrustReason Find(OpenIdIdentity identity, out Person? person)
    {
        var found = identity.Provider.Use == ProviderUse.Citizens ? Citizen(identity, registry.Current) : Staff(identity, registry.Current);
        person = found is { Suspended: false } ? found : null;
        return found is null ? TrustReason.PersonUnregistered : found.Suspended ? TrustReason.Suspended : TrustReason.None;
    }

    /// <summary>A citizen who signed in on the pages; staff have pages of their own.</summary>
    public TrustReason SignIn(OpenIdIdentity identity, out SignedInPerson? person)
    {
        var reason = Find(identity, out var found);
        person = found is { Kind: PersonKind.Citizen } ? Session(found, time.GetUtcNow()) : null;
        return reason == TrustReason.None && person is null ? TrustReason.PersonUnregistered : reason;
    }

    /// <summary>The same person at a later request of their session, as the registry knows them now.</summary>
    public TrustReason GoOn(string personId, DateTimeOffset signedIn, out SignedInPerson? person)
    {
        var found = registry.Current.PersonById(personId) is { Kind: PersonKind.Citizen } citizen ? citizen : null;
        person = found is { Suspended: false } ? Session(found, signedIn) : null;
        return found is null ? TrustReason.PersonUnregistered : found.Suspended ? TrustReason.Suspended : TrustReason.None;
    }

    private static SignedInPerson Session(Person person, DateTimeOffset time) => new(connection: null) { Person = person, Time = time, Method = "openid" };

    private static Person? Citizen(OpenIdIdentity identity, RegistrySnapshot registry)
    {
        if (identity.Provider.NationalIdClaim is { Length: > 0 } claim)
        {
            return identity.One(claim) is { } id && NationalId.IsValid(id) ? registry.PersonOf(PersonKind.Citizen, id) : null;
        }

        return registry.PersonOf(new OpenIdLogin(identity.Provider.Issuer, identity.Subject)) is { Kind: PersonKind.Citizen } person ? person : null;
    }

    private static Person? Staff(OpenIdIdentity identity, RegistrySnapshot registry)
    {
        var provider = identity.Provider;
        var found = provider.PersonClaim.Length > 0
            ? (identity.One(provider.PersonClaim) is { } id ? registry.PersonById(id) : null)
            : registry.PersonOf(new OpenIdLogin(provider.Issuer, identity.Subject));
        if (found is not null)
        {
            return found.Kind is PersonKind.Auditor or PersonKind.Operator ? found : null;
        }

        return HasRole(identity, provider.AuditorRole) ? ByRole(identity, PersonKind.Auditor) : HasRole(identity, provider.OperatorRole) ? ByRole(identity, PersonKind.Operator) : null;
    }

    private static bool HasRole(OpenIdIdentity identity, string role) => role.Length > 0 && identity.Claims.Any(c => c.Type == identity.Provider.RoleClaim && c.Value == role);

    /// <summary>Somebody whom only the provider knows. Registered by issuer and subject they are found before this, so that the registry can silence them.</summary>
    private static Person ByRole(OpenIdIdentity identity, PersonKind kind)
    {
        var id = "openid-" + OpenIdLoginId.Of(identity.Provider.Issuer, identity.Subject);
        return new Person(id, identity.One("name") is { Length: <= RegistryRules.NameLengthMax } name && !name.Any(char.IsControl) ? name : id, kind, null, [], [], Suspended: false);
    }
}
