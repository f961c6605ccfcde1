using System.Collections.Immutable;
using EHealthHub.Trust.OpenId;

namespace EHealthHub.Trust.Institutions;

/// <summary>The outcome of an edit in memory: a new snapshot, or a fault for people.</summary>
public readonly record struct RegistryEdit
{
    private RegistryEdit(RegistrySnapshot? snapshot, string? fault)
    {
        Snapshot = snapshot;
        Fault = fault;
    }

    /// <summary>The edited registry; null on a fault.</summary>
    public RegistrySnapshot? Snapshot { get; }

    /// <summary>Why not; null when edited.</summary>
    public string? Fault { get; }

    /// <summary>Who did what, where an edit is several acts at once, at most <see cref="EmploymentEdits.ActsMax"/>; else empty, and who makes the change says it.</summary>
    public ImmutableArray<RegistryActor> Acts { get; private init; } = [];

    /// <summary>An edited registry.</summary>
    public static RegistryEdit To(RegistrySnapshot snapshot) => new(snapshot, null);

    /// <summary>The same edit, as these acts.</summary>
    public RegistryEdit As(ImmutableArray<RegistryActor> acts) => this with { Acts = acts };

    /// <summary>A fault.</summary>
    public static RegistryEdit Refuse(string fault) => new(null, fault);

    /// <summary>Goes on with a further edit, unless there is a fault already.</summary>
    public RegistryEdit Then(Func<RegistrySnapshot, RegistryEdit> next) => Snapshot is null ? this : next(Snapshot);
}

/// <summary>Every change that gives or takes authority, as pure functions on a snapshot; <see cref="RegistryFile.Change"/> puts them on disk.</summary>
public static class RegistryEdits
{
    /// <summary>Adds an institution, or replaces the one with its id.</summary>
    public static RegistryEdit PutInstitution(this RegistrySnapshot registry, Institution institution) =>
        registry.Rebuild(institutions: [.. registry.Institutions.Where(i => i.Id != institution.Id), institution]);

    /// <summary>Adds a person, or replaces the one with their id.</summary>
    public static RegistryEdit PutPerson(this RegistrySnapshot registry, Person person) =>
        registry.Rebuild(persons: [.. registry.Persons.Where(p => p.Id != person.Id), person]);

    /// <summary>Replaces persons, each by the one with their id.</summary>
    internal static RegistryEdit PutPersons(this RegistrySnapshot registry, IReadOnlyCollection<Person> persons)
    {
        var ids = persons.Select(p => p.Id).ToHashSet(StringComparer.Ordinal);
        return registry.Rebuild(persons: [.. registry.Persons.Where(p => !ids.Contains(p.Id)), .. persons]);
    }

    /// <summary>Registers a further certificate to an institution or a member of staff: during a renewal the old and the new one are valid together. One that is registered gets the new period.</summary>
    public static RegistryEdit AddCertificate(this RegistrySnapshot registry, string id, RegisteredCertificate certificate) => Change(
        registry, id,
        i => i with { Certificates = [.. i.Certificates.Where(c => c.Thumbprint != certificate.Thumbprint), certificate] },
        p => p with { Certificates = p.Certificates.Contains(certificate.Thumbprint) ? p.Certificates : p.Certificates.Add(certificate.Thumbprint) });

    /// <summary>Takes a certificate away; what was not registered is a fault, since somebody meant another.</summary>
    public static RegistryEdit RemoveCertificate(this RegistrySnapshot registry, string id, string thumbprint)
    {
        var has = registry.InstitutionOf(thumbprint)?.Id == id || registry.StaffOf(thumbprint)?.Id == id;
        return has
            ? Change(registry, id, i => i with { Certificates = i.Certificates.RemoveAll(c => c.Thumbprint == thumbprint) }, p => p with { Certificates = p.Certificates.Remove(thumbprint) })
            : RegistryEdit.Refuse($"{id} has no certificate {thumbprint}.");
    }

    /// <summary>A renewal: the new certificate is good from now on, and those before it until the end of the overlap. Certificates that are over already go.</summary>
    public static RegistryEdit Rotate(this RegistrySnapshot registry, string id, RegisteredCertificate renewed, DateTimeOffset now, TimeSpan overlap)
    {
        if (registry.InstitutionById(id) is not { } institution)
        {
            return RegistryEdit.Refuse($"No institution {id} is registered.");
        }

        var until = now + overlap;
        var before = institution.Certificates
            .Where(c => c.Thumbprint != renewed.Thumbprint && !(c.Until <= now) && overlap > TimeSpan.Zero)
            .Select(c => c with { Until = c.Until < until ? c.Until : until });
        return registry.PutInstitution(institution with { Certificates = [.. before, renewed] });
    }

    /// <summary>Registers an institution's certificates by issuer and subject.</summary>
    public static RegistryEdit AddName(this RegistrySnapshot registry, string id, RegisteredName name) => registry.InstitutionById(id) is { } institution
        ? registry.PutInstitution(institution with { Names = [.. institution.Names.Where(n => n.Key != name.Key), name] })
        : RegistryEdit.Refuse($"No institution {id} is registered.");

    /// <summary>Ends a registration by issuer and subject.</summary>
    public static RegistryEdit RemoveName(this RegistrySnapshot registry, string id, string key) =>
        registry.InstitutionById(id) is { } institution && institution.Names.Any(n => n.Key == key)
            ? registry.PutInstitution(institution with { Names = institution.Names.RemoveAll(n => n.Key == key) })
            : RegistryEdit.Refuse($"{id} has no name with the key {key}.");

    /// <summary>Silences an institution or a person until <see cref="Resume"/>.</summary>
    public static RegistryEdit Suspend(this RegistrySnapshot registry, string id) => Change(registry, id, i => i with { Suspended = true }, p => p with { Suspended = true });

    /// <summary>Ends a suspension.</summary>
    public static RegistryEdit Resume(this RegistrySnapshot registry, string id) => Change(registry, id, i => i with { Suspended = false }, p => p with { Suspended = false });

    /// <summary>Adds an employment.</summary>
    public static RegistryEdit Employ(this RegistrySnapshot registry, string clinician, Employment employment) =>
        registry.PersonById(clinician) is { Kind: PersonKind.Clinician } person
            ? registry.PutPerson(person with { Employments = person.Employments.Add(employment) })
            : RegistryEdit.Refuse($"No clinician {clinician} is registered.");

    /// <summary>Ends every open employment of a clinician at an institution.</summary>
    public static RegistryEdit EndEmployment(this RegistrySnapshot registry, string clinician, string institution, DateTimeOffset until)
    {
        if (registry.PersonById(clinician) is not { Kind: PersonKind.Clinician } person)
        {
            return RegistryEdit.Refuse($"No clinician {clinician} is registered.");
        }

        bool IsOpen(Employment e) => e.Institution == institution && e.From < until && (e.Until is not { } end || end > until);
        return person.Employments.Any(IsOpen)
            ? registry.PutPerson(person with { Employments = [.. person.Employments.Select(e => IsOpen(e) ? e with { Until = until } : e)] })
            : RegistryEdit.Refuse($"{clinician} has no employment at {institution} that is open then.");
    }

    /// <summary>A provider knows a member of staff or a citizen by this subject from now on.</summary>
    public static RegistryEdit AddLogin(this RegistrySnapshot registry, string person, OpenIdLogin login) =>
        registry.PersonById(person) is { } found
            ? registry.PutPerson(found with { Logins = [.. found.Logins.Where(l => l != login), login] })
            : RegistryEdit.Refuse($"No person {person} is registered.");

    /// <summary>Takes a login away; what was not registered is a fault, since somebody meant another.</summary>
    public static RegistryEdit RemoveLogin(this RegistrySnapshot registry, string person, OpenIdLogin login) =>
        registry.PersonById(person) is { } found && found.Logins.Contains(login)
            ? registry.PutPerson(found with { Logins = found.Logins.Remove(login) })
            : RegistryEdit.Refuse($"{person} has no such login.");

    /// <summary>Puts a certificate, of an institution or a card, on the hub's own block list: it is out on the next request.</summary>
    public static RegistryEdit Block(this RegistrySnapshot registry, string thumbprint) =>
        registry.Rebuild(blocked: registry.BlockedCertificates.Add(thumbprint));

    /// <summary>Takes a certificate off the block list.</summary>
    public static RegistryEdit Unblock(this RegistrySnapshot registry, string thumbprint) => registry.BlockedCertificates.Contains(thumbprint)
        ? registry.Rebuild(blocked: registry.BlockedCertificates.Remove(thumbprint))
        : RegistryEdit.Refuse($"{thumbprint} is not blocked.");

    private static RegistryEdit Change(RegistrySnapshot registry, string id, Func<Institution, Institution> institution, Func<Person, Person> person) =>
        registry.InstitutionById(id) is { } i ? registry.PutInstitution(institution(i))
        : registry.PersonById(id) is { } p ? registry.PutPerson(person(p))
        : RegistryEdit.Refuse($"Nobody with the id {id} is registered.");

    /// <summary>Puts another trust list in force.</summary>
    public static RegistryEdit PutTrust(this RegistrySnapshot registry, TrustList trust) => registry.Rebuild(trust: trust);

    /// <summary>Sorted by id, so that a change shows as a few lines of the file.</summary>
    private static RegistryEdit Rebuild(
        this RegistrySnapshot registry, IEnumerable<Institution>? institutions = null, IEnumerable<Person>? persons = null, ImmutableHashSet<string>? blocked = null, TrustList? trust = null)
    {
        ImmutableArray<Institution> someInstitutions = institutions is null ? registry.Institutions : [.. institutions.OrderBy(i => i.Id, StringComparer.Ordinal)];
        ImmutableArray<Person> somePersons = persons is null ? registry.Persons : [.. persons.OrderBy(p => p.Id, StringComparer.Ordinal)];
        var faults = RegistryRules.Faults(someInstitutions, somePersons, blocked ?? registry.BlockedCertificates, trust);
        return faults.IsEmpty
            ? RegistryEdit.To(new RegistrySnapshot(someInstitutions, somePersons, blocked ?? registry.BlockedCertificates, registry.Revision, trust ?? registry.Trust, registry.Notes))
            : RegistryEdit.Refuse(string.Join(' ', faults));
    }
}
