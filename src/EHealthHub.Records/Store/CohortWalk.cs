using EHealthHub.Fhir.Search;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>
/// Goes through the patients of the hub in the order in which their records were made, under one receipt: for what is derived over many and tells of nobody. Some at a time in one snapshot, so that neither the write-ahead log grows nor an
/// erasure waits while a country is counted: what is written meanwhile may be seen or not. Opens facts, never a body. Used by one thread at a time.
/// </summary>
public sealed class CohortWalk
{
    /// <summary>Most patients of one step.</summary>
    public const int StepMax = 64;

    private readonly SqliteReaders _readers;
    private readonly StoreParts _parts;
    private readonly SearchScope _scope;

    internal CohortWalk(SqliteReaders readers, StoreParts parts, SearchScope scope, long after)
    {
        _readers = readers;
        _parts = parts;
        _scope = scope;
        Position = after;
    }

    /// <summary>Behind whom to go on; 0 before the first.</summary>
    public long Position { get; private set; }

    /// <summary>
    /// Looks at further patients; false once there are no more. <paramref name="make"/> makes what has to be known of each in order to decide, as for <see cref="RecordStore.Context"/>; <paramref name="look"/> says whether to go on to the next,
    /// and keeps nothing of the patient's that it was given to search in.
    /// </summary>
    public async ValueTask<bool> Step<T>(Func<PatientSource, T> make, Func<CohortPatient<T>, bool> look, CancellationToken cancellationToken)
        where T : class
    {
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        lease.Reader.BeginSnapshot();
        try
        {
            var rows = lease.Reader.CompartmentsFrom(Position + 1, StepMax);
            foreach (var row in rows)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Position = row.Number;
                if (row.Kind == (int)CompartmentKind.Patient && !Look(lease.Reader, _parts.Compartments.Open(row), make, look, cancellationToken))
                {
                    return true;
                }
            }

            return rows.Count == StepMax;
        }
        finally
        {
            lease.Reader.EndSnapshot();
        }
    }

    private bool Look<T>(SqliteReader reader, CompartmentInfo compartment, Func<PatientSource, T> make, Func<CohortPatient<T>, bool> look, CancellationToken cancellationToken)
        where T : class
    {
        var known = _parts.Contexts.FindInSnapshot(reader, compartment, make, keep: false);
        var scope = _scope with { Compartment = CompartmentKind.Patient, CompartmentName = compartment.Name, AllCompartments = false };
        return look(new CohortPatient<T>(compartment.Name, known, view => new SearchSession(reader, _parts, scope, view, cancellationToken)));
    }
}

/// <summary>One patient on the way; lives as long as the look.</summary>
/// <param name="Id">Logical id.</param>
/// <param name="Known">What has to be known in order to decide.</param>
/// <param name="Search">A search in the patient's record, with what is linked to it and the directory; it finds nothing that the view hides.</param>
public sealed record CohortPatient<T>(string Id, T Known, Func<RecordView, SearchSession> Search);
