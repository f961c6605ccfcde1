using EHealthHub.Fhir.Search;
using EHealthHub.Records.Index;
using EHealthHub.Records.Reindexing;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Sqlite;

/// <summary>The statements of a commit, one method each. Must run inside the writer's transaction.</summary>
internal sealed class SqliteRows(Func<string, SqliteStatement> prepare)
{
    private readonly SqliteStatement _findCompartment = prepare("SELECT compartment_key, number, kind, name, next_slot, counter, contents, mac FROM compartment WHERE handle=?1");
    private readonly SqliteStatement _counter = prepare("SELECT counter FROM compartment WHERE handle=?1");
    private readonly SqliteStatement _keyTaken = prepare("SELECT 1 FROM compartment WHERE compartment_key=?1");
    private readonly SqliteStatement _lastNumber = prepare("SELECT max((SELECT coalesce(max(number),0) FROM compartment), (SELECT coalesce(max(compartment),0) FROM patient_case))");
    private readonly SqliteStatement _addCompartment = prepare("INSERT INTO compartment (compartment_key, number, handle, kind, name, next_slot, counter, contents, mac) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)");
    private readonly SqliteStatement _setCompartment = prepare("UPDATE compartment SET next_slot=?2, counter=?3, contents=?4, mac=?5 WHERE compartment_key=?1");
    private readonly SqliteStatement _head = prepare("SELECT version, hash, flags FROM version WHERE compartment_key=?1 AND slot=?2 ORDER BY version DESC LIMIT 1");
    private readonly SqliteStatement _addVersion = prepare(
        "INSERT INTO version (compartment_key, slot, version, flags, time, submitter, epoch, previous, hash, facts, body) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)");

    private readonly SqliteStatement _addContent = prepare("INSERT INTO content (compartment_key, slot, version, content) VALUES (?1,?2,?3,?4)");
    private readonly SqliteStatement _places = prepare("SELECT compartment_key, slot FROM national_token WHERE token=?1 ORDER BY compartment_key, slot LIMIT ?2");
    private readonly SqliteStatement _addNational = prepare("INSERT INTO national_token (token, compartment_key, slot) VALUES (?1,?2,?3)");
    private readonly SqliteStatement _removeNational = prepare("DELETE FROM national_token WHERE token=?1 AND compartment_key=?2 AND slot=?3");
    private readonly SqliteStatement _chunk = prepare("SELECT slots FROM token WHERE compartment_key=?1 AND token=?2 AND chunk=?3");
    private readonly SqliteStatement _setChunk = prepare("INSERT INTO token (compartment_key, token, chunk, slots) VALUES (?1,?2,?3,?4) ON CONFLICT DO UPDATE SET slots=excluded.slots");
    private readonly SqliteStatement _removeChunk = prepare("DELETE FROM token WHERE compartment_key=?1 AND token=?2 AND chunk=?3");
    private readonly SqliteStatement _addLink = prepare("INSERT INTO token_link (compartment_key, token, home_key, slot) VALUES (?1,?2,?3,?4)");
    private readonly SqliteStatement _removeLink = prepare("DELETE FROM token_link WHERE compartment_key=?1 AND token=?2 AND home_key=?3 AND slot=?4");
    private readonly SqliteStatement _party = prepare("SELECT ref FROM party WHERE handle=?1");
    private readonly SqliteStatement _addParty = prepare("INSERT INTO party (ref, handle, name) SELECT coalesce(max(ref),0)+1, ?1, ?2 FROM party");
    private readonly SqliteStatement _log = prepare("SELECT ref FROM log WHERE origin=?1");
    private readonly SqliteStatement _addLog = prepare("INSERT INTO log (ref, origin) SELECT coalesce(max(ref),0)+1, ?1 FROM log");
    private readonly SqliteStatement _lastSequence = prepare("SELECT coalesce(max(sequence),0) FROM commit_log");
    private readonly SqliteStatement _addCommit = prepare("INSERT INTO commit_log (sequence, log, intent, request, hashes, result, mac) VALUES (?1,?2,?3,?4,?5,?6,?7)");
    private readonly SqliteStatement _generation = prepare("SELECT max(number) FROM search_generation HAVING max(number) IS NOT NULL");
    private readonly SqliteStatement _addGeneration = prepare("INSERT INTO search_generation (number, state, compartment, slot, resources, parameters, mac) VALUES (?1,?2,?3,?4,?5,?6,?7)");
    private readonly SqliteStatement _setGeneration = prepare("UPDATE search_generation SET state=?2, compartment=?3, slot=?4, resources=?5, mac=?6 WHERE number=?1");
    private readonly SqliteStatement _setFacts = prepare("UPDATE version SET flags=?4, facts=?5 WHERE compartment_key=?1 AND slot=?2 AND version=?3");
    private readonly SqliteStatement _request = prepare("SELECT result FROM commit_log WHERE request=?1");

    /// <summary>Cases about patients.</summary>
    public SqliteCaseRows Cases { get; } = new(prepare);

    public CompartmentRow? FindCompartment(UInt128 handle)
    {
        try
        {
            return !_findCompartment.Bind(1, handle).Step() ? null : new CompartmentRow
            {
                Key = _findCompartment.Long(0),
                Number = _findCompartment.Long(1),
                Handle = handle,
                Kind = _findCompartment.Int(2),
                Name = _findCompartment.Blob(3).ToArray(),
                NextSlot = _findCompartment.Int(4),
                Counter = _findCompartment.Long(5),
                Contents = _findCompartment.Blob(6).ToArray(),
                Mac = _findCompartment.Blob(7).ToArray(),
            };
        }
        finally
        {
            _findCompartment.Reset();
        }
    }

    /// <summary>The counter of a compartment's manifest; -1 without the compartment.</summary>
    public long Counter(UInt128 handle) => Single(_counter.Bind(1, handle)) ?? -1;

    public bool KeyTaken(long key) => Exists(_keyTaken.Bind(1, key));

    public long LastCompartmentNumber() => Single(_lastNumber) ?? 0;

    public void AddCompartment(CompartmentRow row, ReadOnlySpan<byte> mac) =>
        _addCompartment.Bind(1, row.Key).Bind(2, row.Number).Bind(3, row.Handle).Bind(4, row.Kind).Bind(5, row.Name).Bind(6, row.NextSlot).Bind(7, row.Counter).Bind(8, row.Contents).Bind(9, mac).Run();

    public void SetCompartment(CompartmentRow row, ReadOnlySpan<byte> mac) =>
        _setCompartment.Bind(1, row.Key).Bind(2, row.NextSlot).Bind(3, row.Counter).Bind(4, row.Contents).Bind(5, mac).Run();

    public (int Version, byte[] Hash, int Flags)? Head(long key, int slot)
    {
        try
        {
            return _head.Bind(1, key).Bind(2, slot).Step() ? (_head.Int(0), _head.Blob(1).ToArray(), _head.Int(2)) : null;
        }
        finally
        {
            _head.Reset();
        }
    }

    public void AddVersion(long key, int slot, PreparedEntry entry, long time, int submitter)
    {
        _addVersion.Bind(1, key).Bind(2, slot).Bind(3, entry.Version).Bind(4, entry.Flags).Bind(5, time).Bind(6, submitter).Bind(7, entry.Compartment.Key.Epoch).Bind(9, entry.Hash).Bind(10, entry.Facts).Bind(11, entry.Body);
        _ = entry.Previous.Length == 0 ? _addVersion.BindNull(8) : _addVersion.Bind(8, entry.Previous);
        _addVersion.Run();
    }

    /// <summary>From here on a version names content that lies beside it; no sweep takes that any more.</summary>
    public void AddContent(long key, int slot, int version, UInt128 content) => _addContent.Bind(1, key).Bind(2, slot).Bind(3, version).Bind(4, content).Run();

    /// <summary>Where a token stands: two places at most, or as many as are asked for.</summary>
    public List<(long Key, int Slot)> Places(UInt128 token, int countMax = 2)
    {
        var places = new List<(long, int)>(2);
        _places.Bind(1, token).Bind(2, countMax);
        while (_places.Step())
        {
            places.Add((_places.Long(0), _places.Int(1)));
        }

        return places;
    }

    public void AddNational(UInt128 token, long key, int slot) => _addNational.Bind(1, token).Bind(2, key).Bind(3, slot).Run();

    public void RemoveNational(UInt128 token, long key, int slot) => _removeNational.Bind(1, token).Bind(2, key).Bind(3, slot).Run();

    /// <summary>Reads a chunk of the index into a bitmap; empty without a row.</summary>
    public void ReadChunk(long key, int token, int chunk, Span<ulong> bitmap)
    {
        bitmap.Clear();
        try
        {
            if (_chunk.Bind(1, key).Bind(2, token).Bind(3, chunk).Step() && !Postings.TryDecode(_chunk.Blob(0), bitmap))
            {
                throw new RecordsTamperedException("A row of the index is damaged", key, chunk * Postings.ChunkSlots);
            }
        }
        finally
        {
            _chunk.Reset();
        }
    }

    public void WriteChunk(long key, int token, int chunk, ReadOnlySpan<ulong> bitmap)
    {
        Span<byte> slots = stackalloc byte[Postings.BytesMax];
        var length = Postings.Encode(bitmap, slots);
        if (length == 0)
        {
            _removeChunk.Bind(1, key).Bind(2, token).Bind(3, chunk).Run();
        }
        else
        {
            _setChunk.Bind(1, key).Bind(2, token).Bind(3, chunk).Bind(4, slots[..length]).Run();
        }
    }

    public void AddLink(long patientKey, int token, long homeKey, int slot) => _addLink.Bind(1, patientKey).Bind(2, token).Bind(3, homeKey).Bind(4, slot).Run();

    public void RemoveLink(long patientKey, int token, long homeKey, int slot) => _removeLink.Bind(1, patientKey).Bind(2, token).Bind(3, homeKey).Bind(4, slot).Run();

    public int Party(UInt128 handle, ReadOnlySpan<byte> sealedName)
    {
        if (Single(_party.Bind(1, handle)) is { } known)
        {
            return (int)known;
        }

        _addParty.Bind(1, handle).Bind(2, sealedName).Run();
        return (int)Single(_party.Bind(1, handle))!.Value;
    }

    /// <summary>The number of a log, given at its first commit.</summary>
    public int Log(ReadOnlySpan<byte> origin)
    {
        if (Single(_log.Bind(1, origin)) is { } known)
        {
            return (int)known;
        }

        _addLog.Bind(1, origin).Run();
        return (int)Single(_log.Bind(1, origin))!.Value;
    }

    public long LastSequence() => Single(_lastSequence) ?? 0;

    public void AddCommit(long sequence, int log, PreparedCommit commit, ReadOnlySpan<byte> hashes, ReadOnlySpan<byte> mac)
    {
        _addCommit.Bind(1, sequence).Bind(2, log).Bind(3, commit.Intent).Bind(5, hashes).Bind(7, mac);
        _ = commit.Request is { } request ? _addCommit.Bind(4, request) : _addCommit.BindNull(4);
        _ = commit.SealedResult.Length > 0 ? _addCommit.Bind(6, commit.SealedResult) : _addCommit.BindNull(6);
        _addCommit.Run();
    }

    /// <summary>The sealed result of a request that was committed before: null if it was not, empty if nothing was to be remembered.</summary>
    public byte[]? ResultOf(UInt128 request)
    {
        try
        {
            return !_request.Bind(1, request).Step() ? null : _request.IsNull(0) ? [] : _request.Blob(0).ToArray();
        }
        finally
        {
            _request.Reset();
        }
    }

    /// <summary>The present generation of search parameters.</summary>
    public int Generation() => (int)(Single(_generation) ?? SearchTables.FirstGeneration);

    public void AddGeneration(GenerationRow row) =>
        _addGeneration.Bind(1, row.Number).Bind(2, row.State).Bind(3, row.Compartment).Bind(4, row.Slot).Bind(5, row.Resources).Bind(6, row.Parameters).Bind(7, row.Mac).Run();

    public void SetGeneration(GenerationRow row) =>
        _setGeneration.Bind(1, row.Number).Bind(2, row.State).Bind(3, row.Compartment).Bind(4, row.Slot).Bind(5, row.Resources).Bind(6, row.Mac).Run();

    public void SetFacts(ReindexedVersion version) => _setFacts.Bind(1, version.Key).Bind(2, version.Slot).Bind(3, version.Version).Bind(4, version.Flags).Bind(5, version.Facts).Run();

    private static bool Exists(SqliteStatement statement) => Single(statement) is not null;

    private static long? Single(SqliteStatement statement)
    {
        try
        {
            return statement.Step() ? statement.Long(0) : null;
        }
        finally
        {
            statement.Reset();
        }
    }
}
