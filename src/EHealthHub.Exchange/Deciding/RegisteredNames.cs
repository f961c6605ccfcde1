using EHealthHub.Access.Consent;
using EHealthHub.Exchange.Employments;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;
using EHealthHub.Trust;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Exchange.Deciding;

/// <summary>
/// Who is meant in the registry by what a record says: named by identifier, or by a reference to a Practitioner or Organization that the registry's authority wrote. What a participant wrote of people and institutions names nobody, or it would lend
/// whoever it likes the name of another. Thread-safe.
/// </summary>
internal sealed class RegisteredNames
{
    private volatile IRegistry? _registry;

    /// <summary>From now on names are those of this registry; before, nobody is named.</summary>
    public void Follow(IRegistry registry) => _registry = registry;

    /// <summary>Registered ids of the clinicians whom a resource names under these parameters, each once.</summary>
    public IEnumerable<string> Clinicians(PatientSource source, SearchFacts facts, params string[] parameters) => _registry?.Current is not { } registry ? []
        : Identifiers(source, facts, "Practitioner", DecisionFacts.NationalIdSystem, parameters).Select(id => registry.PersonOf(PersonKind.Clinician, id)?.Id).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>Registered ids of the institutions, as <see cref="Clinicians"/>.</summary>
    public IEnumerable<string> Institutions(PatientSource source, SearchFacts facts, params string[] parameters) => _registry?.Current is not { } registry ? []
        : Identifiers(source, facts, "Organization", RoleStatement.InstitutionSystem, parameters).Select(id => registry.InstitutionById(id)?.Id).OfType<string>().Distinct(StringComparer.Ordinal);

    /// <summary>True for what the registry's authority wrote.</summary>
    public bool IsAuthoritys(string submitter) => _registry?.Current is { } registry && RoleReading.IsAuthority(registry, submitter);

    /// <summary>True for what a citizen wrote.</summary>
    public bool IsCitizens(string submitter) => _registry?.Current.PersonById(submitter)?.Kind == PersonKind.Citizen;

    /// <summary>
    /// Whom a consent names: an institution or a clinician of the registry, or anybody else by the national id. A reference counts as everywhere: where the authority wrote what it leads to.
    /// </summary>
    public ConsentActor Actor(DirectorySource directory, string? reference, string? system, string? value)
    {
        if (_registry?.Current is not { } registry)
        {
            return NotUnderstood;
        }

        if (value is not null)
        {
            return system switch
            {
                RoleStatement.InstitutionSystem => Institution(registry, value),
                DecisionFacts.NationalIdSystem => registry.PersonOf(PersonKind.Clinician, value) is { } clinician ? new(ActorKind.Clinician, clinician.Id) : new(ActorKind.Citizen, value),
                _ => NotUnderstood,
            };
        }

        switch (reference?.Split('/'))
        {
            case ["Device" or "CareTeam" or "Group", _]:
                return new(ActorKind.Nobody, "");
            case ["Organization", var id] when directory.Find("Organization", id) is { } entry && RoleReading.IsAuthority(registry, entry.Submitter):
                return entry.Of("identifier").FirstOrDefault(i => i.System == RoleStatement.InstitutionSystem)?.Text is { } code ? Institution(registry, code) : NotUnderstood;
            case ["Practitioner", var id] when directory.Find("Practitioner", id) is { } entry && RoleReading.IsAuthority(registry, entry.Submitter):
                return entry.Of("identifier").FirstOrDefault(i => i.System == DecisionFacts.NationalIdSystem)?.Text is { } national && registry.PersonOf(PersonKind.Clinician, national) is { } person ? new(ActorKind.Clinician, person.Id) : NotUnderstood;
            default:
                return NotUnderstood;
        }
    }

    private static readonly ConsentActor NotUnderstood = new(ActorKind.NotUnderstood, "");

    private static ConsentActor Institution(RegistrySnapshot registry, string code) => registry.InstitutionById(code) is { } institution ? new(ActorKind.Institution, institution.Id) : NotUnderstood;

    private IEnumerable<string> Identifiers(PatientSource source, SearchFacts facts, string type, string system, string[] parameters)
    {
        foreach (var value in facts.Values)
        {
            if (value.Kind == FactKind.Token && value.System == system && value.Text is { } written && value.Parameter.EndsWith(":identifier", StringComparison.Ordinal) && parameters.Contains(value.Parameter[..^":identifier".Length]))
            {
                yield return written;
            }
            else if (value.Kind == FactKind.Reference && value.System == type && value.Text is { } id && parameters.Contains(value.Parameter)
                && source.Directory.Find(type, id) is { } entry && RoleReading.IsAuthority(_registry!.Current, entry.Submitter))
            {
                foreach (var own in entry.Of("identifier").Where(i => i.Kind == FactKind.Token && i.System == system && i.Text is not null))
                {
                    yield return own.Text!;
                }
            }
        }
    }
}
