using EHealthHub.Records.Index;
using EHealthHub.Records.Reindexing;
using EHealthHub.Records.Store;
using Microsoft.Data.Sqlite;

namespace EHealthHub.Records.Sqlite;

/// <summary>One connection with its prepared questions. Used by one thread at a time; opens nothing that is sealed.</summary>
internal sealed class SqliteReader : IDisposable
{
    /// <summary>Of <c>version v</c>, for <see cref="ReadVersion"/>; the body comes after them.</summary>
    public const string VersionColumns = "v.compartment_key, v.slot, v.version, v.flags, v.time, v.submitter, v.epoch, v.previous, v.hash, v.facts";

    /// <summary>For <see cref="ReadGeneration"/>, the oldest first.</summary>
    public const string GenerationsSql = "SELECT number, state, compartment, slot, resources, parameters, mac FROM search_generation ORDER BY number";

    /// <summary>For <see cref="ReadCompartment"/>.</summary>
    public const string CompartmentColumns = "compartment_key, number, handle, kind, name, next_slot, counter, contents, mac";

    private const string IsHead = "v.version=(SELECT max(m.version) FROM version m WHERE m.compartment_key=v.compartment_key AND m.slot=v.slot)";

    // ?6: from when; ?7: 1 where the version that was current at that moment counts too.
    private const string InWindow =
        "(v.time>=?6 OR (?7=1 AND NOT EXISTS (SELECT 1 FROM version n WHERE n.compartment_key=v.compartment_key AND n.slot=v.slot AND n.version=v.version+1 AND n.time<=?6)))";

    private readonly SqliteConnection _connection;
    private readonly List<SqliteStatement> _statements = [];
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _compartmentByHandle;
    private readonly SqliteStatement _compartmentByKey;
    private readonly SqliteStatement _compartmentsAfter;
    private readonly SqliteStatement _counter;
    private readonly SqliteStatement _counterByHandle;
    private readonly SqliteStatement _party;
    private readonly SqliteStatement _headByToken;
    private readonly SqliteStatement _versionByToken;
    private readonly SqliteStatement _placesByToken;
    private readonly SqliteStatement _headFacts;
    private readonly SqliteStatement _version;
    private readonly SqliteStatement _versionFacts;
    private readonly SqliteStatement _versionTime;
    private readonly SqliteStatement _placesByTime;
    private readonly SqliteStatement _versionsBelow;
    private readonly SqliteStatement _versionCount;
    private readonly SqliteStatement _chunks;
    private readonly SqliteStatement _links;
    private readonly SqliteStatement _lastSequence;
    private readonly SqliteStatement _committedUnder;
    private readonly SqliteStatement _cases;
    private readonly SqliteStatement _resultOf;
    private readonly SqliteStatement _lastNumber;
    private readonly SqliteStatement _generations;
    private readonly SqliteStatement _hasContent;

    public SqliteReader(string folder, int cacheKiB)
    {
        _connection = SqliteDatabase.OpenReader(Path.Combine(folder, SqliteDatabase.RecordsFile), cacheKiB);
        _begin = Prepare("BEGIN");
        _commit = Prepare("COMMIT");
        _compartmentByHandle = Prepare($"SELECT {CompartmentColumns} FROM compartment WHERE handle=?1");
        _compartmentByKey = Prepare($"SELECT {CompartmentColumns} FROM compartment WHERE compartment_key=?1");
        _compartmentsAfter = Prepare($"SELECT {CompartmentColumns} FROM compartment WHERE number>=?1 ORDER BY number LIMIT ?2");
        _counter = Prepare("SELECT counter FROM compartment WHERE compartment_key=?1");
        _counterByHandle = Prepare("SELECT counter FROM compartment WHERE handle=?1");
        _party = Prepare("SELECT handle, name FROM party WHERE ref=?1");
        _headByToken = Prepare($"SELECT {VersionColumns}, v.body, n.compartment_key, n.slot FROM national_token n LEFT JOIN version v ON v.compartment_key=n.compartment_key AND v.slot=n.slot AND {IsHead} WHERE n.token=?1 LIMIT 2");
        _versionByToken = Prepare($"SELECT {VersionColumns}, v.body FROM national_token n CROSS JOIN version v ON v.compartment_key=n.compartment_key AND v.slot=n.slot AND v.version=?2 WHERE n.token=?1 LIMIT 2");
        _placesByToken = Prepare("SELECT compartment_key, slot FROM national_token WHERE token=?1 ORDER BY compartment_key, slot LIMIT ?2");
        _headFacts = Prepare($"SELECT {VersionColumns} FROM version v WHERE v.compartment_key=?1 AND v.slot=?2 ORDER BY v.version DESC LIMIT 1");
        _version = Prepare($"SELECT {VersionColumns}, v.body FROM version v WHERE v.compartment_key=?1 AND v.slot=?2 AND v.version=?3");
        _versionFacts = Prepare($"SELECT {VersionColumns} FROM version v WHERE v.compartment_key=?1 AND v.slot=?2 AND v.version=?3");
        _versionTime = Prepare("SELECT time FROM version WHERE compartment_key=?1 AND slot=?2 AND version=?3");
        _placesByTime = Prepare(
            "SELECT v.time, v.compartment_key, v.slot, v.version FROM version v WHERE v.time<=?1 AND v.time>=?2 AND (v.time<?1 OR (v.compartment_key, v.slot, v.version)<(?3, ?4, ?5)) "
            + "ORDER BY v.time DESC, v.compartment_key DESC, v.slot DESC, v.version DESC LIMIT ?6");
        _versionsBelow = Prepare($"SELECT {VersionColumns}, v.body FROM version v WHERE v.compartment_key=?1 AND v.slot=?2 AND v.version<?3 AND v.time<=?5 AND {InWindow} ORDER BY v.version DESC LIMIT ?4");
        _versionCount = Prepare($"SELECT count(*) FROM version v WHERE v.compartment_key=?1 AND v.slot=?2 AND v.version<=?3 AND v.time<=?5 AND {InWindow}");
        _chunks = Prepare("SELECT chunk, slots FROM token WHERE compartment_key=?1 AND token=?2 AND chunk>=?3 ORDER BY chunk LIMIT ?4");
        _links = Prepare("SELECT home_key, slot FROM token_link WHERE compartment_key=?1 AND token=?2 ORDER BY home_key, slot");
        _lastSequence = Prepare("SELECT coalesce(max(sequence),0) FROM commit_log");
        _committedUnder = Prepare("SELECT c.sequence, c.hashes FROM log l JOIN commit_log c ON c.log=l.ref AND c.intent=?2 WHERE l.origin=?1");
        _cases = Prepare($"SELECT {Erasing.CaseRow.Columns} FROM patient_case ORDER BY number DESC LIMIT ?1");
        _resultOf = Prepare("SELECT result FROM commit_log WHERE request=?1");
        _lastNumber = Prepare("SELECT coalesce(max(number),0) FROM compartment");
        _generations = Prepare(GenerationsSql);
        _hasContent = Prepare("SELECT 1 FROM content WHERE content=?1 LIMIT 1");
    }

    /// <summary>All questions until <see cref="EndSnapshot"/> see one state of the database.</summary>
    public void BeginSnapshot() => _begin.Run();

    public void EndSnapshot() => _commit.Run();

    public CompartmentRow? Compartment(UInt128 handle) => One(_compartmentByHandle.Bind(1, handle), ReadCompartment);

    public CompartmentRow? Compartment(long key) => One(_compartmentByKey.Bind(1, key), ReadCompartment);

    /// <summary>Compartments by number, from <paramref name="number"/> on.</summary>
    public List<CompartmentRow> CompartmentsFrom(long number, int countMax) => All(_compartmentsAfter.Bind(1, number).Bind(2, countMax), ReadCompartment);

    /// <summary>The manifest's counter; -1 without the compartment.</summary>
    public long Counter(long key) => One(_counter.Bind(1, key), s => (long?)s.Long(0)) ?? -1;

    /// <summary>By the compartment's handle.</summary>
    public long Counter(UInt128 handle) => One(_counterByHandle.Bind(1, handle), s => (long?)s.Long(0)) ?? -1;

    public (UInt128 Handle, byte[] Name)? Party(int reference) => One(_party.Bind(1, reference), s => ((UInt128, byte[])?)(s.Sixteen(0), s.Blob(1).ToArray()));

    /// <summary>The newest version under a resource's token, with its body. More than one row means that somebody wrote into the index.</summary>
    public List<VersionRow> HeadsByToken(UInt128 token) => All(
        _headByToken.Bind(1, token),
        s => s.IsNull(0) ? throw new RecordsTamperedException("The index names a slot that is not there", s.Long(11), s.Int(12)) : ReadVersion(s, withBody: true));

    public List<VersionRow> VersionsByToken(UInt128 token, int version) => All(_versionByToken.Bind(1, token).Bind(2, version), s => ReadVersion(s, withBody: true));

    public List<(long Key, int Slot)> Places(UInt128 token, int countMax) => All(_placesByToken.Bind(1, token).Bind(2, countMax), s => (s.Long(0), s.Int(1)));

    /// <summary>The newest version of a slot, without its body.</summary>
    public VersionRow? Head(long key, int slot) => One(_headFacts.Bind(1, key).Bind(2, slot), s => ReadVersion(s, withBody: false));

    public VersionRow? Version(long key, int slot, int version) => One(_version.Bind(1, key).Bind(2, slot).Bind(3, version), s => ReadVersion(s, withBody: true));

    /// <summary>A version without its body.</summary>
    public VersionRow? Facts(long key, int slot, int version) => One(_versionFacts.Bind(1, key).Bind(2, slot).Bind(3, version), s => ReadVersion(s, withBody: false));

    /// <summary>When a version was written; null without it.</summary>
    public long? Time(long key, int slot, int version) => One(_versionTime.Bind(1, key).Bind(2, slot).Bind(3, version), s => (long?)s.Long(0));

    /// <summary>The places of versions before a position, not older than <paramref name="from"/>, newest first.</summary>
    public List<HistoryPosition> PlacesByTime(HistoryPosition before, long from, int countMax) => All(
        _placesByTime.Bind(1, before.Time).Bind(2, from).Bind(3, before.Key).Bind(4, before.Slot).Bind(5, before.Version).Bind(6, countMax),
        s => new HistoryPosition(s.Long(0), s.Long(1), s.Int(2), s.Int(3)));

    /// <summary>Versions of a slot below one, within a window of time, newest first.</summary>
    public List<VersionRow> VersionsBelow(long key, int slot, int below, int countMax, HistoryWindow window) => All(
        Window(_versionsBelow, window).Bind(1, key).Bind(2, slot).Bind(3, below).Bind(4, countMax), s => ReadVersion(s, withBody: true));

    /// <summary>How many versions of a slot up to one lie in a window of time.</summary>
    public int VersionCount(long key, int slot, int upTo, HistoryWindow window) => One(Window(_versionCount, window).Bind(1, key).Bind(2, slot).Bind(3, upTo), s => (int?)s.Int(0)) ?? 0;

    private static SqliteStatement Window(SqliteStatement statement, HistoryWindow window) => statement.Bind(5, window.To).Bind(6, window.From).Bind(7, window.Current ? 1 : 0);

    /// <summary>Adds the slots under a token from a chunk on, at most so many chunks; true when those were all.</summary>
    public bool Slots(long key, int token, int fromChunk, int chunksMax, List<int> slots)
    {
        var chunks = 0;
        Span<ulong> bitmap = stackalloc ulong[Postings.Words];
        try
        {
            _chunks.Bind(1, key).Bind(2, token).Bind(3, fromChunk).Bind(4, chunksMax);
            for (; _chunks.Step(); chunks++)
            {
                if (!Postings.TryDecode(_chunks.Blob(1), bitmap))
                {
                    throw new RecordsTamperedException("A row of the index is damaged", key, _chunks.Int(0) * Postings.ChunkSlots);
                }

                Postings.AddTo(slots, _chunks.Int(0), bitmap);
            }
        }
        finally
        {
            _chunks.Reset();
        }

        return chunks < chunksMax;
    }

    /// <summary>Resources of other compartments that are linked to this one under a token.</summary>
    public List<(long HomeKey, int Slot)> Links(long key, int token) => All(_links.Bind(1, key).Bind(2, token), s => (s.Long(0), s.Int(1)));

    public long LastSequence() => One(_lastSequence, s => (long?)s.Long(0)) ?? 0;

    public (long Sequence, byte[] Hashes)? CommittedUnder(ReadOnlySpan<byte> origin, long intent) =>
        One(_committedUnder.Bind(1, origin).Bind(2, intent), s => ((long, byte[])?)(s.Long(0), s.Blob(1).ToArray()));

    /// <summary>The newest cases about patients, the oldest of them first.</summary>
    public List<Erasing.CaseRow> Cases(int countMax)
    {
        var rows = Erasing.PatientCases.Read(_cases.Bind(1, (long)countMax));
        rows.Reverse();
        return rows;
    }

    /// <summary>The sealed result under a request's token: null without such a request, empty when none was given.</summary>
    public byte[]? ResultOf(UInt128 request) => One(_resultOf.Bind(1, request), s => s.IsNull(0) ? [] : s.Blob(0).ToArray());

    /// <summary>How many compartments there are.</summary>
    public long LastCompartmentNumber() => One(_lastNumber, s => (long?)s.Long(0)) ?? 0;

    public List<GenerationRow> Generations() => All(_generations, ReadGeneration);

    /// <summary>Whether a version names this content.</summary>
    public bool HasContent(UInt128 content) => One(_hasContent.Bind(1, content), _ => (bool?)true) ?? false;

    public void Dispose()
    {
        _statements.ForEach(s => s.Dispose());
        _connection.Dispose();
    }

    public static GenerationRow ReadGeneration(SqliteStatement row) =>
        new(row.Int(0), row.Int(1), row.Long(2), row.Int(3), row.Long(4), row.Blob(5).ToArray(), row.Blob(6).ToArray());

    public static CompartmentRow ReadCompartment(SqliteStatement row) => new()
    {
        Key = row.Long(0),
        Number = row.Long(1),
        Handle = row.Sixteen(2),
        Kind = row.Int(3),
        Name = row.Blob(4).ToArray(),
        NextSlot = row.Int(5),
        Counter = row.Long(6),
        Contents = row.Blob(7).ToArray(),
        Mac = row.Blob(8).ToArray(),
    };

    public static VersionRow ReadVersion(SqliteStatement row, bool withBody) => new()
    {
        Key = row.Long(0),
        Slot = row.Int(1),
        Version = row.Int(2),
        Flags = row.Int(3),
        Time = row.Long(4),
        Submitter = row.Int(5),
        Epoch = row.Int(6),
        Previous = row.Blob(7).ToArray(),
        Hash = row.Blob(8).ToArray(),
        Facts = row.Blob(9).ToArray(),
        Body = withBody ? row.Blob(10).ToArray() : [],
    };

    private static T? One<T>(SqliteStatement statement, Func<SqliteStatement, T?> read)
    {
        try
        {
            return statement.Step() ? read(statement) : default;
        }
        finally
        {
            statement.Reset();
        }
    }

    private static List<T> All<T>(SqliteStatement statement, Func<SqliteStatement, T> read)
    {
        var rows = new List<T>();
        try
        {
            while (statement.Step())
            {
                rows.Add(read(statement));
            }
        }
        finally
        {
            statement.Reset();
        }

        return rows;
    }

    private SqliteStatement Prepare(string sql)
    {
        var statement = new SqliteStatement(_connection.Handle!, sql);
        _statements.Add(statement);
        return statement;
    }
}
