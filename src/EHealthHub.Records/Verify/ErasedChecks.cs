using EHealthHub.Records.Erasing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Verify;

/// <summary>
/// Cases about patients, and what was erased: the versions of a compartment that is gone are accounted for by the hashes that its case keeps, under a MAC. Whoever deletes rows without the hub's key cannot call it an erasure.
/// </summary>
internal sealed class ErasedChecks(VerifiedDatabase database, VerifiedDatabase keys, CaseSeal seal, CommitChecks commits, Findings findings)
{
    private const string Table = "patient_case";

    /// <summary>Numbers of the compartments that were erased.</summary>
    public HashSet<long> Numbers { get; } = [];

    /// <summary>Their handles.</summary>
    public HashSet<UInt128> Handles { get; } = [];

    /// <summary>Compartments that are here and whose keys were destroyed: records of a backup of before their erasure, beside keys of after it.</summary>
    public HashSet<long> Restored { get; } = [];

    public void Check()
    {
        CheckMarks();
        using var rows = database.Prepare($"SELECT {CaseRow.Columns} FROM patient_case ORDER BY number");
        var next = 1L;
        foreach (var row in PatientCases.Read(rows))
        {
            if (row.Number != next++)
            {
                findings.Add(Table, FormattableString.Invariant($"Case {next - 1} is missing."));
                next = row.Number + 1;
            }

            if (seal.Open(row) is null)
            {
                findings.Add(Table, FormattableString.Invariant($"Case {row.Number} is not what the hub wrote."));
            }
            else if (row.IsErased)
            {
                Take(row);
            }
        }
    }

    private void CheckMarks()
    {
        using var marks = keys.Prepare(ErasedKey.Select);
        using var first = database.Prepare(ErasedKey.SelectFirst);
        foreach (var mark in ErasedKey.Read(marks))
        {
            if (!seal.Holds(mark))
            {
                findings.Add("erased_key", "The mark of an erasure is not what the hub wrote.");
            }
            else if (mark.Find(first) is { } compartment)
            {
                Restored.Add(compartment);
                Handles.Add(mark.Handle);
            }
        }
    }

    private void Take(CaseRow row)
    {
        Numbers.Add(row.Compartment);
        Handles.Add(row.Handle);
        for (var i = 0; i + 32 <= row.Hashes.Length; i += 32)
        {
            if (!commits.Meet(row.Hashes.AsSpan(i, 32)))
            {
                findings.Add(Table, FormattableString.Invariant($"Case {row.Number} accounts for a version that no commit brought."));
            }
        }
    }
}
