using System.Collections.Immutable;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clinicians;
using EHealthHub.Trust.OpenId;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Institutions;

/// <summary>What a registry must fulfil to be put in force, all faults together. The same rules hold for an edit and for a file that was read.</summary>
internal static class RegistryRules
{
    internal const int InstitutionsMax = 20_000;
    internal const int PersonsMax = 500_000;
    internal const int BlockedMax = 100_000;
    internal const int CertificatesMax = 16;
    internal const int ScopesMax = 64;
    internal const int EmploymentsMax = 32;
    internal const int IdLengthMax = 64;
    internal const int NameLengthMax = 200;
    internal const int NameTextMax = 1_000;
    internal const int RequestsPerSecondMax = 100_000;

    // A file with ten thousand faults is reported by its first ones.
    private const int FaultsMax = 20;

    internal static ImmutableArray<string> Faults(ImmutableArray<Institution> institutions, ImmutableArray<Person> persons, ImmutableHashSet<string> blocked, TrustList? trust = null)
    {
        var faults = new List<string>();
        if (institutions.Length > InstitutionsMax || persons.Length > PersonsMax || blocked.Count > BlockedMax)
        {
            faults.Add($"The registry has more than {InstitutionsMax} institutions, {PersonsMax} persons or {BlockedMax} blocked certificates.");
            return [.. faults];
        }

        var names = institutions.Select(i => i.Id).Concat(persons.Select(p => p.Id)).Concat(institutions.SelectMany(i => i.Clients).Select(c => c.Id));
        AddRepeated(names, "id", faults);
        AddRepeated(institutions.SelectMany(i => i.Certificates, (_, c) => c.Thumbprint).Concat(persons.SelectMany(p => p.Certificates)), "certificate", faults);
        AddRepeated(institutions.SelectMany(i => i.Names, (_, n) => n.Key), "issuer and subject", faults);
        AddRepeated(persons.Where(p => p.NationalId is not null).Select(p => (p.Kind, p.NationalId)), "national id", faults);
        AddRepeated(persons.SelectMany(p => p.Logins), "issuer and subject of a person", faults);
        var kinds = new Dictionary<string, InstitutionKind>(StringComparer.Ordinal);
        foreach (var institution in institutions)
        {
            kinds[institution.Id] = institution.Kind;
            Check(institution, faults);
            ClientRules.Check(institution, faults);
        }

        foreach (var person in persons)
        {
            Check(person, kinds, faults);
        }

        if (!blocked.All(CertificateThumbprint.IsValid))
        {
            faults.Add("A blocked certificate is no SHA-256 thumbprint in lower-case hexadecimal.");
        }

        if (trust is not null)
        {
            faults.AddRange(trust.Faults());
        }

        return [.. faults.Take(FaultsMax)];
    }

    private static void Check(Institution institution, List<string> faults)
    {
        CheckNamed(institution.Id, institution.Name, [.. institution.Certificates.Select(c => c.Thumbprint)], faults);
        CheckPeriods(institution, faults);
        CheckQuota(institution, faults);
        if (!Enum.IsDefined(institution.Kind))
        {
            faults.Add($"{institution.Id}: unknown kind.");
        }

        if (institution.RequestsPerSecondMax is < 1 or > RequestsPerSecondMax)
        {
            faults.Add($"{institution.Id}: requests per second outside 1..{RequestsPerSecondMax}.");
        }

        if (institution is { Kind: InstitutionKind.Proxy, Scopes.IsEmpty: false })
        {
            faults.Add($"{institution.Id}: a proxy holds no scopes.");
        }

        if (institution.Scopes.Length > ScopesMax)
        {
            faults.Add($"{institution.Id}: more than {ScopesMax} scopes.");
        }

        foreach (var text in institution.Scopes)
        {
            // user/ and patient/ belong to persons: an institution gets them only through a card.
            if (!NamedScope.Fits(institution.Kind, text) && (!GrantedScope.TryParse(text, out var scope) || scope.Level != "system"))
            {
                faults.Add($"{institution.Id}: {text} is no scope of an institution.");
            }
        }
    }

    private static void CheckPeriods(Institution institution, List<string> faults)
    {
        if (institution.Certificates.Any(c => c.From >= c.Until) || institution.Names.Any(n => n.From >= n.Until))
        {
            faults.Add($"{institution.Id}: a certificate ends before it begins.");
        }

        if (institution.Certificates.Any(c => c.Der?.Length > RegisteredCertificate.DerLengthMax))
        {
            faults.Add($"{institution.Id}: a certificate is too long.");
        }

        if (institution.Names.Length > CertificatesMax
            || institution.Names.Any(n => !CertificateThumbprint.IsValid(n.Key) || n.Subject.Length is 0 or > NameTextMax || n.Issuer.Length is 0 or > NameTextMax))
        {
            faults.Add($"{institution.Id}: at most {CertificatesMax} names, each with issuer, subject and a SHA-256 key.");
        }
    }

    private static void CheckQuota(Institution institution, List<string> faults)
    {
        if (institution.Quota is { } quota
            && (quota.RequestsPerMinuteMax is < 1 or > Quota.RequestsPerMinuteBound || quota.ConcurrentMax is < 1 or > Quota.ConcurrentBound || quota.BytesPerMinuteMax is < 1 or > Quota.BytesPerMinuteBound))
        {
            faults.Add($"{institution.Id}: requests a minute outside 1..{Quota.RequestsPerMinuteBound}, requests at once outside 1..{Quota.ConcurrentBound}, or bytes a minute outside 1..{Quota.BytesPerMinuteBound}.");
        }
    }

    private static void Check(Person person, Dictionary<string, InstitutionKind> institutions, List<string> faults)
    {
        CheckNamed(person.Id, person.Name, person.Certificates, faults);
        var isStaff = person.Kind is PersonKind.Auditor or PersonKind.Operator;
        if (!isStaff && person.Kind is not (PersonKind.Clinician or PersonKind.Citizen))
        {
            faults.Add($"{person.Id}: unknown kind.");
        }

        if (isStaff ? person.NationalId is not null : !NationalId.IsValid(person.NationalId))
        {
            faults.Add($"{person.Id}: clinicians and citizens have a valid national id, staff have none.");
        }

        if (!isStaff && person.Certificates.Length > 0)
        {
            faults.Add($"{person.Id}: only staff are registered by certificate; a card is found by its national id.");
        }

        if (person.Logins.Length > (person.Kind == PersonKind.Clinician ? 0 : OpenIdLogin.PersonMax) || !person.Logins.All(l => l.IsSound))
        {
            faults.Add($"{person.Id}: at most {OpenIdLogin.PersonMax} logins, each with an https issuer without a slash at its end and a subject; clinicians have none, they sign in by card.");
        }

        if (person.Employments.Length > (person.Kind == PersonKind.Clinician ? EmploymentsMax : 0))
        {
            faults.Add($"{person.Id}: only clinicians have employments, at most {EmploymentsMax}.");
        }

        foreach (var employment in person.Employments)
        {
            if (!institutions.TryGetValue(employment.Institution, out var kind) || kind != InstitutionKind.Provider)
            {
                faults.Add($"{person.Id}: {employment.Institution} is no registered provider.");
            }

            if (employment.Until <= employment.From || employment.Role.Length is 0 or > IdLengthMax)
            {
                faults.Add($"{person.Id}: an employment at {employment.Institution} ends before it begins, or has no role.");
            }
        }
    }

    internal static void CheckNamed(string id, string name, ImmutableArray<string> certificates, List<string> faults)
    {
        if (id.Length is 0 or > IdLengthMax || id.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
        {
            faults.Add($"An id has 1 to {IdLengthMax} characters a-z, 0-9 and -.");
        }

        if (name.Length is 0 or > NameLengthMax || name.Any(char.IsControl))
        {
            faults.Add($"{id}: a name has 1 to {NameLengthMax} characters and no control characters.");
        }

        if (certificates.Length > CertificatesMax || !certificates.All(CertificateThumbprint.IsValid))
        {
            faults.Add($"{id}: at most {CertificatesMax} certificates, as SHA-256 thumbprints in lower-case hexadecimal.");
        }
    }

    private static void AddRepeated<T>(IEnumerable<T> values, string what, List<string> faults)
    {
        var seen = new HashSet<T>();
        if (values.Any(v => !seen.Add(v)))
        {
            faults.Add($"The registry names the same {what} twice.");
        }
    }
}
