using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Apps;

/// <summary>A person who proved at the hub's own page who they are. Made by <see cref="PersonGate"/> from a card; another way of signing in makes the same value.</summary>
public sealed record SignedInPerson
{
    internal SignedInPerson(CertificateFinding? connection) => Connection = connection;

    /// <summary>Who.</summary>
    public required Person Person { get; init; }

    /// <summary>When they proved it.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How: <c>card</c>, or <c>openid</c>.</summary>
    public required string Method { get; init; }

    /// <summary>SHA-256 thumbprint of the certificate on their connection, lower-case hex; empty without one.</summary>
    public string Certificate => Connection?.Thumbprint ?? "";

    /// <summary>The person as a caller without rights, for the audit log.</summary>
    public Caller Caller => new()
    {
        PersonKind = Person.Kind,
        Person = Person.Id,
        NationalId = Person.NationalId,
        Purpose = Person.Kind == PersonKind.Citizen ? Purposes.PatientRequest : Purposes.Treatment,
        Certificate = Certificate,
        Card = Connection?.Thumbprint,
    };

    /// <summary>A citizen as the caller that reads the own record (purpose PATRQT); null for anybody else.</summary>
    public Caller? Citizen => Person.Kind == PersonKind.Citizen ? Callers.OfCitizen(Person, Certificate) with { Card = Connection?.Thumbprint } : null;

    internal CertificateFinding? Connection { get; }
}

/// <summary>Who sits before the browser, by the card on their own connection: clinicians and citizens, nobody else.</summary>
public sealed class PersonGate(CertificateGate gate, IRegistry registry, TimeProvider time)
{
    /// <summary>None, with the person, when proven. Who is both clinician and citizen is met as a clinician.</summary>
    public TrustReason Prove(X509Certificate2? certificate, out SignedInPerson? person) =>
        Prove(certificate, static (registry, id) => registry.PersonOf(PersonKind.Clinician, id) ?? registry.PersonOf(PersonKind.Citizen, id), out person);

    /// <summary>The same at the citizens' own door: whoever is registered as a citizen, clinicians too.</summary>
    public TrustReason ProveCitizen(X509Certificate2? certificate, out SignedInPerson? person) => Prove(certificate, static (registry, id) => registry.PersonOf(PersonKind.Citizen, id), out person);

    private TrustReason Prove(X509Certificate2? certificate, Func<RegistrySnapshot, string, Person?> find, out SignedInPerson? person)
    {
        person = null;
        var reason = gate.Examine(certificate, CertificateUse.Connection, out var connection);
        if (reason != TrustReason.None)
        {
            return reason;
        }

        // As on their own connection without a token: a certificate that stands for an institution or a member of staff is nobody's card.
        var current = registry.Current;
        if (current.InstitutionOf(connection!, time.GetUtcNow()) is { } institution)
        {
            return institution.Kind == InstitutionKind.Proxy ? TrustReason.NoCertificate : TrustReason.Unregistered;
        }

        if (current.StaffOf(connection!.Thumbprint) is not null)
        {
            return TrustReason.Unregistered;
        }

        if (!connection.Uses.HasFlag(AnchorUses.Cards))
        {
            return TrustReason.UnknownIssuer;
        }

        var found = connection.NationalId is { } id ? find(current, id) : null;
        if (found is null)
        {
            return TrustReason.Unregistered;
        }

        if (found.Suspended)
        {
            return TrustReason.Suspended;
        }

        person = new SignedInPerson(connection) { Person = found, Time = time.GetUtcNow(), Method = "card" };
        return TrustReason.None;
    }
}
