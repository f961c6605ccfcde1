using System.Collections.Immutable;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.OpenId;

namespace EHealthHub.Trust.Institutions;

/// <summary>A registered institution.</summary>
/// <param name="Id">Stable id, for example <c>hospital-ankara</c>.</param>
/// <param name="Name">Display name.</param>
/// <param name="Kind">Provider, insurer or authority.</param>
/// <param name="Certificates">Its TLS client certificates, each with its period.</param>
/// <param name="Scopes">SMART v2 scopes its system holds.</param>
/// <param name="Suspended">True while it may not speak.</param>
/// <param name="RequestsPerSecondMax">Requests a second.</param>
/// <param name="Names">Its certificates by issuer and subject.</param>
/// <param name="Quota">Further bounds; null for none.</param>
public sealed record Institution(
    string Id, string Name, InstitutionKind Kind, ImmutableArray<RegisteredCertificate> Certificates, ImmutableArray<string> Scopes, bool Suspended, int RequestsPerSecondMax,
    ImmutableArray<RegisteredName> Names = default, Quota? Quota = null)
{
    /// <summary>Its certificates by issuer and subject.</summary>
    public ImmutableArray<RegisteredName> Names { get; init; } = Names.IsDefault ? [] : Names;

    /// <summary>Programs that the institution answers for, each with an id of its own.</summary>
    public ImmutableArray<RegisteredClient> Clients { get; init; } = [];
}

/// <summary>Where a clinician works, and from when to when.</summary>
/// <param name="Institution">Id of the institution.</param>
/// <param name="Role">In what role, for example <c>physician</c>.</param>
/// <param name="From">Start, inclusive.</param>
/// <param name="Until">End, exclusive; null while it is open.</param>
/// <param name="Basis">The directory resource of the registry operator that says so; null where a command did.</param>
public sealed record Employment(string Institution, string Role, DateTimeOffset From, DateTimeOffset? Until, EmploymentBasis? Basis = null)
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
    /// <summary>As whom OpenID providers know them; for staff and citizens.</summary>
    public ImmutableArray<OpenIdLogin> Logins { get => field.IsDefault ? [] : field; init; } = [];

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
    private readonly Dictionary<string, Registration> _byCertificate;
    private readonly Dictionary<Hash256, Registration> _byName;
    private readonly Dictionary<string, Person> _personById;
    private readonly Dictionary<(PersonKind Kind, string NationalId), Person> _personByNationalId;
    private readonly Dictionary<string, Person> _staffByCertificate;
    private readonly Dictionary<string, (Institution Institution, RegisteredClient Client)> _clientById;
    private readonly Dictionary<OpenIdLogin, Person> _personByLogin;
    private readonly HashSet<string> _blocked;

    /// <summary>Indexes the lists. Throws <see cref="InvalidDataException"/> when an id, a certificate or a national id (of one kind) stands twice.</summary>
    public RegistrySnapshot(
        ImmutableArray<Institution> institutions, ImmutableArray<Person> persons, ImmutableHashSet<string> blockedCertificates, long revision = 0, TrustList? trust = null, ImmutableArray<RegistryNote> notes = default)
    {
        Trust = trust;
        Notes = notes.IsDefault ? [] : notes;
        Institutions = institutions;
        Persons = persons;
        BlockedCertificates = blockedCertificates;
        Revision = revision;
        _blocked = [.. blockedCertificates];
        try
        {
            _ = institutions.Select(i => i.Id).Concat(persons.Select(p => p.Id)).Concat(institutions.SelectMany(i => i.Clients).Select(c => c.Id)).ToDictionary(id => id, StringComparer.Ordinal);
            _ = institutions.SelectMany(i => i.Certificates, (_, c) => c.Thumbprint).Concat(persons.SelectMany(p => p.Certificates)).ToDictionary(c => c, StringComparer.Ordinal);
            _institutionById = institutions.ToDictionary(i => i.Id, StringComparer.Ordinal);
            _byCertificate = institutions.SelectMany(i => i.Certificates, (i, c) => (i, c)).ToDictionary(x => x.c.Thumbprint, x => new Registration(x.i, x.c.From, x.c.Until), StringComparer.Ordinal);
            _byName = institutions.SelectMany(i => i.Names, (i, n) => (i, n)).ToDictionary(
                x => Hash256.TryParseHex(x.n.Key, out var key) ? key : throw new ArgumentException("A name's key is no SHA-256 value."), x => new Registration(x.i, x.n.From, x.n.Until));
            _clientById = institutions.SelectMany(i => i.Clients, (i, c) => (i, c)).ToDictionary(x => x.c.Id, StringComparer.Ordinal);
            _personById = persons.ToDictionary(p => p.Id, StringComparer.Ordinal);
            _personByNationalId = persons.Where(p => p.NationalId is not null).ToDictionary(p => (p.Kind, p.NationalId!));
            _personByLogin = persons.SelectMany(p => p.Logins, (p, l) => (p, l)).ToDictionary(x => x.l, x => x.p);
            _staffByCertificate = persons.SelectMany(p => p.Certificates, (p, c) => (p, c)).ToDictionary(x => x.c, x => x.p, StringComparer.Ordinal);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("The registry names an id, a certificate, a login or a national id twice.", e);
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

    /// <summary>Whom the hub trusts to prove others; null where nothing was said, and the development authority stands in.</summary>
    public TrustList? Trust { get; }

    /// <summary>The last changes, oldest first.</summary>
    public ImmutableArray<RegistryNote> Notes { get; }

    /// <summary>The institution that a TLS certificate is registered to by its thumbprint, whatever the period.</summary>
    public Institution? InstitutionOf(string thumbprint) => _byCertificate.GetValueOrDefault(thumbprint)?.Institution;

    /// <summary>The institution that a proven certificate stands for: by its thumbprint, else by its issuer and subject.</summary>
    internal Registration? RegistrationOf(CertificateFinding connection) =>
        _byCertificate.TryGetValue(connection.Thumbprint, out var registration) || _byName.TryGetValue(connection.Name, out registration) ? registration : null;

    /// <summary>The same, within its period.</summary>
    internal Institution? InstitutionOf(CertificateFinding connection, DateTimeOffset now) => RegistrationOf(connection) is { } registration && registration.IsCurrent(now) ? registration.Institution : null;

    /// <summary>The institution with an id.</summary>
    public Institution? InstitutionById(string id) => _institutionById.GetValueOrDefault(id);

    /// <summary>The program with a client id, and the institution that answers for it.</summary>
    public (Institution Institution, RegisteredClient Client)? ClientById(string id) => _clientById.TryGetValue(id, out var found) ? found : null;

    /// <summary>The person with an id.</summary>
    public Person? PersonById(string id) => _personById.GetValueOrDefault(id);

    /// <summary>The person of a kind with a national id.</summary>
    public Person? PersonOf(PersonKind kind, string nationalId) => _personByNationalId.GetValueOrDefault((kind, nationalId));

    /// <summary>The person whom a provider knows by a subject.</summary>
    public Person? PersonOf(OpenIdLogin login) => _personByLogin.GetValueOrDefault(login);

    /// <summary>The member of staff whom a certificate is registered to.</summary>
    public Person? StaffOf(string thumbprint) => _staffByCertificate.GetValueOrDefault(thumbprint);

    /// <summary>Tells this snapshot from every other without holding on to it.</summary>
    internal object Identity { get; } = new();

    /// <summary>The same at a revision, with the notes that led to it.</summary>
    internal RegistrySnapshot At(long revision, ImmutableArray<RegistryNote> notes, ImmutableArray<RegistryNote> before) =>
        new(Institutions, Persons, BlockedCertificates, revision, Trust, [.. before.TakeLast(RegistryNote.Kept - notes.Length), .. notes]);

    /// <summary>The same with another object that says the same of trust: who remembers a list by its identity need not begin anew.</summary>
    internal RegistrySnapshot With(TrustList? trust) => new(Institutions, Persons, BlockedCertificates, Revision, trust, Notes);
}
