using System.Text.Json;
using EHealthHub.Trust;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Exchange.Employments;

/// <summary>A PractitionerRole that names an institution of the registry and yet makes no employment.</summary>
/// <param name="Element">Which element is in the way, for example <c>practitioner</c>.</param>
/// <param name="Code">The hub's code.</param>
/// <param name="Text">For a developer.</param>
internal sealed record RoleFault(string Element, string Code, string Text);

/// <summary>What a role comes to: an employment, nothing at all, or a fault.</summary>
internal readonly record struct RoleMeaning(StatedEmployment? Stated, RoleFault? Fault);

/// <summary>
/// What the roles of the registry operator mean to the registry. One that names no registered institution is content of the directory, and nothing more. The clinician and the institution are named by identifier, or by reference to a
/// resource that the operator itself wrote: what a participant wrote names nobody.
/// </summary>
internal sealed class RoleReading(DirectoryBodies bodies, string fhirBase)
{
    private static readonly Dictionary<string, string> NoReferences = [];

    /// <summary>What roles as they are stored mean. <paramref name="written"/>: directory resources that are being written with them, by type and id, and count before what is stored.</summary>
    public async ValueTask<Dictionary<string, RoleMeaning>> Read(
        IReadOnlyDictionary<string, DirectoryBody> roles, RegistrySnapshot registry, IReadOnlyDictionary<string, string>? references, IReadOnlyDictionary<(string Type, string Id), DirectoryBody>? written, CancellationToken cancellationToken)
    {
        var said = roles.Where(r => r.Value.Root is not null).ToDictionary(r => r.Key, r => RoleStatement.Read(r.Value.Root!.Value, references ?? NoReferences, fhirBase), StringComparer.Ordinal);
        var practitioners = await Referred("Practitioner", said.Values.Select(s => s.Practitioner), written, cancellationToken).ConfigureAwait(false);
        var organizations = await Referred("Organization", said.Values.Select(s => s.Organization), written, cancellationToken).ConfigureAwait(false);
        return roles.ToDictionary(
            r => r.Key,
            r => said.TryGetValue(r.Key, out var statement) ? Meaning(new EmploymentBasis(r.Key, r.Value.Version), r.Value, statement, registry, practitioners, organizations) : Nobody(new EmploymentBasis(r.Key, r.Value.Version), r.Value.Submitter),
            StringComparer.Ordinal);
    }

    /// <summary>True for an institution whose directory resources have authority.</summary>
    public static bool IsAuthority(RegistrySnapshot registry, string institution) => registry.InstitutionById(institution)?.Kind == InstitutionKind.Authority;

    private static RoleMeaning Nobody(EmploymentBasis basis, string by) => new(new StatedEmployment(basis, by, null, null), null);

    private static RoleMeaning Meaning(
        EmploymentBasis basis, DirectoryBody body, RoleStatement role, RegistrySnapshot registry, Dictionary<string, DirectoryBody> practitioners, Dictionary<string, DirectoryBody> organizations)
    {
        var (code, ownOrganization) = Named(role.Organization, organizations, RoleStatement.InstitutionSystem, registry);
        if (!ownOrganization)
        {
            return Fault("organization", "employment-not-authoritative", "The Organization was written by a participant, so that it names no institution here. Name the institution by its identifier.");
        }

        if (code is null || !role.IsActive)
        {
            return Nobody(basis, body.Submitter);
        }

        if (registry.InstitutionById(code)?.Kind != InstitutionKind.Provider)
        {
            return Fault("organization", "employment-institution-unknown", "No care provider is registered under this institution code.");
        }

        var (nationalId, ownPractitioner) = Named(role.Practitioner, practitioners, DecisionFacts.NationalIdSystem, registry);
        if (!ownPractitioner)
        {
            return Fault("practitioner", "employment-not-authoritative", "The Practitioner was written by a participant, so that it names no clinician here. Name the clinician by the national id.");
        }

        if (nationalId is null || registry.PersonOf(PersonKind.Clinician, nationalId) is not { } clinician)
        {
            return Fault("practitioner", "employment-practitioner-unknown", "No clinician is registered under the national id that is given, or none is given.");
        }

        if (!role.IsPeriodRead)
        {
            return Fault("period", "employment-period", "The period of an employment must be told in days or moments that exist.");
        }

        if (role.Role is null)
        {
            return Fault("code", "employment-role-missing", "An employment needs a role: a code or a text of at most 64 characters.");
        }

        var from = role.From ?? body.LastUpdated;
        return role.Until <= from ? Nobody(basis, body.Submitter) : new RoleMeaning(new StatedEmployment(basis, body.Submitter, clinician.Id, new Employment(code, role.Role, from, role.Until, basis)), null);
    }

    private static RoleMeaning Fault(string element, string code, string text) => new(null, new RoleFault(element, code, text));

    /// <summary>The identifier that is meant, null for none; and false where it would come from what a participant wrote.</summary>
    private static (string? Value, bool IsOwn) Named(Meant meant, Dictionary<string, DirectoryBody> referred, string system, RegistrySnapshot registry)
    {
        if (meant.Identifier is { } value || meant.Reference is not { } id || !referred.TryGetValue(id, out var body) || body.Root is not { } root)
        {
            return (meant.Identifier, true);
        }

        var identifier = RoleStatement.Identifier(root, system);
        return (identifier, identifier is null || IsAuthority(registry, body.Submitter));
    }

    private async ValueTask<Dictionary<string, DirectoryBody>> Referred(
        string type, IEnumerable<Meant> meant, IReadOnlyDictionary<(string Type, string Id), DirectoryBody>? written, CancellationToken cancellationToken)
    {
        var ids = meant.Where(m => m is { Identifier: null, Reference: not null }).Select(m => m.Reference!).Distinct(StringComparer.Ordinal).ToList();
        var found = await bodies.Current(type, ids.FindAll(id => written?.ContainsKey((type, id)) != true), _ => true, cancellationToken).ConfigureAwait(false);
        foreach (var id in ids)
        {
            if (written?.GetValueOrDefault((type, id)) is { } now)
            {
                found[id] = now;
            }
        }

        return found;
    }
}
