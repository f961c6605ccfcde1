using System.Collections.Immutable;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Trust.Tokens;

/// <summary>How each kind of participant looks as a <see cref="Caller"/>: the one place where purposes and scopes are given without a token.</summary>
internal static class Callers
{
    internal static readonly ImmutableArray<string> CitizenScopes = ["patient/*.rs"];

    /// <summary>By themselves, not through an application, citizens write their consents too.</summary>
    private static readonly ImmutableArray<string> CitizenAloneScopes = ["patient/*.rs", "patient/Consent.cud"];

    internal static Caller OfInstitution(Institution institution, string thumbprint) => new()
    {
        Institution = institution.Id,
        InstitutionKind = institution.Kind,
        Scopes = institution.Scopes,
        Purpose = PurposeOf(institution),
        Certificate = thumbprint,
    };

    /// <summary>A clinician through an institution's system or an application.</summary>
    internal static Caller OfToken(TokenClaims claims, Institution institution, Person person, string role, string thumbprint, string? card, ImmutableArray<string> scopes) => new()
    {
        Institution = institution.Id,
        InstitutionKind = institution.Kind,
        PersonKind = PersonKind.Clinician,
        Person = person.Id,
        NationalId = person.NationalId,
        Role = role,
        Patient = claims.Patient,
        Emergency = claims.EmergencyReason is { } reason ? new EmergencyAccess(reason, DateTimeOffset.FromUnixTimeSeconds(claims.IssuedAt), DateTimeOffset.FromUnixTimeSeconds(claims.Expires)) : null,
        Scopes = scopes,
        Purpose = claims.Purpose,
        Certificate = thumbprint,
        Card = card,
        TokenId = claims.Id,
        Client = claims.Client,
    };

    /// <summary>An institution's system that asked for a token of its own, with fewer scopes than it holds.</summary>
    internal static Caller OfSystemToken(TokenClaims claims, Institution institution, string thumbprint, ImmutableArray<string> scopes) =>
        OfInstitution(institution, thumbprint) with { Scopes = scopes, TokenId = claims.Id, Client = claims.Client, Purpose = claims.Purpose };

    /// <summary>A citizen through an application.</summary>
    internal static Caller OfCitizenToken(TokenClaims claims, Person person, string thumbprint, string? card, ImmutableArray<string> scopes) =>
        OfCitizen(person, thumbprint) with { Scopes = scopes, TokenId = claims.Id, Client = claims.Client, Purpose = claims.Purpose, Card = card, Patient = claims.Patient };

    /// <summary>Purpose of an institution that acts for itself.</summary>
    internal static string PurposeOf(Institution institution) => institution.Kind switch
    {
        InstitutionKind.Provider => Purposes.Operations,
        InstitutionKind.Insurer => Purposes.Payment,
        _ => Purposes.SystemAdministration,
    };

    internal static Caller OfClinician(Institution institution, Person person, string role, string thumbprint, ImmutableArray<string> scopes) => new()
    {
        Institution = institution.Id,
        InstitutionKind = institution.Kind,
        PersonKind = PersonKind.Clinician,
        Person = person.Id,
        NationalId = person.NationalId,
        Role = role,
        Scopes = scopes,
        Purpose = Purposes.Treatment,
        Certificate = thumbprint,
        Card = thumbprint,
    };

    internal static Caller OfCitizen(Person person, string thumbprint) => new()
    {
        PersonKind = PersonKind.Citizen,
        Person = person.Id,
        NationalId = person.NationalId,
        Scopes = CitizenAloneScopes,
        Purpose = Purposes.PatientRequest,
        Certificate = thumbprint,
        Card = thumbprint,
    };

    /// <summary>Staff hold no scopes: their doors are the auditors' application and the management commands, not records.</summary>
    internal static Caller OfStaff(Person person, string thumbprint) => new()
    {
        PersonKind = person.Kind,
        Person = person.Id,
        Purpose = person.Kind == PersonKind.Auditor ? Purposes.Compliance : Purposes.SystemAdministration,
        Certificate = thumbprint,
    };
}
