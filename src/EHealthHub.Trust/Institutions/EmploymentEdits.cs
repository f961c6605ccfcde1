using System.Collections.Immutable;
using System.Globalization;

namespace EHealthHub.Trust.Institutions;

/// <summary>The PractitionerRole that an employment rests on.</summary>
/// <param name="Role">Its logical id.</param>
/// <param name="Version">The version that was taken up.</param>
public sealed record EmploymentBasis(string Role, int Version);

/// <summary>What a PractitionerRole of the registry operator says now.</summary>
/// <param name="Basis">The role and its current version.</param>
/// <param name="By">Registered id of the operator that wrote this version.</param>
/// <param name="Clinician">Registered id of the clinician; null where it says that nobody is employed: deleted, not active, or over before it began.</param>
/// <param name="Employment">The employment, with the basis; null together with the clinician.</param>
public sealed record StatedEmployment(EmploymentBasis Basis, string By, string? Clinician, Employment? Employment);

/// <summary>
/// Brings the employments that rest on directory resources to what those say. Pure, and it can be repeated: what is so already changes nothing, so that a crash between the resource's commit and the registry's is mended by doing it again.
/// An employment by command is never touched; one that a command ended stays ended until its resource gets another version. An older version never replaces a newer one.
/// </summary>
public static class EmploymentEdits
{
    /// <summary>Most acts of one change: the registry remembers each.</summary>
    public const int ActsMax = 128;

    /// <summary>
    /// The registry as <paramref name="stated"/> has it, at most <see cref="ActsMax"/> acts at a time: the same snapshot where nothing is left to do. With <paramref name="isAll"/>, employments whose resource is not among them end too.
    /// <paramref name="leftOut"/>: bases for which a clinician has no more room.
    /// </summary>
    public static RegistryEdit State(this RegistrySnapshot registry, IReadOnlyCollection<StatedEmployment> stated, bool isAll, out ImmutableArray<EmploymentBasis> leftOut)
    {
        var newest = registry.Persons.SelectMany(p => p.Employments).Select(e => e.Basis).OfType<EmploymentBasis>().ToLookup(b => b.Role, b => b.Version, StringComparer.Ordinal);
        var byRole = stated.Where(s => newest[s.Basis.Role].All(v => v <= s.Basis.Version)).ToDictionary(s => s.Basis.Role, s => Possible(registry, s), StringComparer.Ordinal);
        var older = stated.Select(s => s.Basis.Role).Where(r => !byRole.ContainsKey(r)).ToHashSet(StringComparer.Ordinal);
        var byClinician = byRole.Values.Where(s => s.Clinician is not null).ToLookup(s => s.Clinician!, StringComparer.Ordinal);
        var (changed, acts, full) = (new List<Person>(), ImmutableArray.CreateBuilder<RegistryActor>(), ImmutableArray.CreateBuilder<EmploymentBasis>());
        foreach (var person in registry.Persons)
        {
            if (person.Kind != PersonKind.Clinician || acts.Count >= ActsMax || (!byClinician.Contains(person.Id) && !person.Employments.Any(e => e.Basis is not null)))
            {
                continue;
            }

            var after = After(person, e => byRole.TryGetValue(e.Role, out var s) ? s : null, e => !isAll || older.Contains(e.Role), byClinician[person.Id], acts, full);
            if (!after.SequenceEqual(person.Employments))
            {
                changed.Add(person with { Employments = after });
            }
        }

        leftOut = full.ToImmutable();
        return changed.Count == 0 ? RegistryEdit.To(registry) : registry.PutPersons(changed).As(acts.ToImmutable());
    }

    /// <summary>A role at somebody who is a provider no longer, or of somebody who is registered no longer, says nothing.</summary>
    private static StatedEmployment Possible(RegistrySnapshot registry, StatedEmployment stated) =>
        stated.Clinician is { } clinician && stated.Employment is { } employment && registry.PersonById(clinician)?.Kind == PersonKind.Clinician
        && registry.InstitutionById(employment.Institution)?.Kind == InstitutionKind.Provider
            ? stated
            : stated with { Clinician = null, Employment = null };

    private static ImmutableArray<Employment> After(
        Person person, Func<EmploymentBasis, StatedEmployment?> of, Func<EmploymentBasis, bool> staysUnstated, IEnumerable<StatedEmployment> own, ImmutableArray<RegistryActor>.Builder acts, ImmutableArray<EmploymentBasis>.Builder full)
    {
        var after = ImmutableArray.CreateBuilder<Employment>();
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var employment in person.Employments)
        {
            if (employment.Basis is not { } basis)
            {
                after.Add(employment);
                continue;
            }

            var stated = of(basis);
            if (stated is null ? staysUnstated(basis) : IsTakenUp(person, employment, basis, stated))
            {
                after.Add(employment);
                done.Add(basis.Role);
            }
            else if (stated?.Clinician != person.Id)
            {
                acts.Add(Act("end", person.Id, employment, stated?.Basis ?? basis, stated?.By ?? "hub"));
            }
        }

        foreach (var statement in own.Where(s => !done.Contains(s.Basis.Role)))
        {
            if (after.Count >= RegistryRules.EmploymentsMax)
            {
                full.Add(statement.Basis);
                continue;
            }

            after.Add(statement.Employment!);
            acts.Add(Act("employ", person.Id, statement.Employment!, statement.Basis, statement.By));
        }

        return after.ToImmutable();
    }

    private static bool IsTakenUp(Person person, Employment employment, EmploymentBasis basis, StatedEmployment stated) =>
        stated.Basis.Version == basis.Version && stated.Clinician == person.Id && stated.Employment!.Institution == employment.Institution;

    private static RegistryActor Act(string verb, string clinician, Employment employment, EmploymentBasis basis, string by) => new(
        by, string.Create(CultureInfo.InvariantCulture, $"{verb} {clinician} {employment.Institution} as {employment.Role} by PractitionerRole/{basis.Role}/_history/{basis.Version}"), "");
}
