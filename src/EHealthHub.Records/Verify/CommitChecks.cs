using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Verify;

/// <summary>The commit log against itself and against what the audit log tells; afterwards it knows which envelopes must be there.</summary>
internal sealed class CommitChecks(VerifiedDatabase database, CommitSeal seal, RequestResults results, Findings findings)
{
    private const string Table = "commit_log";
    private const int HashBytes = 32;

    private readonly Dictionary<UInt128, int> _envelopes = [];
    private readonly Dictionary<long, Told> _told = [];
    private long _lastTold;

    public long Commits { get; private set; }

    public long OpenCommits { get; private set; }

    /// <summary>Takes in what the log tells, before the database is read: what it tells of must be there.</summary>
    public void Listen(IEnumerable<CommitOutcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            if (outcome.CommitSequence == 0)
            {
                continue;
            }

            if (!_told.TryGetValue(outcome.CommitSequence, out var told))
            {
                _told.Add(outcome.CommitSequence, told = new Told(outcome.Origin, outcome.IntentIndex));
            }
            else if (told.Origin != outcome.Origin || told.Intent != outcome.IntentIndex)
            {
                findings.Add("audit log", FormattableString.Invariant($"Commit {outcome.CommitSequence} is told of under two intents, {told.Intent} and {outcome.IntentIndex}."));
                continue;
            }

            told.Hashes.AppendData(outcome.EnvelopeHashes.Span);
            _lastTold = Math.Max(_lastTold, outcome.CommitSequence);
        }
    }

    public void Check(bool logWasRead, CancellationToken cancellationToken)
    {
        using var rows = database.Prepare("SELECT c.sequence, c.intent, l.origin, c.request, c.hashes, c.result, c.mac FROM commit_log c LEFT JOIN log l ON l.ref=c.log ORDER BY c.sequence");
        for (var next = 1L; rows.Step(); next++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (sequence, intent) = (rows.Long(0), rows.Long(1));
            for (; next < sequence && !findings.Full; next++)
            {
                findings.Add(Table, FormattableString.Invariant($"Commit {next} is missing."));
            }

            var (origin, hashes, sealedResult) = (rows.Blob(2).ToArray(), rows.Blob(4).ToArray(), rows.Blob(5).ToArray());
            var request = rows.IsNull(3) ? (UInt128?)null : rows.Sixteen(3);
            if (!CryptographicOperations.FixedTimeEquals(seal.Mac(sequence, origin, intent, request, hashes, sealedResult), rows.Blob(6)))
            {
                findings.Add(Table, FormattableString.Invariant($"Commit {sequence} is not what the hub wrote."));
            }

            if (request is { } token && sealedResult.Length > 0)
            {
                findings.Guard(Table, () => results.Open(token, sealedResult));
            }

            Commits++;
            Expect(sequence, hashes);
            if (logWasRead)
            {
                Compare(sequence, Encoding.UTF8.GetString(origin), intent, hashes);
            }
        }

        foreach (var (sequence, told) in _told.OrderBy(t => t.Key))
        {
            var rolledBack = sequence > Commits ? " The database was rolled back or replaced." : "";
            findings.Add(Table, FormattableString.Invariant($"The log tells of commit {sequence} (intent {told.Intent}), which the database does not have.{rolledBack}"));
            told.Hashes.Dispose();
        }

        CheckLogs();
    }

    /// <summary>A version was met; false when no commit, or no further commit, brought it.</summary>
    public bool Meet(ReadOnlySpan<byte> hash)
    {
        var key = KeyOf(hash);
        if (!_envelopes.TryGetValue(key, out var left))
        {
            return false;
        }

        if (left == 1)
        {
            _envelopes.Remove(key);
        }
        else
        {
            _envelopes[key] = left - 1;
        }

        return true;
    }

    /// <summary>After all versions were met: whatever is left was committed and is gone.</summary>
    public void Finish()
    {
        if (_envelopes.Count > 0)
        {
            findings.Add("version", FormattableString.Invariant($"{_envelopes.Values.Sum()} versions that were committed are not there."));
        }
    }

    private static UInt128 KeyOf(ReadOnlySpan<byte> hash) => BinaryPrimitives.ReadUInt128BigEndian(hash);

    private void Expect(long sequence, ReadOnlySpan<byte> hashes)
    {
        if (hashes.Length % HashBytes != 0)
        {
            findings.Add(Table, FormattableString.Invariant($"The hashes of commit {sequence} are cut."));
            return;
        }

        for (; hashes.Length > 0; hashes = hashes[HashBytes..])
        {
            var key = KeyOf(hashes);
            _envelopes[key] = _envelopes.GetValueOrDefault(key) + 1;
        }
    }

    private void Compare(long sequence, string origin, long intent, byte[] hashes)
    {
        if (!_told.Remove(sequence, out var told))
        {
            if (sequence > _lastTold)
            {
                OpenCommits++; // a crash between commit and outcome; the next start closes it
            }
            else
            {
                findings.Add(Table, FormattableString.Invariant($"The log does not tell of commit {sequence}."));
            }

            return;
        }

        using (told.Hashes)
        {
            if (told.Origin != origin || told.Intent != intent || !told.Hashes.GetHashAndReset().AsSpan().SequenceEqual(SHA256.HashData(hashes)))
            {
                findings.Add(Table, FormattableString.Invariant($"Commit {sequence} is not the one that the log tells of under intent {told.Intent}."));
            }
        }
    }

    private void CheckLogs()
    {
        using var orphans = database.Prepare("SELECT ref FROM log WHERE ref NOT IN (SELECT log FROM commit_log)");
        while (orphans.Step())
        {
            findings.Add("log", FormattableString.Invariant($"Log {orphans.Int(0)} has no commit."));
        }
    }

    private sealed record Told(string Origin, long Intent)
    {
        public IncrementalHash Hashes { get; } = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    }
}
