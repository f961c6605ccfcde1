using System.Collections.Immutable;
using EHealthHub.Audit.Log;
using EHealthHub.Exchange.Submit;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Store;
using EHealthHub.Trust;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Exchange.Employments;

/// <summary>
/// The PractitionerRoles that the registry operator writes become employments in the registry, and nobody else's do. Judged before they are committed, so that what cannot be an employment is refused by its element; taken up from the
/// store after the commit, in turn, and again at the start, so that a crash in between loses nothing: what counts is what is stored.
/// </summary>
public sealed class EmploymentFeed
{
    private const string Role = "PractitionerRole";
    private const int AttemptsMax = 8;

    private readonly DirectoryBodies _bodies;
    private readonly RoleReading _roles;
    private readonly TimeProvider _time;
    private readonly Turns _turns = new();
    private RegistryFile? _registry;
    private volatile bool _isUnsettled;

    internal EmploymentFeed(AuditLog log, RecordStore records, string fhirBase, TimeProvider time)
    {
        _bodies = new DirectoryBodies(log, records, time);
        _roles = new RoleReading(_bodies, fhirBase);
        _time = time;
    }

    /// <summary>True when the registry could not be told of a change; <see cref="Settle"/> tells it.</summary>
    public bool IsUnsettled => _isUnsettled;

    /// <summary>The registry in force; null where none is followed.</summary>
    internal RegistrySnapshot? Registry => _registry?.Current;

    /// <summary>From now on the registry follows the directory, once it was brought to what is stored. Before the first request.</summary>
    public ValueTask Follow(RegistryFile registry, CancellationToken cancellationToken)
    {
        _registry = registry;
        _isUnsettled = true;
        return Settle(cancellationToken);
    }

    /// <summary>Brings the registry to all that is stored, where it may have missed something; tried again later where that fails.</summary>
    public async ValueTask Settle(CancellationToken cancellationToken)
    {
        if (_registry is not { } registry || !_isUnsettled || !await _turns.Wait(cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            _isUnsettled = !await Bring(registry, isAll: true, () => All(registry, cancellationToken)).ConfigureAwait(false);
        }
        finally
        {
            _turns.Done();
        }
    }

    /// <summary>The turn of a submission that may change employments, to be held until it is taken up; null for one that cannot, and for one that waited too long, which is busy.</summary>
    internal async ValueTask<(EmploymentTurn? Turn, bool IsBusy)> Turn(ActContext context, ResolvedWrite write, CancellationToken cancellationToken)
    {
        if (_registry is null || context.Caller is not { PersonKind: PersonKind.None, InstitutionKind: InstitutionKind.Authority } || !write.Writes.Any(Matters))
        {
            return (null, false);
        }

        return await _turns.Wait(cancellationToken).ConfigureAwait(false) ? (new EmploymentTurn(this), false) : (null, true);
    }

    /// <summary>Why what the operator's system writes cannot be taken up; null where it can.</summary>
    internal async ValueTask<Failure?> Check(ActContext context, ResolvedWrite write, CancellationToken cancellationToken)
    {
        var registry = _registry!.Current;
        var by = context.Caller.Institution!;
        var steps = write.Steps.Where(s => s is { End.Written: >= 0 } && s.Entry.Type is Role or "Practitioner" or "Organization").ToList();
        foreach (var step in steps.Where(s => s.Entry.Action == EntryAction.Patch && !RoleReading.IsAuthority(registry, s.Current!.Submitter)))
        {
            // What stays of a patched resource is what a participant wrote.
            if (step.Entry.Type == Role || (step.Resource is { } patched && RoleStatement.Identifier(patched.Root, SystemOf(step.Entry.Type)) is not null))
            {
                return Failure.Of(422, "business-rule", "employment-not-authoritative", "A participant wrote this resource. To give it authority, replace it whole by an update.", step.Place);
            }
        }

        var written = steps.ToDictionary(s => (s.Entry.Type, s.Id), s => new DirectoryBody(s.End!.Version, _time.GetUtcNow(), by, s.Resource?.Root));
        var roles = written.Where(w => w.Key.Type == Role).ToDictionary(w => w.Key.Id, w => w.Value, StringComparer.Ordinal);
        var meanings = await _roles.Read(roles, registry, write.References, written, cancellationToken).ConfigureAwait(false);
        foreach (var step in steps.Where(s => s.Entry.Type == Role))
        {
            if (meanings[step.Id].Fault is { } fault)
            {
                return Refused(step, fault);
            }
        }

        registry.State([.. meanings.Values.Select(m => m.Stated!)], isAll: false, out var leftOut);
        return leftOut is [var first, ..]
            ? Refused(steps.Find(s => s.Id == first.Role)!, new RoleFault("practitioner", "employment-too-many", "The clinician has as many employments in the registry as it holds; end others first."))
            : null;
    }

    /// <summary>Passes the turn on. A commit whose end is unknown is looked for in the store later.</summary>
    internal void PassOn(bool isUnknown)
    {
        _isUnsettled |= isUnknown;
        _turns.Done();
    }

    /// <summary>Takes up what was committed, from what is stored now. What cannot be told to the registry is told later.</summary>
    internal async ValueTask Take(ResolvedWrite write)
    {
        var registry = _registry!;
        try
        {
            var roles = write.Writes.Where(w => w.Type == Role).Select(w => w.Id).ToHashSet(StringComparer.Ordinal);
            foreach (var basis in write.Writes.Where(w => w.Type is "Practitioner" or "Organization" && w.Replaces is not null))
            {
                var by = basis.Type == "Practitioner" ? "practitioner" : "organization";
                await foreach (var page in _bodies.Find(Role, [new(by, $"{basis.Type}/{basis.Id}")], _ => false, CancellationToken.None).ConfigureAwait(false))
                {
                    roles.UnionWith(page.Keys);
                }
            }

            _isUnsettled |= !await Bring(registry, isAll: false, async () =>
            {
                var current = await _bodies.Current(Role, roles, s => RoleReading.IsAuthority(registry.Current, s), CancellationToken.None).ConfigureAwait(false);
                return await StatedBy(registry, current, CancellationToken.None).ConfigureAwait(false);
            }).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RecordsUnavailableException or AuditUnavailableException)
        {
            // The resources are durable; the registry follows when the store or the log is back, and at the next start.
            _isUnsettled = true;
        }
    }

    private static bool Matters(WriteEntry write) => write.Type == Role || (write.Type is "Practitioner" or "Organization" && write.Replaces is not null);

    private static string SystemOf(string type) => type == "Practitioner" ? DecisionFacts.NationalIdSystem : RoleStatement.InstitutionSystem;

    private static Failure Refused(WriteStep step, RoleFault fault) => Failure.Of(
        422, "business-rule", fault.Code, fault.Text, (step.Entry.Index < 0 ? step.Entry.Type : step.Place + ".resource") + "." + fault.Element);

    private async ValueTask<IReadOnlyCollection<StatedEmployment>> StatedBy(RegistryFile registry, Dictionary<string, DirectoryBody> roles, CancellationToken cancellationToken)
    {
        var meanings = await _roles.Read(roles, registry.Current, null, null, cancellationToken).ConfigureAwait(false);
        return [.. meanings.Select(m => m.Value.Stated ?? new StatedEmployment(new EmploymentBasis(m.Key, roles[m.Key].Version), roles[m.Key].Submitter, null, null))];
    }

    private async ValueTask<IReadOnlyCollection<StatedEmployment>> All(RegistryFile registry, CancellationToken cancellationToken)
    {
        var stated = new List<StatedEmployment>();
        await foreach (var page in _bodies.Find(Role, [], s => RoleReading.IsAuthority(registry.Current, s), cancellationToken).ConfigureAwait(false))
        {
            stated.AddRange((await StatedBy(registry, page, cancellationToken).ConfigureAwait(false)).Where(s => s.Clinician is not null));
        }

        return stated;
    }

    /// <summary>
    /// Brings the registry to what is stored, some acts at a time; false where it cannot be written. Whoever else changes the registry meanwhile may have seen a newer state of the store: then the store is read again.
    /// </summary>
    private static async ValueTask<bool> Bring(RegistryFile registry, bool isAll, Func<ValueTask<IReadOnlyCollection<StatedEmployment>>> read)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var current = registry.Current;
            var stated = await read().ConfigureAwait(false);
            var status = RegistryChangeStatus.Done;
            while (status == RegistryChangeStatus.Done)
            {
                if (ReferenceEquals(current.State(stated, isAll, out _).Snapshot, current))
                {
                    return true;
                }

                status = Change(registry, r => r.State(stated, isAll, out _), ref current);
            }

            if (status == RegistryChangeStatus.Refused)
            {
                return false;
            }
        }

        return false;
    }

    private static RegistryChangeStatus Change(RegistryFile registry, Func<RegistrySnapshot, RegistryEdit> edit, ref RegistrySnapshot current)
    {
        try
        {
            var change = registry.Change(edit, expectedRevision: current.Revision);
            current = registry.Current;
            return change.Status == RegistryChangeStatus.Done && change.Revision != current.Revision ? RegistryChangeStatus.Conflict : change.Status;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return RegistryChangeStatus.Refused;
        }
    }
}
