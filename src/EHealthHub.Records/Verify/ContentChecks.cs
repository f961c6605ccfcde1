using System.Buffers;
using System.Security.Cryptography;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Verify;

/// <summary>Content beside versions: every chunk opened, their hash compared with the one that the version is sealed with, and nothing there that no version names but what is being uploaded.</summary>
internal sealed class ContentChecks : IDisposable
{
    private const string Names = "content";
    private const string Chunks = "chunk";

    private readonly VerifiedDatabase _records;
    private readonly VerifiedDatabase? _contents;
    private readonly HubIdentity _hub;
    private readonly KeyRing _keys;
    private readonly Findings _findings;
    private readonly SqliteStatement _name;
    private readonly SqliteStatement? _chunk;
    private readonly SqliteStatement? _upload;
    private readonly Dictionary<UInt128, bool> _met = [];
    private long _names;
    private long _chunks;

    public ContentChecks(VerifiedDatabase records, VerifiedDatabase? contents, HubIdentity hub, KeyRing keys, Findings findings)
    {
        (_records, _contents, _hub, _keys, _findings) = (records, contents, hub, keys, findings);
        _name = records.Prepare("SELECT content FROM content WHERE compartment_key=?1 AND slot=?2 AND version=?3");
        _chunk = contents?.Prepare("SELECT sealed FROM chunk WHERE compartment=?1 AND content=?2 AND number=?3");
        _upload = contents?.Prepare("SELECT 1 FROM upload WHERE content=?1");
    }

    /// <summary>A version that names content.</summary>
    public void Check(CompartmentInfo compartment, VersionRow row, ContentDescriptor content)
    {
        if (NameOf(row) == content.Id)
        {
            _names++;
        }
        else
        {
            _findings.Add(Names, "The row of the content beside the version is missing, or names another.", row.Key, row.Slot, row.Version);
        }

        if (!_met.TryGetValue(content.Id, out var whole))
        {
            whole = IsWhole(compartment, content);
            _met.Add(content.Id, whole);
        }

        if (!whole)
        {
            _findings.Add(Chunks, "The content beside the version is not what the hub wrote: a chunk was changed, moved, put in or taken away.", row.Key, row.Slot, row.Version);
        }
    }

    /// <summary>The contents of a compartment that nobody can open: their rows count as met.</summary>
    public void Account(long key, UInt128 handle)
    {
        using var names = _records.Prepare("SELECT count(*) FROM content WHERE compartment_key=?1");
        _names += Counted(names.Bind(1, key));
        if (_contents is not null)
        {
            using var chunks = _contents.Prepare("SELECT count(*) FROM chunk WHERE compartment=?1 AND content NOT IN (SELECT content FROM upload)");
            _chunks += Counted(chunks.Bind(1, handle));
        }
    }

    /// <summary>After all versions: rows that no version asked for. A hub that runs may have named content since its versions were looked at; then chunks are not counted.</summary>
    public void CheckOrphans(bool running)
    {
        Compare(_records, Names, Names, _names);
        if (!running && _contents is not null)
        {
            Compare(_contents, Chunks, "chunk WHERE content NOT IN (SELECT content FROM upload)", _chunks);
        }
    }

    public void Dispose()
    {
        _name.Dispose();
        _chunk?.Dispose();
        _upload?.Dispose();
    }

    private UInt128? NameOf(VersionRow row)
    {
        try
        {
            return _name.Bind(1, row.Key).Bind(2, (long)row.Slot).Bind(3, (long)row.Version).Step() ? _name.Sixteen(0) : null;
        }
        finally
        {
            _name.Reset();
        }
    }

    private bool IsWhole(CompartmentInfo compartment, ContentDescriptor content)
    {
        if (_chunk is null || _upload is null)
        {
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(ContentSeal.ChunkBytes);
        using var lease = _keys.Lease(compartment.Key, compartment.Handle, content.Epoch);
        using var key = ContentKey.Derive(lease.Key, content.Salt.Span);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var place = new ContentPlace(_hub.Id, compartment.Handle, content.Id);
        var whole = true;
        var there = 0;
        for (var number = 0; number < content.Chunks; number++)
        {
            var last = number == content.Chunks - 1;
            if (_chunk.Bind(1, compartment.Handle).Bind(2, content.Id).Bind(3, (long)number).Step())
            {
                var chunk = _chunk.Blob(0);
                whole &= ContentSeal.TryOpen(key, place, number, last, chunk, buffer);
                hash.AppendData(chunk);
                there++;
            }

            _chunk.Reset();
        }

        CryptographicOperations.ZeroMemory(buffer);
        ArrayPool<byte>.Shared.Return(buffer);
        if (!Exists(_upload.Bind(1, content.Id)))
        {
            _chunks += there;
        }

        return whole && there == content.Chunks && hash.GetHashAndReset().AsSpan().SequenceEqual(content.Hash.Span);
    }

    private void Compare(VerifiedDatabase database, string where, string rows, long met)
    {
        var there = SqliteDatabase.Number(database.Connection, $"SELECT count(*) FROM {rows}");
        if (there != met && !_findings.Full)
        {
            _findings.Add(where, FormattableString.Invariant($"{there} rows are there, {met} belong to something."));
        }
    }

    private static long Counted(SqliteStatement statement)
    {
        var count = statement.Step() ? statement.Long(0) : 0;
        statement.Reset();
        return count;
    }

    private static bool Exists(SqliteStatement statement)
    {
        var there = statement.Step();
        statement.Reset();
        return there;
    }
}
