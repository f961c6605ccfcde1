using System.Text;
using EHealthHub.Records.Store;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace EHealthHub.Records.Sqlite;

/// <summary>A commit of the database, for whoever has to find it in the log.</summary>
/// <param name="Sequence">The database's sequence.</param>
/// <param name="Origin">The log of its intent.</param>
/// <param name="IntentIndex">Index of the intent in it.</param>
/// <param name="HashBytes">Bytes of envelope hashes that its outcome tells of.</param>
public readonly record struct CommitPlace(long Sequence, string Origin, long IntentIndex, int HashBytes);

/// <summary>
/// The records of one moment, for a copy of a hub that may be running. At first it also holds the database's one place for writers, so that nothing is committed until <see cref="LetWritersGo"/>: that is how a copy of the log can be made that
/// tells of exactly these commits. Writers wait up to ten seconds before they give up; be done long before. What is deleted after the snapshot stays in the write-ahead log, which grows until this is disposed of.
/// </summary>
public sealed class StoreSnapshot : IDisposable
{
    // Pages of 4 KiB in a step: some ten milliseconds between two looks at the cancellation.
    private const int PagesPerStep = 2_048;
    private const int CacheKiB = 2_048;

    private readonly SqliteConnection _reader;
    private SqliteConnection? _fence;

    private StoreSnapshot(SqliteConnection reader, SqliteConnection fence)
    {
        (_reader, _fence) = (reader, fence);
        SqliteDatabase.Run(fence, "PRAGMA query_only=OFF"); // else it may not hold the writers' place; it writes nothing
        SqliteDatabase.Run(fence, "BEGIN IMMEDIATE");
        SqliteDatabase.Run(reader, "BEGIN");
        LastSequence = SqliteDatabase.Number(reader, "SELECT coalesce(max(sequence),0) FROM commit_log"); // the first look fixes the snapshot
    }

    /// <summary>Sequence of the last commit; 0 without one.</summary>
    public long LastSequence { get; }

    /// <summary>Takes the writers' place and the snapshot of <c>folder/db/records.db</c>, which exists. Throws <see cref="RecordsUnavailableException"/>.</summary>
    public static StoreSnapshot Begin(string folder)
    {
        var path = Path.Combine(folder, "db", SqliteDatabase.RecordsFile);
        SqliteConnection? reader = null;
        SqliteConnection? fence = null;
        try
        {
            reader = OpenSource(path);
            fence = OpenSource(path);
            return new StoreSnapshot(reader, fence);
        }
        catch
        {
            fence?.Dispose();
            reader?.Dispose();
            throw;
        }
    }

    /// <summary>The last commits, at most so many, in order.</summary>
    public IReadOnlyList<CommitPlace> LastCommits(int countMax)
    {
        var places = new List<CommitPlace>();
        using var rows = new SqliteStatement(_reader.Handle!, "SELECT c.sequence, l.origin, c.intent, length(c.hashes) FROM commit_log c JOIN log l ON l.ref=c.log WHERE c.sequence>?1 ORDER BY c.sequence");
        rows.Bind(1, LastSequence - countMax);
        while (rows.Step())
        {
            places.Add(new CommitPlace(rows.Long(0), Encoding.UTF8.GetString(rows.Blob(1)), rows.Long(2), rows.Int(3)));
        }

        return places;
    }

    /// <summary>Lets commits go on; the snapshot stays as it is.</summary>
    public void LetWritersGo()
    {
        _fence?.Dispose();
        _fence = null;
    }

    /// <summary>
    /// Copies the snapshot to a new file, page for page, so that what secure_delete has overwritten is overwritten in the copy too; what the write-ahead log holds is folded in, and none lies beside the copy. Makes nothing durable.
    /// <paramref name="progress"/> is told bytes so far.
    /// </summary>
    public void CopyTo(string path, IProgress<long>? progress, CancellationToken cancellationToken) => Copy(_reader, path, progress, cancellationToken);

    /// <summary>Copies <c>folder/db/keys.db</c>, as <see cref="CopyTo"/>. To be called after the snapshot was taken: a key is durable before anything sealed with it, so the copy holds every key of the snapshot that was not erased since.</summary>
    public static void CopyKeys(string folder, string path, CancellationToken cancellationToken)
    {
        using var source = OpenSource(Path.Combine(folder, "db", SqliteDatabase.KeysFile));
        SqliteDatabase.Run(source, "BEGIN"); // one snapshot for all steps
        Copy(source, path, null, cancellationToken);
    }

    /// <summary>
    /// Copies <c>folder/db/contents.db</c>, and takes out of the copy what the copied records do not name: uploads under way, and content that came after their snapshot. To be called after <see cref="CopyTo"/> made <paramref name="records"/>:
    /// chunks are durable before a version names them. Nothing where the hub has no such file.
    /// </summary>
    public static void CopyContents(string folder, string records, string path, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var from = Path.Combine(folder, "db", SqliteDatabase.ContentsFile);
        if (!File.Exists(from))
        {
            return;
        }

        using (var source = OpenSource(from))
        {
            SqliteDatabase.Run(source, "BEGIN"); // one snapshot for all steps
            Copy(source, path, progress, cancellationToken);
        }

        using var copy = SqliteDatabase.OpenCopy(path);
        using (var attach = copy.CreateCommand())
        {
            attach.CommandText = "ATTACH $records AS records";
            attach.Parameters.AddWithValue("$records", records);
            attach.ExecuteNonQuery();
        }

        SqliteDatabase.Run(copy, "DELETE FROM chunk WHERE content NOT IN (SELECT content FROM records.content)");
        SqliteDatabase.Run(copy, "DELETE FROM upload");
        SqliteDatabase.Run(copy, "DETACH records");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        LetWritersGo();
        _reader.Dispose();
    }

    private static SqliteConnection OpenSource(string path)
    {
        if (!File.Exists(path))
        {
            throw new RecordsUnavailableException($"{Path.GetFileName(path)} is not there.");
        }

        return SqliteDatabase.OpenReader(path, CacheKiB);
    }

    private static void Copy(SqliteConnection source, string path, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using var target = SqliteDatabase.OpenCopy(path);
        var pageBytes = SqliteDatabase.Number(source, "PRAGMA page_size");
        var backup = raw.sqlite3_backup_init(target.Handle!, "main", source.Handle!, "main");
        if (backup.IsInvalid)
        {
            throw SqliteFault.From(raw.sqlite3_errcode(target.Handle!), raw.sqlite3_extended_errcode(target.Handle!), raw.sqlite3_errmsg(target.Handle!).utf8_to_string());
        }

        try
        {
            int code;
            while ((code = raw.sqlite3_backup_step(backup, PagesPerStep)) == raw.SQLITE_OK)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report((raw.sqlite3_backup_pagecount(backup) - (long)raw.sqlite3_backup_remaining(backup)) * pageBytes);
            }

            if (code != raw.SQLITE_DONE)
            {
                throw SqliteFault.From(code, code, raw.sqlite3_errstr(code).utf8_to_string());
            }
        }
        finally
        {
            _ = raw.sqlite3_backup_finish(backup); // repeats the code of the last step
        }
    }
}
