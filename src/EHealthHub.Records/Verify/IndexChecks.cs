using System.Runtime.InteropServices;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Verify;

/// <summary>The tokens that a compartment's heads should have, by token and chunk.</summary>
internal sealed class ExpectedTokens(long key)
{
    public long Key { get; } = key;

    public Dictionary<(int Token, int Chunk), ulong[]> Chunks { get; } = [];

    public void Add(int token, int slot)
    {
        ref var bitmap = ref CollectionsMarshal.GetValueRefOrAddDefault(Chunks, (token, Postings.ChunkOf(slot)), out _);
        Postings.Set(bitmap ??= new ulong[Postings.Words], slot);
    }
}

/// <summary>The index made again from the facts, and compared: nothing may be missing, and nothing may be there that no resource asked for.</summary>
internal sealed class IndexChecks : IDisposable
{
    private readonly NationalTokens _national;
    private readonly Compartments _compartments;
    private readonly KeyRing _keys;
    private readonly VerifiedGenerations _generations;
    private readonly Findings _findings;
    private readonly SqliteStatement _tokens;
    private readonly SqliteStatement _nationalRow;
    private readonly SqliteStatement _nationalCount;
    private readonly SqliteStatement _link;
    private readonly SqliteStatement _compartment;
    private readonly SqliteStatement _countTokens;
    private readonly SqliteStatement _countNational;
    private readonly SqliteStatement _countLinks;
    private readonly ErasedChecks _erased;
    private long _nationalRows;
    private long _tokenRows;
    private long _linkRows;

    public IndexChecks(VerifiedDatabase database, NationalTokens national, Compartments compartments, KeyRing keys, VerifiedGenerations generations, ErasedChecks erased, Findings findings)
    {
        _erased = erased;
        (_national, _compartments, _keys, _generations, _findings) = (national, compartments, keys, generations, findings);
        _tokens = database.Prepare("SELECT token, chunk, slots FROM token WHERE compartment_key=?1");
        _nationalRow = database.Prepare("SELECT 1 FROM national_token WHERE token=?1 AND compartment_key=?2 AND slot=?3");
        _nationalCount = database.Prepare("SELECT count(*) FROM national_token WHERE token=?1");
        _link = database.Prepare("SELECT 1 FROM token_link WHERE compartment_key=?1 AND token=?2 AND home_key=?3 AND slot=?4");
        _countTokens = database.Prepare("SELECT count(*) FROM token WHERE compartment_key=?1");
        _countNational = database.Prepare("SELECT count(*) FROM national_token WHERE compartment_key=?1");
        _countLinks = database.Prepare("SELECT count(*) FROM token_link WHERE compartment_key=?1");
        _compartment = database.Prepare($"SELECT {SqliteReader.CompartmentColumns} FROM compartment WHERE handle=?1");
    }

    /// <summary>The newest version of a slot, with its facts if it is sound.</summary>
    public void ExpectHead(CompartmentInfo compartment, CompartmentTokens tokens, ExpectedTokens expected, VersionRow row, OpenedFacts? head)
    {
        if (head is null)
        {
            return; // told already
        }

        var resource = _national.Resource(head.Facts.Type, head.Facts.Id);
        ExpectNational(resource, row);
        if (Number(_nationalCount.Bind(1, resource)) != 1)
        {
            _findings.Add("national_token", "Two resources bear one id.", row.Key, row.Slot);
        }

        if (row.Deleted)
        {
            return;
        }

        if (row.FactsGeneration < _generations.Required(head.Facts.Type))
        {
            _findings.Add("version", FormattableString.Invariant($"The facts are of generation {row.FactsGeneration}; they were extracted again, and put back."), row.Key, row.Slot, row.Version);
        }

        foreach (var token in TokenSets.Identifiers(_national, head.Facts))
        {
            ExpectNational(token, row);
        }

        foreach (var token in TokenSets.Of(tokens, head.Facts, compartment.Kind == CompartmentKind.Directory))
        {
            expected.Add(token, row.Slot);
        }

        foreach (var patient in head.LinkedPatients)
        {
            ExpectLinks(patient, head.Facts, row);
        }
    }

    public void CompareTokens(ExpectedTokens expected)
    {
        Span<ulong> bitmap = stackalloc ulong[Postings.Words];
        try
        {
            _tokens.Bind(1, expected.Key);
            while (_tokens.Step())
            {
                _tokenRows++;
                var (token, chunk) = (_tokens.Int(0), _tokens.Int(1));
                if (!expected.Chunks.Remove((token, chunk), out var wanted) || !Postings.TryDecode(_tokens.Blob(2), bitmap) || !bitmap.SequenceEqual(wanted))
                {
                    _findings.Add("token", FormattableString.Invariant($"The row of token {token} is not what the facts ask for."), expected.Key, (long)chunk * Postings.ChunkSlots);
                }
            }
        }
        finally
        {
            _tokens.Reset();
        }

        foreach (var (token, chunk) in expected.Chunks.Keys)
        {
            _findings.Add("token", FormattableString.Invariant($"The row of token {token} is missing."), expected.Key, (long)chunk * Postings.ChunkSlots);
        }
    }

    /// <summary>The index of a compartment that nobody can open: its rows count as met.</summary>
    public void Account(long key)
    {
        _tokenRows += Number(_countTokens.Bind(1, key));
        _nationalRows += Number(_countNational.Bind(1, key));
        _linkRows += Number(_countLinks.Bind(1, key));
    }

    /// <summary>After all compartments: rows that nothing asked for.</summary>
    public void CheckOrphans(VerifiedDatabase database, long versions)
    {
        Compare(database, "version", versions);
        Compare(database, "token", _tokenRows);
        Compare(database, "national_token", _nationalRows);
        Compare(database, "token_link", _linkRows);
    }

    public void Dispose()
    {
        _tokens.Dispose();
        _nationalRow.Dispose();
        _nationalCount.Dispose();
        _link.Dispose();
        _countTokens.Dispose();
        _countNational.Dispose();
        _countLinks.Dispose();
        _compartment.Dispose();
    }

    private void Compare(VerifiedDatabase database, string table, long met)
    {
        var there = SqliteDatabase.Number(database.Connection, $"SELECT count(*) FROM {table}");
        if (there != met && !_findings.Full)
        {
            _findings.Add(table, FormattableString.Invariant($"{there} rows are there, {met} belong to something."));
        }
    }

    private void ExpectNational(UInt128 token, VersionRow row)
    {
        if (Number(_nationalRow.Bind(1, token).Bind(2, row.Key).Bind(3, row.Slot)) == 1)
        {
            _nationalRows++;
        }
        else
        {
            _findings.Add("national_token", "A row is missing.", row.Key, row.Slot);
        }
    }

    private void ExpectLinks(string patient, SearchFacts facts, VersionRow row)
    {
        CompartmentInfo? compartment = null;
        var handle = _national.Compartment(CompartmentKind.Patient, patient);
        try
        {
            if (_compartment.Bind(1, handle).Step())
            {
                var found = SqliteReader.ReadCompartment(_compartment);
                if (_erased.Restored.Contains(found.Key))
                {
                    return; // counted with the compartment
                }

                compartment = _compartments.Open(found);
            }
        }
        finally
        {
            _compartment.Reset();
        }

        if (compartment is null && _erased.Handles.Contains(handle))
        {
            return; // the resource of several patients stays, the link from the one who was erased went along
        }

        if (compartment is null)
        {
            _findings.Add("token_link", "The compartment of a patient that it is about is missing.", row.Key, row.Slot);
            return;
        }

        using var lease = _keys.Lease(compartment.Key, compartment.Handle, KeyRing.CurrentEpoch);
        using var tokens = new CompartmentTokens(lease.Key);
        foreach (var token in TokenSets.Of(tokens, facts, directory: false))
        {
            if (Number(_link.Bind(1, compartment.Key).Bind(2, token).Bind(3, row.Key).Bind(4, row.Slot)) == 1)
            {
                _linkRows++;
            }
            else if (!_erased.Handles.Contains(handle))
            {
                _findings.Add("token_link", "A row is missing.", row.Key, row.Slot);
            }
        }
    }

    private static long Number(SqliteStatement statement)
    {
        try
        {
            return statement.Step() ? statement.Long(0) : 0;
        }
        finally
        {
            statement.Reset();
        }
    }
}
