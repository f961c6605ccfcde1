using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Log;

/// <summary>Settings of the writer.</summary>
public sealed record AuditLogOptions
{
    /// <summary>The audit folder, <c>DIR/audit</c>; the log has its own folder in it, named by the origin.</summary>
    public required string Folder { get; init; }

    /// <summary>The log's origin, for example <c>ehealthhub/06/node-1/2026H2</c>: letters, digits, '.', '_', '-' in parts separated by '/'.</summary>
    public required string Origin { get; init; }

    /// <summary>Most entries in one commit group, 1 to 65,536.</summary>
    public int GroupMax { get; init; } = 1_024;

    /// <summary>Most entries waiting, 1 to 1,048,576; beyond it an append fails at once (the request gets 503).</summary>
    public int WaitingMax { get; init; } = 8_192;

    /// <summary>Disk space in bytes below which appends fail. Not negative.</summary>
    public long FreeBytesMin { get; init; } = 64L * 1024 * 1024;

    /// <summary>Time until a durable entry is in the tiles, 10 ms to 10 s.</summary>
    public TimeSpan IntegrateEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Time until a signed checkpoint covers it, at least <see cref="IntegrateEvery"/> and at most 60 s.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long integration and checkpoints may fail before appends fail too, 0 to 60 s: entries that nothing covers can still be changed unnoticed.</summary>
    public TimeSpan UncoveredMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the heads of all patients are written down, 1 s to 24 h. An entry of a patient that is hidden shows once they are.</summary>
    public TimeSpan HeadsEvery { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The log that this one follows, as it ended (<see cref="AuditLog.End"/>); null for the first of its writer. Only looked at when the log begins, which keeps it.</summary>
    public LogEnd? Predecessor { get; init; }

    /// <summary>False for a log that is opened to be looked after and must get no entry: its heads are not stated.</summary>
    public bool StatesHeads { get; init; } = true;

    /// <summary>The heads are written down early when this many entries are not covered: a start has to read these. Smaller in tests.</summary>
    internal long HeadsEntriesMax { get; init; } = 1_000_000;

    /// <summary>A segment of the journal is closed when it has grown beyond this many bytes. Smaller in tests.</summary>
    internal int SegmentBytesMax { get; init; } = JournalWriter.SegmentBytesMax;

    /// <summary>Bytes that a segment grows by at a time. Smaller in tests.</summary>
    internal int RoomBytes { get; init; } = JournalWriter.RoomBytes;

    /// <summary>How often the writer looks whether a fault has gone. More often in tests.</summary>
    internal TimeSpan RetryEvery { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Throws <see cref="ArgumentException"/> with everything that is out of bounds.</summary>
    internal void Validate()
    {
        var faults = new List<string>();
        Require(Folder.Length > 0, "Folder is empty");
        Require(LogFolder.IsOrigin(Origin), "Origin is not made of letters, digits, '.', '_', '-' in parts separated by '/'");
        Require(GroupMax is >= 1 and <= 65_536, "GroupMax is not within 1 to 65,536");
        Require(WaitingMax is >= 1 and <= 1_048_576, "WaitingMax is not within 1 to 1,048,576");
        Require(FreeBytesMin >= 0, "FreeBytesMin is negative");
        Require(IntegrateEvery >= TimeSpan.FromMilliseconds(10) && IntegrateEvery <= TimeSpan.FromSeconds(10), "IntegrateEvery is not within 10 ms to 10 s");
        Require(CheckpointEvery >= IntegrateEvery && CheckpointEvery <= TimeSpan.FromSeconds(60), "CheckpointEvery is not within IntegrateEvery to 60 s");
        Require(UncoveredMax >= TimeSpan.Zero && UncoveredMax <= TimeSpan.FromSeconds(60), "UncoveredMax is not within 0 to 60 s");
        Require(HeadsEvery >= TimeSpan.FromSeconds(1) && HeadsEvery <= TimeSpan.FromHours(24), "HeadsEvery is not within 1 s to 24 h");
        Require(Predecessor is null or { Size: >= 0, Patients: >= 0, Root.Length: MerkleHash.Size, HeadsRoot.Length: MerkleHash.Size } && Predecessor?.Origin != Origin && (Predecessor is null || LogFolder.IsOrigin(Predecessor.Origin)), "Predecessor is not the end of another log");
        if (faults.Count > 0)
        {
            throw new ArgumentException($"Audit log options: {string.Join("; ", faults)}.");
        }

        void Require(bool holds, string fault)
        {
            if (!holds)
            {
                faults.Add(fault);
            }
        }
    }
}
