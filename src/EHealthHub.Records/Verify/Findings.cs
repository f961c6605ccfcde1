using System.Collections.Immutable;
using EHealthHub.Records.Store;
using Microsoft.Data.Sqlite;

namespace EHealthHub.Records.Verify;

/// <summary>Problems while they are gathered. Beyond the bound the verification ends: who finds a thousand has found enough.</summary>
internal sealed class Findings
{
    private readonly ImmutableArray<RecordsProblem>.Builder _problems = ImmutableArray.CreateBuilder<RecordsProblem>();

    public bool Full => _problems.Count >= RecordsReport.ProblemsMax;

    public ImmutableArray<RecordsProblem> All => _problems.ToImmutable();

    public void Add(string where, string problem, long compartmentKey = 0, long slot = -1, int version = -1)
    {
        if (!Full)
        {
            _problems.Add(new RecordsProblem(where, compartmentKey, slot, version, problem));
        }
    }

    /// <summary>Runs a part of the verification; a database that cannot be read there is a finding like any other.</summary>
    public void Guard(string where, Action part)
    {
        if (Full)
        {
            return;
        }

        try
        {
            part();
        }
        catch (RecordsTamperedException tampered)
        {
            Add(where, tampered.Message, tampered.CompartmentKey, tampered.Slot);
        }
        catch (Exception exception) when (exception is RecordsUnavailableException or SqliteException)
        {
            Add(where, exception.Message);
        }
    }
}
