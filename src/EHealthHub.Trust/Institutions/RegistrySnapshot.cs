using System.Collections.Immutable;

namespace EHealthHub.Trust.Institutions;

/// <summary>A registered institution.</summary>
/// <param name="Id">Stable id, for example <c>hospital-ankara</c>.</param>
/// <param name="Name">Display name.</param>
/// <param name="Kind">Provider, insurer or authority.</param>
/// <param name="Certificates">SHA-256 thumbprints (lower-case hex) of its TLS client certificates.</param>
/// <param name="Scopes">SMART v2 scopes its system holds.</param>
/// <param name="Suspended">True while it may not speak.</param>
/// <param name="RequestsPerSecondMax">Quota.</param>
public sealed record Institution(
    string Id, string Name, InstitutionKind Kind, ImmutableArray<string> Certificates, ImmutableArray<string> Scopes, bool Suspended, int RequestsPerSecondMax);

/// <summary>Where a clinician works, and from when to when.</summary>
/// <param name="Institution">Id of the institution.</param>
/// <param name="Role">In what role, for example <c>physician</c>.</param>
/// <param name="From">Start, inclusive.</param>
/// <param name="Until">End, exclusive; null while it is open.</param>
public sealed record Employment(string Institution, string Role, DateTimeOffset From, DateTimeOffset? Until)
{
    /// <summary>True within the period.</summary>
    public bool IsCurrent(DateTimeOffset now) => From <= now && (Until is not { } until || now < until);
}

/// <summary>A registered person. Clinicians and citizens are found by the national id in the certificate's subject serialNumber, staff by thumbprint.</summary>
/// <param name="Id">Stable id, for example <c>dr-ayse</c>.</param>
/// <param name="Name">Display name.</param>
/// <param name="Kind">Clinician, citizen, auditor or operator.</param>
/// <param name="NationalId">Eleven digits; null for staff.</param>
/// <param name="Certificates">Thumbprints; for staff only.</param>
/// <param name="Employments">For clinicians.</param>
/// <param name="Suspended">True while they may not speak.</param>
public sealed record Person(
    string Id, string Name, PersonKind Kind, string? NationalId, ImmutableArray<string> Certificates, ImmutableArray<Employment> Employments, bool Suspended)
{
    /// <summary>The employment at an institution that is current; null without one.</summary>
    public Employment? EmploymentAt(string institution, DateTimeOffset now)
    {
        foreach (var employment in Employments)
        {
            if (employment.Institution == institution && employment.IsCurrent(now))
            {
                return employment;
            }
        }

        return null;
    }

    /// <summary>The current employment of a person with employments at one institution alone; null with none or several.</summary>
    public Employment? OnlyEmployment(DateTimeOffset now)
    {
        Employment? only = null;
        foreach (var employment in Employments)
        {
            if (!employment.IsCurrent(now))
            {
                continue;
            }

            if (only is not null && only.Institution != employment.Institution)
            {
                return null;
            }

            only ??= employment;
        }

        return only;
    }
}

/// <summary>Everything that gives authority, at one moment. Immutable; replaced as a whole when the registry changes.</summary>
public sealed class RegistrySnapshot
{
    private readonly Dictionary<string, Institution> _institutionById;
    private readonly Dictionary<string, Institution> _institutionByCertificate;
    private readonly Dictionary<string, Person> _personById;
    private readonly Dictionary<(PersonKind Kind, string NationalId), Person> _personByNationalId;
    private readonly Dictionary<string, Person> _staffByCertificate;
    private readonly HashSet<string> _blocked;

    /// <summary>Indexes the lists. Throws <see cref="InvalidDataException"/> when an id, a certificate or a national id (of one kind) stands twice.</summary>
    public RegistrySnapshot(ImmutableArray<Institution> institutions, ImmutableArray<Person> persons, ImmutableHashSet<string> blockedCertificates, long revision = 0)
    {
        Institutions = institutions;
        Persons = persons;
        BlockedCertificates = blockedCertificates;
        Revision = revision;
        _blocked = [.. blockedCertificates];
        try
        {
            _ = institutions.Select(i => i.Id).Concat(persons.Select(p => p.Id)).ToDictionary(id => id, StringComparer.Ordinal);
            _ = institutions.SelectMany(i => i.Certificates).Concat(persons.SelectMany(p => p.Certificates)).ToDictionary(c => c, StringComparer.Ordinal);
            _institutionById = institutions.ToDictionary(i => i.Id, StringComparer.Ordinal);
            _institutionByCertificate = institutions.SelectMany(i => i.Certificates, (i, c) => (i, c)).ToDictionary(x => x.c, x => x.i, StringComparer.Ordinal);
            _personById = persons.ToDictionary(p => p.Id, StringComparer.Ordinal);
            _personByNationalId = persons.Where(p => p.NationalId is not null).ToDictionary(p => (p.Kind, p.NationalId!));
            _staffByCertificate = persons.SelectMany(p => p.Certificates, (p, c) => (p, c)).ToDictionary(x => x.c, x => x.p, StringComparer.Ordinal);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("The registry names an id, a certificate or a national id twice.", e);
        }
    }

    /// <summary>A registry of nobody.</summary>
    public static RegistrySnapshot Empty { get; } = new([], [], []);

    /// <summary>Counts the changes; 0 before the first is written.</summary>
    public long Revision { get; }

    /// <summary>All institutions.</summary>
    public ImmutableArray<Institution> Institutions { get; }

    /// <summary>All persons.</summary>
    public ImmutableArray<Person> Persons { get; }

    /// <summary>The hub's own block list: thumbprints that are out at once.</summary>
    public ImmutableHashSet<string> BlockedCertificates { get; }

    /// <summary>True for a certificate on the block list.</summary>
    public bool IsBlocked(string thumbprint) => _blocked.Count > 0 && _blocked.Contains(thumbprint);

    /// <summary>The institution that a TLS certificate is registered to.</summary>
    public Institution? InstitutionOf(string thumbprint) => _institutionByCertificate.GetValueOrDefault(thumbprint);

    /// <summary>The institution with an id.</summary>
    public Institution? InstitutionById(string id) => _institutionById.GetValueOrDefault(id);

    /// <summary>The person with an id.</summary>
    public Person? PersonById(string id) => _personById.GetValueOrDefault(id);

    /// <summary>The person of a kind with a national id.</summary>
    public Person? PersonOf(PersonKind kind, string nationalId) => _personByNationalId.GetValueOrDefault((kind, nationalId));

    /// <summary>The member of staff whom a certificate is registered to.</summary>
    public Person? StaffOf(string thumbprint) => _staffByCertificate.GetValueOrDefault(thumbprint);

    /// <summary>Tells this snapshot from every other without holding on to it.</summary>
    internal object Identity { get; } = new();

    internal RegistrySnapshot At(long revision) => new(Institutions, Persons, BlockedCertificates, revision);
}
