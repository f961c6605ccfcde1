using System.Security.Cryptography;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Erasing;

/// <summary>
/// Cases about patients, and the erasure of a compartment. The steps, each of which a crash may end: (1) rows, index and links go in one transaction that notes the hashes of what was there; (2) the wrapped key and the chunks of content go;
/// (3) the write-ahead logs are folded in, so that no file holds what was deleted; (4) the case is over and forgets the patient's id. Meanwhile nobody reads or commits, so that nothing is made under a key that is about to be destroyed.
/// Thread-safe.
/// </summary>
public sealed class PatientCases : IDisposable
{
    private const int CasesMax = 10_000;

    /// <summary>How long an erasure waits for those who read, before it lets them go on and is tried again later.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly string _folder;
    private readonly StoreParts _parts;
    private readonly SqliteReaders _readers;
    private readonly SqliteCommitQueue _queue;
    private readonly ContentStore _contents;
    private readonly CaseSeal _seal;
    private long _erased;
    private volatile int _waiting;

    internal PatientCases(string folder, StoreParts parts, SqliteReaders readers, SqliteCommitQueue queue, ContentStore contents, CaseSeal seal, ErasureGate gate) =>
        (_folder, _parts, _readers, _queue, _contents, _seal, Gate) = (folder, parts, readers, queue, contents, seal, gate);

    /// <summary>What commits pass.</summary>
    internal ErasureGate Gate { get; }

    /// <summary>How many compartments were erased since the store was opened.</summary>
    public long Erased => Interlocked.Read(ref _erased);

    /// <summary>How many erasures are begun and not at their end, as far as was last looked.</summary>
    public int Waiting => _waiting;

    /// <summary>Erasures that the opening of the store brought to their end.</summary>
    public IReadOnlyList<(PatientCase Case, ErasureResult Result)> EndedAtStart { get; private set; } = [];

    /// <summary>For tests of a crash between two steps: called with the number of the step that has just ended.</summary>
    internal Action<int>? AfterStep { get; set; }

    /// <summary>What a receipt for <see cref="Put"/> or <see cref="Erase"/> is bound to.</summary>
    public static byte[] AskHash(PatientCase known)
    {
        var hash = Store.AskHash.Start("patient-case/1");
        hash.Add(known.Number);
        hash.Add((int)known.Kind);
        hash.Add((int)known.State);
        hash.Add(known.PatientId);
        hash.Add(known.Details.Span);
        return hash.Finish();
    }

    /// <summary>All cases, the oldest first.</summary>
    public async ValueTask<IReadOnlyList<PatientCase>> All(CancellationToken cancellationToken) => [.. (await Rows(cancellationToken).ConfigureAwait(false)).Select(Open)];

    /// <summary>Writes a case: a new one where its number is 0, else the known one if it is still in the state <paramref name="expected"/>. Gives its number; 0 when it was not.</summary>
    public async ValueTask<long> Put(PatientCase written, CaseState? expected, AuditReceipt receipt)
    {
        receipt.Use(AskHash(written));
        var handle = _parts.National.Compartment(CompartmentKind.Patient, written.PatientId);
        var job = new CaseJob(written, written.Number == 0 ? null : expected ?? written.State, c => _seal.Row(c, handle, 0, 0, []));
        _queue.Enqueue(job);
        return await job.Done.ConfigureAwait(false);
    }

    /// <summary>Erases the patient's compartment; <paramref name="ready"/> is a case in the state <see cref="CaseState.Ready"/>. Nothing is done while the patient is under a legal hold: that is asked inside the transaction.</summary>
    public async ValueTask<ErasureResult> Erase(PatientCase ready, AuditReceipt receipt, CancellationToken cancellationToken)
    {
        receipt.Use(AskHash(ready));
        using var closed = await Gate.Close(cancellationToken).ConfigureAwait(false);
        var handle = _parts.National.Compartment(CompartmentKind.Patient, ready.PatientId);
        var job = new ErasureJob(ready, handle, _seal);
        _queue.Enqueue(job);
        var (status, row) = await job.Done.ConfigureAwait(false);
        if (row is null || status != ErasureStatus.Pending)
        {
            return new ErasureResult(status, 0, default);
        }

        _waiting = 1;
        AfterStep?.Invoke(1);
        return await Finish(row, cancellationToken).ConfigureAwait(false) ? Result(ErasureStatus.Erased, row) : Result(ErasureStatus.Pending, row);
    }

    /// <summary>Brings erasures to their end that a crash or a long reader held up; gives how each ended. Called at the start, and now and then.</summary>
    public async ValueTask<IReadOnlyList<(PatientCase Case, ErasureResult Result)>> Resume(CancellationToken cancellationToken)
    {
        var ended = new List<(PatientCase, ErasureResult)>();
        var begun = (await Rows(cancellationToken).ConfigureAwait(false)).FindAll(r => r is { Kind: (int)CaseKind.Erasure, State: (int)CaseState.Erasing });
        _waiting = begun.Count;
        foreach (var row in begun)
        {
            using var closed = await Gate.Close(cancellationToken).ConfigureAwait(false);
            if (await Finish(row, cancellationToken).ConfigureAwait(false))
            {
                ended.Add((Open(row), Result(ErasureStatus.Erased, row)));
            }
        }

        return ended;
    }

    /// <summary>As <see cref="Resume"/>, while the store is opened and nobody else has it.</summary>
    internal void ResumeAtStart()
    {
        EraseRestored();
        EndedAtStart = Resume(CancellationToken.None).AsTask().GetAwaiter().GetResult();
    }

    /// <summary>No method may be running.</summary>
    public void Dispose()
    {
        Gate.Dispose();
        _seal.Dispose();
    }

    /// <summary>Reads the rows through a connection.</summary>
    internal static List<CaseRow> Read(SqliteStatement statement)
    {
        var rows = new List<CaseRow>();
        while (statement.Step())
        {
            rows.Add(new CaseRow(statement.Long(0), statement.Int(1), statement.Int(2), statement.Sixteen(3), statement.Long(4), statement.Long(5), statement.Blob(6).ToArray(), statement.Blob(7).ToArray(), statement.Blob(8).ToArray()));
        }

        return rows;
    }

    /// <summary>Records that were put back from a backup of before an erasure: their keys are gone, and now their rows go as well, each with a case of its own that forgets nobody's name, for it knows none.</summary>
    private void EraseRestored()
    {
        var marks = _parts.Keys.Erased();
        if (marks.Find(m => !_seal.Holds(m)) is not null)
        {
            throw new RecordsTamperedException("A mark of an erasure beside the keys is not what the hub wrote");
        }

        foreach (var mark in marks)
        {
            var job = new ErasureJob(new PatientCase(0, CaseKind.Erasure, CaseState.Ready, "", default), mark.Handle, _seal) { Restored = mark };
            _queue.Enqueue(job);
            job.Done.GetAwaiter().GetResult();
        }
    }

    private static ErasureResult Result(ErasureStatus status, CaseRow row) => new(status, row.Hashes.Length / 32, SHA256.HashData(row.Hashes));

    private async ValueTask<List<CaseRow>> Rows(CancellationToken cancellationToken)
    {
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        return lease.Reader.Cases(CasesMax);
    }

    private PatientCase Open(CaseRow row) => _seal.Open(row) ?? throw new RecordsTamperedException(FormattableString.Invariant($"Case {row.Number} is not what the hub wrote"));

    /// <summary>Steps 2 to 4, each of which may be done again. False where somebody still reads.</summary>
    private async ValueTask<bool> Finish(CaseRow row, CancellationToken cancellationToken)
    {
        // Nobody reads from here on: no snapshot shows the rows, and no cache is filled from them.
        using var alone = await _readers.RentAll(Patience, cancellationToken).ConfigureAwait(false);
        if (alone is null)
        {
            return false;
        }

        var isFolded = _parts.Keys.Destroy(row.CompartmentKey, _seal.Mark(row));
        _parts.Compartments.Forget(row.CompartmentKey, row.Handle);
        _parts.Contexts.Forget(row.CompartmentKey);
        AfterStep?.Invoke(2);
        isFolded &= await _contents.Erase(row.Handle, cancellationToken).ConfigureAwait(false);
        AfterStep?.Invoke(3);
        isFolded &= SqliteDatabase.FoldLog(Path.Combine(_folder, SqliteDatabase.RecordsFile), SqliteSchema.Shipped("records"), SqliteSchema.RecordsApplication);
        if (!isFolded)
        {
            return false; // a backup or a verifier reads one of the files
        }

        AfterStep?.Invoke(4);
        var over = Open(row) with { State = CaseState.Erased, PatientId = "" };
        var job = new CaseJob(over, CaseState.Erasing, c => _seal.Row(c, row.Handle, row.Compartment, row.CompartmentKey, row.Hashes));
        _queue.Enqueue(job);
        if (await job.Done.ConfigureAwait(false) == 0)
        {
            return false;
        }

        _waiting = Math.Max(0, _waiting - 1);
        Interlocked.Increment(ref _erased);
        return true;
    }
}
