using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Tiles;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Operator.Checking;
using EHealthHub.Records;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Operator.Backup;

/// <summary>Finds the outcomes of commits in the logs while they grow; each entry is opened once.</summary>
internal sealed class OutcomeWatch(HubLayout layout, IKeyVault vault) : IDisposable
{
    private readonly Dictionary<string, Tail> _tails = new(StringComparer.Ordinal);

    /// <summary>
    /// Reads on, and gives those of the commits of whose end the logs do not tell yet. Throws <see cref="InvalidDataException"/> for a log that is damaged or missing.
    /// </summary>
    public IReadOnlyList<CommitPlace> Untold(IReadOnlyList<CommitPlace> commits)
    {
        var untold = new List<CommitPlace>();
        foreach (var ofLog in commits.GroupBy(c => c.Origin, StringComparer.Ordinal))
        {
            if (!_tails.TryGetValue(ofLog.Key, out var tail))
            {
                _tails.Add(ofLog.Key, tail = new Tail(layout, vault, ofLog.Key, ofLog.Min(c => c.IntentIndex)));
            }

            tail.ReadOn();
            untold.AddRange(ofLog.Where(c => !tail.Tells(c)));
        }

        return untold;
    }

    public void Dispose()
    {
        foreach (var tail in _tails.Values)
        {
            tail.Dispose();
        }
    }

    private sealed class Tail : IDisposable
    {
        // Bytes of hashes told of, by sequence: a large commit has several outcome entries.
        private readonly Dictionary<long, long> _told = [];
        private readonly VaultEntrySealer _sealer;
        private readonly LogReader _reader;
        private long _next;

        public Tail(HubLayout layout, IKeyVault vault, string origin, long from)
        {
            var folder = Path.Combine(layout.Audit, LogFolder.NameOf(origin));
            _reader = Directory.Exists(folder) ? LogReader.Open(folder) : throw new InvalidDataException($"The log {origin}, which the database speaks of, is not in {layout.Audit}.");
            _sealer = new VaultEntrySealer(vault.Derive(HubLayout.AuditKey(LogReplay.PeriodOf(origin))));
            _next = from;
        }

        public void ReadOn()
        {
            _reader.Refresh();
            foreach (var (index, leaf) in _reader.Leaves(_next, _reader.Size))
            {
                var entry = EntryEnvelope.Open(_sealer, _reader.Origin, leaf.Span) ?? throw new InvalidDataException($"Entry {index} of {_reader.Origin} cannot be opened with the hub's key; ./hub audit verify tells more.");
                if (entry.Kind == EntryKind.WriteOutcome && entry.CommitSequence > 0)
                {
                    _told[entry.CommitSequence] = _told.GetValueOrDefault(entry.CommitSequence) + entry.Hashes.Length;
                }

                _next = index + 1;
            }
        }

        public bool Tells(CommitPlace commit) => _told.TryGetValue(commit.Sequence, out var bytes) && bytes >= commit.HashBytes;

        public void Dispose() => _sealer.Dispose();
    }
}
