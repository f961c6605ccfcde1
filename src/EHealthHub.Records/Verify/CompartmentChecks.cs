using EHealthHub.Fhir.Search;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Verify;

/// <summary>Every compartment with all that belongs to it: key, name, manifest, versions, index. Counts what it meets, so that rows that belong to nothing show.</summary>
internal sealed class CompartmentChecks : IDisposable
{
    private readonly VerifiedDatabase _database;
    private readonly Compartments _compartments;
    private readonly KeyRing _keys;
    private readonly ResourceChecks _resources;
    private readonly CommitChecks _commits;
    private readonly IndexChecks _index;
    private readonly Findings _findings;
    private readonly Dictionary<int, string> _parties;
    private readonly SqliteStatement _versions;
    private readonly ContentChecks _contents;
    private readonly ErasedChecks _erased;

    public CompartmentChecks(
        VerifiedDatabase database, Compartments compartments, KeyRing keys, ResourceChecks resources, CommitChecks commits, IndexChecks index, ContentChecks contents, ErasedChecks erased, Findings findings, Dictionary<int, string> parties)
    {
        (_contents, _erased) = (contents, erased);
        (_database, _compartments, _keys, _resources, _commits, _index, _findings, _parties) = (database, compartments, keys, resources, commits, index, findings, parties);
        _versions = database.Prepare($"SELECT {SqliteReader.VersionColumns}, v.body FROM version v WHERE v.compartment_key=?1 ORDER BY v.slot, v.version");
    }

    public long Compartments { get; private set; }

    /// <summary>Versions that cannot be opened any more, for their patient's record was erased after they were copied.</summary>
    public long Shredded { get; private set; }

    public long Versions { get; private set; }

    public void CheckAll(IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using var rows = _database.Prepare($"SELECT {SqliteReader.CompartmentColumns} FROM compartment ORDER BY number");
        for (var next = 1L; rows.Step() && !_findings.Full; next++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CompartmentRow? row = null;
            _findings.Guard("compartment", () => row = SqliteReader.ReadCompartment(rows));
            if (row is null)
            {
                continue;
            }

            for (; row.Number > next && _erased.Numbers.Contains(next); next++)
            {
            }

            if (row.Number != next)
            {
                _findings.Add("compartment", FormattableString.Invariant($"Number {next} is missing."), row.Key);
                next = row.Number;
            }

            Compartments++;
            _findings.Guard("compartment", () =>
            {
                if (_erased.Restored.Contains(row.Key))
                {
                    Account(row);
                }
                else
                {
                    Check(row, progress, cancellationToken);
                }
            });
        }
    }

    public void Dispose() => _versions.Dispose();

    /// <summary>What belongs to a compartment that nobody can open: its rows count as met, and its versions as brought by their commits.</summary>
    private void Account(CompartmentRow row)
    {
        _index.Account(row.Key);
        _contents.Account(row.Key, row.Handle);
        _versions.Bind(1, row.Key);
        try
        {
            while (_versions.Step())
            {
                var version = SqliteReader.ReadVersion(_versions, withBody: false);
                Shredded++;
                if (!_commits.Meet(version.Hash))
                {
                    _findings.Add("version", "No commit brought it.", version.Key, version.Slot, version.Version);
                }
            }
        }
        finally
        {
            _versions.Reset();
        }
    }

    private void Check(CompartmentRow row, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var compartment = _compartments.Open(row);
        using var lease = _keys.Lease(row.Key, row.Handle, KeyRing.CurrentEpoch);
        using var manifest = new Manifest(lease.Key);
        if (!manifest.Holds(row))
        {
            _findings.Add("compartment", "The manifest is not what the hub wrote.", row.Key);
        }

        using var tokens = new CompartmentTokens(lease.Key);
        var expected = new ExpectedTokens(row.Key);
        var contents = new byte[row.Contents.Length];
        VersionRow? before = null;
        OpenedFacts? head = null;
        try
        {
            _versions.Bind(1, row.Key);
            while (_versions.Step() && !_findings.Full)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var version = SqliteReader.ReadVersion(_versions, withBody: true);
                if (before is not null && before.Slot != version.Slot)
                {
                    _index.ExpectHead(compartment, tokens, expected, before, head);
                    before = null;
                }

                head = CheckVersion(lease.Key, compartment, version, before);
                manifest.Add(contents, version.Slot, version.Version, version.Hash);
                before = version;
                if (version.Slot >= row.NextSlot)
                {
                    _findings.Add("version", "The slot was never given.", row.Key, version.Slot, version.Version);
                }

                if (++Versions % 1_000 == 0)
                {
                    progress?.Report(Versions);
                }
            }
        }
        finally
        {
            _versions.Reset();
        }

        if (before is not null)
        {
            _index.ExpectHead(compartment, tokens, expected, before, head);
        }

        if (!contents.AsSpan().SequenceEqual(row.Contents))
        {
            _findings.Add("compartment", "The versions do not add up to the manifest: one is missing, was put back, or is too many.", row.Key);
        }

        _index.CompareTokens(expected);
    }

    private OpenedFacts? CheckVersion(DataKey key, CompartmentInfo compartment, VersionRow version, VersionRow? before)
    {
        OpenedFacts? facts = null;
        _findings.Guard("version", () => facts = _resources.Check(key, compartment, version, _parties.GetValueOrDefault(version.Submitter), before));
        if (!_commits.Meet(version.Hash))
        {
            _findings.Add("version", "No commit brought it.", version.Key, version.Slot, version.Version);
        }

        return facts;
    }
}
