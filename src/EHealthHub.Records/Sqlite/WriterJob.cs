using EHealthHub.Records.Sealing;

namespace EHealthHub.Records.Sqlite;

/// <summary>What waits for the one thread that writes: applied inside a savepoint of its own, and answered when its group is synced.</summary>
internal abstract class WriterJob
{
    /// <summary>About how many bytes will be written: bounds a group.</summary>
    public required long Bytes { get; init; }

    /// <summary>Writes; false where nothing of it is to be kept.</summary>
    public abstract bool Apply(SqliteRows rows, CommitSeal seal);

    /// <summary>It is durable, or was undone as it asked.</summary>
    public abstract void Finish();

    /// <summary>It failed, and is undone.</summary>
    public abstract void Fail(Exception exception);
}
