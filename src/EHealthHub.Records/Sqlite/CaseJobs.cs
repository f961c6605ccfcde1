using System.Diagnostics.CodeAnalysis;
using EHealthHub.Records.Erasing;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Sqlite;

/// <summary>Writes a case as it now stands: a new one, or a known one that is still in the state in which it was looked at.</summary>
internal sealed class CaseJob : WriterJob
{
    private readonly PatientCase _case;
    private readonly CaseState? _expected;
    private readonly Func<PatientCase, CaseRow> _seal;
    private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _number;

    [SetsRequiredMembers]
    public CaseJob(PatientCase written, CaseState? expected, Func<PatientCase, CaseRow> seal)
    {
        (_case, _expected, _seal) = (written, expected, seal);
        Bytes = written.Details.Length + 512L;
    }

    /// <summary>The number of the case once it is durable; 0 when it was no longer in the state expected.</summary>
    public Task<long> Done => _done.Task;

    public override bool Apply(SqliteRows rows, CommitSeal seal)
    {
        if (_expected is { } expected && rows.Cases.State(_case.Number) != (int)expected)
        {
            return false;
        }

        _number = _expected is null ? rows.Cases.Last() + 1 : _case.Number;
        rows.Cases.Put(_seal(_case with { Number = _number }));
        return true;
    }

    public override void Finish() => _done.SetResult(_number);

    public override void Fail(Exception exception) => _done.SetException(exception);
}
/// <summary>Takes a compartment's rows away and notes the hashes that were there, in one transaction: after a crash either nothing of it was done, or the case says what is left to do.</summary>
internal sealed class ErasureJob : WriterJob
{
    private readonly PatientCase _case;
    private readonly UInt128 _handle;
    private readonly CaseSeal _cases;
    private readonly TaskCompletionSource<(ErasureStatus Status, CaseRow? Row)> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private (ErasureStatus, CaseRow?) _result;

    [SetsRequiredMembers]
    public ErasureJob(PatientCase ready, UInt128 handle, CaseSeal cases)
    {
        (_case, _handle, _cases) = (ready, handle, cases);
        Bytes = 32L * 1024 * 1024; // a group of its own
    }

    /// <summary>What became of it once that is durable.</summary>
    public Task<(ErasureStatus Status, CaseRow? Row)> Done => _done.Task;

    /// <summary>The mark of a compartment that was erased before these records were put back: nobody asks anew, and its keys are gone whatever holds were set since the backup. Null where a case is carried out.</summary>
    public ErasedKey? Restored { get; init; }

    public override bool Apply(SqliteRows rows, CommitSeal seal)
    {
        if (Restored is { } mark)
        {
            return Again(mark, rows, seal);
        }

        if (rows.Cases.IsHeld(_handle))
        {
            _result = (ErasureStatus.Held, null);
            return false;
        }

        if (rows.Cases.State(_case.Number) != (int)CaseState.Ready)
        {
            _result = (ErasureStatus.Unknown, null);
            return false;
        }

        if (rows.FindCompartment(_handle) is not { } compartment)
        {
            var nothing = _cases.Row(_case with { State = CaseState.Erased, PatientId = "" }, _handle, 0, 0, []);
            rows.Cases.Put(nothing);
            _result = (ErasureStatus.Unknown, nothing);
            return true;
        }

        Remove(rows, seal, _case, compartment);
        return true;
    }

    public override void Finish() => _done.SetResult(_result);

    public override void Fail(Exception exception) => _done.SetException(exception);

    private bool Again(ErasedKey mark, SqliteRows rows, CommitSeal seal)
    {
        if (rows.Cases.Find(mark) is null || rows.FindCompartment(_handle) is not { } compartment)
        {
            _result = (ErasureStatus.Unknown, null);
            return false;
        }

        Remove(rows, seal, _case with { Number = rows.Cases.Last() + 1 }, compartment);
        return true;
    }

    private void Remove(SqliteRows rows, CommitSeal seal, PatientCase known, CompartmentRow compartment)
    {
        var hashes = rows.Cases.Hashes(compartment.Key);
        rows.Cases.Remove(compartment.Key, hashes, seal);
        var row = _cases.Row(known with { State = CaseState.Erasing }, _handle, compartment.Number, compartment.Key, hashes);
        rows.Cases.Put(row);
        _result = (ErasureStatus.Pending, row);
    }
}
