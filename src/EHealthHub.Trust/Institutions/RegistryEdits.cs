using System.Collections.Immutable;

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

    /// <summary>An edited registry.</summary>
    public static RegistryEdit To(RegistrySnapshot snapshot) => new(snapshot, null);

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
        Rebuild([.. registry.Institutions.Where(i => i.Id != institution.Id), institution], registry.Persons, registry.BlockedCertificates);

    /// <summary>Adds a person, or replaces the one with their id.</summary>
    public static RegistryEdit PutPerson(this RegistrySnapshot registry, Person person) =>
        Rebuild(registry.Institutions, [.. registry.Persons.Where(p => p.Id != person.Id), person], registry.BlockedCertificates);

    /// <summary>Registers a further certificate to an institution or a member of staff: during a renewal the old and the new one are valid together.</summary>
    public static RegistryEdit AddCertificate(this RegistrySnapshot registry, string id, string thumbprint) => Change(
        registry, id,
        i => i with { Certificates = i.Certificates.Contains(thumbprint) ? i.Certificates : i.Certificates.Add(thumbprint) },
        p => p with { Certificates = p.Certificates.Contains(thumbprint) ? p.Certificates : p.Certificates.Add(thumbprint) });

    /// <summary>Takes a certificate away; what was not registered is a fault, since somebody meant another.</summary>
    public static RegistryEdit RemoveCertificate(this RegistrySnapshot registry, string id, string thumbprint)
    {
        var has = registry.InstitutionOf(thumbprint)?.Id == id || registry.StaffOf(thumbprint)?.Id == id;
        return has
            ? Change(registry, id, i => i with { Certificates = i.Certificates.Remove(thumbprint) }, p => p with { Certificates = p.Certificates.Remove(thumbprint) })
            : RegistryEdit.Refuse($"{id} has no certificate {thumbprint}.");
    }

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

    /// <summary>Puts a certificate, of an institution or a card, on the hub's own block list: it is out on the next request.</summary>
    public static RegistryEdit Block(this RegistrySnapshot registry, string thumbprint) =>
        Rebuild(registry.Institutions, registry.Persons, registry.BlockedCertificates.Add(thumbprint));

    /// <summary>Takes a certificate off the block list.</summary>
    public static RegistryEdit Unblock(this RegistrySnapshot registry, string thumbprint) => registry.BlockedCertificates.Contains(thumbprint)
        ? Rebuild(registry.Institutions, registry.Persons, registry.BlockedCertificates.Remove(thumbprint))
        : RegistryEdit.Refuse($"{thumbprint} is not blocked.");

    private static RegistryEdit Change(RegistrySnapshot registry, string id, Func<Institution, Institution> institution, Func<Person, Person> person) =>
        registry.InstitutionById(id) is { } i ? registry.PutInstitution(institution(i))
        : registry.PersonById(id) is { } p ? registry.PutPerson(person(p))
        : RegistryEdit.Refuse($"Nobody with the id {id} is registered.");

    /// <summary>Sorted by id, so that a change shows as a few lines of the file.</summary>
    private static RegistryEdit Rebuild(ImmutableArray<Institution> institutions, ImmutableArray<Person> persons, ImmutableHashSet<string> blocked)
    {
        var faults = RegistryRules.Faults(institutions, persons, blocked);
        return faults.IsEmpty
            ? RegistryEdit.To(new RegistrySnapshot([.. institutions.OrderBy(i => i.Id, StringComparer.Ordinal)], [.. persons.OrderBy(p => p.Id, StringComparer.Ordinal)], blocked))
            : RegistryEdit.Refuse(string.Join(' ', faults));
    }
}
