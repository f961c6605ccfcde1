using System.Collections.Immutable;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Institutions;

/// <summary>Who is registered in a demonstration hub, and with what authority.</summary>
public static class DemoRegistry
{
    /// <summary>Everything, everywhere: the registry operator.</summary>
    public static readonly ImmutableArray<string> AuthorityScopes = ["system/*.cruds"];

    /// <summary>
    /// A hospital submits, corrects, reads, searches and deletes; the policy narrows all of it to what it submitted itself and to the directory. A deletion is a version of its own and stays in view. What others submitted it reads only
    /// with a clinician's card.
    /// </summary>
    public static readonly ImmutableArray<string> ProviderScopes = ["system/*.cruds"];

    /// <summary>An insurer looks things up in the directory, and nothing else in this version.</summary>
    public static readonly ImmutableArray<string> InsurerScopes =
    [
        "system/Organization.rs", "system/Location.rs", "system/HealthcareService.rs", "system/Practitioner.rs", "system/PractitionerRole.rs", "system/Endpoint.rs",
    ];

    /// <summary>Beside these the ministry derives figures for public health, and a hospital for one research project.</summary>
    private static readonly (string Institution, string Scope)[] Named = [("ministry", NamedScope.PublicHealth), ("hospital-izmir", NamedScope.ResearchPrefix + "diabetes-2026")];

    private const int RequestsPerSecondMax = 10_000;

    private static readonly (string Clinician, string Institution)[] Employments = [("dr-ayse", "hospital-ankara"), ("dr-mehmet", "hospital-izmir")];

    /// <summary>The registry of the demonstration participants, employed from <paramref name="from"/>. hospital-unregistered is left out; the revoked and the expired one are in, so that each is refused for its own reason.</summary>
    public static RegistrySnapshot Build(IEnumerable<DevelopmentParticipant> participants, DateTimeOffset from)
    {
        var institutions = ImmutableArray.CreateBuilder<Institution>();
        var persons = ImmutableArray.CreateBuilder<Person>();
        foreach (var participant in participants.Where(p => p.Name != PlannedParticipant.Unregistered))
        {
            if (InstitutionOf(participant) is { } institution)
            {
                institutions.Add(institution);
            }
            else if (PersonOf(participant, from) is { } person)
            {
                persons.Add(person);
            }
        }

        return new RegistrySnapshot(institutions.ToImmutable(), persons.ToImmutable(), []);
    }

    private static Institution? InstitutionOf(DevelopmentParticipant participant) => participant.Role switch
    {
        DevelopmentRole.Authority => Institution(participant, InstitutionKind.Authority, AuthorityScopes),
        DevelopmentRole.Provider => Institution(participant, InstitutionKind.Provider, ProviderScopes),
        DevelopmentRole.Insurer => Institution(participant, InstitutionKind.Insurer, InsurerScopes),
        _ => null,
    };

    private static Institution Institution(DevelopmentParticipant participant, InstitutionKind kind, ImmutableArray<string> scopes) =>
        new(participant.Name, participant.DisplayName, kind, [participant.Thumbprint], [.. scopes, .. Named.Where(n => n.Institution == participant.Name).Select(n => n.Scope)], Suspended: false, RequestsPerSecondMax);

    private static Person? PersonOf(DevelopmentParticipant participant, DateTimeOffset from) => participant.Role switch
    {
        DevelopmentRole.Clinician => new Person(participant.Name, participant.DisplayName, PersonKind.Clinician, participant.NationalId, [], EmploymentsOf(participant.Name, from), Suspended: false),
        DevelopmentRole.Citizen => new Person(participant.Name, participant.DisplayName, PersonKind.Citizen, participant.NationalId, [], [], Suspended: false),
        DevelopmentRole.Auditor => new Person(participant.Name, participant.DisplayName, PersonKind.Auditor, null, [participant.Thumbprint], [], Suspended: false),
        DevelopmentRole.Operator => new Person(participant.Name, participant.DisplayName, PersonKind.Operator, null, [participant.Thumbprint], [], Suspended: false),
        _ => null,
    };

    private static ImmutableArray<Employment> EmploymentsOf(string clinician, DateTimeOffset from) =>
        [.. Employments.Where(e => e.Clinician == clinician).Select(e => new Employment(e.Institution, "physician", from, null))];
}
