using EHealthHub.Records.Erasing;
using EHealthHub.Records.Sealing;

namespace EHealthHub.Records.Sqlite;

/// <summary>The statements on cases, and those that take a compartment away. Must run inside the writer's transaction.</summary>
internal sealed class SqliteCaseRows(Func<string, SqliteStatement> prepare)
{
    private readonly SqliteStatement _last = prepare("SELECT coalesce(max(number),0) FROM patient_case");
    private readonly SqliteStatement _put = prepare(
        "INSERT INTO patient_case (number, kind, state, handle, compartment, compartment_key, hashes, details, mac) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9) ON CONFLICT DO UPDATE SET state=excluded.state, compartment=excluded.compartment, compartment_key=excluded.compartment_key, hashes=excluded.hashes, details=excluded.details, mac=excluded.mac");

    private readonly SqliteStatement _held = prepare("SELECT 1 FROM patient_case WHERE handle=?1 AND kind=2 AND state=0");
    private readonly SqliteStatement _state = prepare("SELECT state FROM patient_case WHERE number=?1");
    private readonly SqliteStatement _hashes = prepare("SELECT hash FROM version WHERE compartment_key=?1 ORDER BY slot, version");
    private readonly SqliteStatement _commits = prepare("SELECT c.sequence, l.origin, c.intent, c.hashes FROM commit_log c JOIN log l ON l.ref=c.log WHERE c.request IS NOT NULL");
    private readonly SqliteStatement _first = prepare(ErasedKey.SelectFirst);
    private readonly SqliteStatement _forget = prepare("UPDATE commit_log SET request=NULL, result=NULL, mac=?2 WHERE sequence=?1");
    private readonly SqliteStatement[] _remove =
    [
        prepare("DELETE FROM version WHERE compartment_key=?1"),
        prepare("DELETE FROM token WHERE compartment_key=?1"),
        prepare("DELETE FROM token_link WHERE compartment_key=?1"),
        prepare("DELETE FROM content WHERE compartment_key=?1"),
        prepare("DELETE FROM national_token WHERE compartment_key=?1"), // led by the token: all of the table is read, which an erasure may cost
        prepare("DELETE FROM compartment WHERE compartment_key=?1"),
    ];

    public long Last() => Single(_last) ?? 0;

    public bool IsHeld(UInt128 handle) => Single(_held.Bind(1, handle)) is not null;

    public int? State(long number) => (int?)Single(_state.Bind(1, number));

    /// <summary>Key of the compartment that a mark beside the keys means, if it is there.</summary>
    public long? Find(ErasedKey mark) => mark.Find(_first);

    public void Put(CaseRow row) =>
        _put.Bind(1, row.Number).Bind(2, (long)row.Kind).Bind(3, (long)row.State).Bind(4, row.Handle).Bind(5, row.Compartment).Bind(6, row.CompartmentKey).Bind(7, row.Hashes).Bind(8, row.Details).Bind(9, row.Mac).Run();

    /// <summary>The hashes of all versions of a compartment, one after the other.</summary>
    public byte[] Hashes(long compartment)
    {
        var hashes = new List<byte>();
        _hashes.Bind(1, compartment);
        while (_hashes.Step())
        {
            hashes.AddRange(_hashes.Blob(0));
        }

        return [.. hashes];
    }

    /// <summary>Takes away all rows of a compartment, and what the requests that brought them were told: that names ids.</summary>
    public void Remove(long compartment, byte[] hashes, CommitSeal seal)
    {
        ForgetRequests(hashes, seal);
        foreach (var statement in _remove)
        {
            statement.Bind(1, compartment).Run();
        }
    }

    private void ForgetRequests(byte[] hashes, CommitSeal seal)
    {
        var gone = new HashSet<UInt128>();
        for (var i = 0; i < hashes.Length; i += 32)
        {
            gone.Add(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hashes.AsSpan(i)));
        }

        var found = new List<(long Sequence, byte[] Origin, long Intent, byte[] Hashes)>();
        while (_commits.Step())
        {
            var brought = _commits.Blob(3);
            for (var i = 0; i + 32 <= brought.Length; i += 32)
            {
                if (gone.Contains(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(brought[i..])))
                {
                    found.Add((_commits.Long(0), _commits.Blob(1).ToArray(), _commits.Long(2), brought.ToArray()));
                    break;
                }
            }
        }

        foreach (var (sequence, origin, intent, brought) in found)
        {
            _forget.Bind(1, sequence).Bind(2, seal.Mac(sequence, origin, intent, null, brought, [])).Run();
        }
    }

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
