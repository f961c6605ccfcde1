using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using EHealthHub.Audit.Entries;

namespace EHealthHub.Exchange.Reports;

/// <summary>
/// Which entries of the hub's logs concern whom: an index in memory, made from the logs themselves and following them, fourteen bytes for each patient of each entry. A patient is a hash here; the entry itself is asked whether it is theirs.
/// Thread-safe. The logs of the hub's own upkeep are not in it: nobody looks there.
/// </summary>
internal sealed class PatientTrail(Func<IReadOnlyList<TrailLog>> open)
{
    /// <summary>Entries between two looks at whether somebody waits.</summary>
    private const int BatchMax = 20_000;

    private readonly Lock _turn = new();
    private readonly Dictionary<ulong, int> _newest = [];
    private readonly List<Link> _links = [];
    private IReadOnlyList<TrailLog>? _logs;
    private long[] _read = [];

    /// <summary>The logs, oldest first.</summary>
    public IReadOnlyList<TrailLog> Logs
    {
        get
        {
            lock (_turn)
            {
                return _logs ??= Open();
            }
        }
    }

    /// <summary>Takes notice of what was logged since; long only for the first time after a start.</summary>
    public void Follow(CancellationToken cancellationToken)
    {
        while (!Step())
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Entries about a patient, newest first, and how many there are. <paramref name="skip"/> of them are passed over.</summary>
    public (IReadOnlyList<(TrailLog Log, long Index, AuditEntry Entry)> Entries, int Total) Of(string patient, int skip, int countMax)
    {
        List<Link> chain = [];
        lock (_turn)
        {
            for (var at = _newest.GetValueOrDefault(Key(patient), -1); at >= 0; at = _links[at].Before)
            {
                chain.Add(_links[at]);
            }
        }

        // Of a hash that two patients share, either's entries stand in the chain; that is next to never, and then the total counts both.
        var entries = new List<(TrailLog Log, long Index, AuditEntry Entry)>();
        foreach (var link in chain.Skip(skip).Take(countMax))
        {
            var log = Logs[link.Log];
            var entry = log.At(link.Index);
            if (entry.Patients.Contains(patient))
            {
                entries.Add((log, link.Index, entry));
            }
        }

        return (entries, chain.Count);
    }

    private IReadOnlyList<TrailLog> Open()
    {
        var logs = open();
        _read = new long[logs.Count];
        return logs;
    }

    private bool Step()
    {
        lock (_turn)
        {
            _logs ??= Open();
            var left = BatchMax;
            for (var number = 0; number < _logs.Count; number++)
            {
                if (_read[number] >= _logs[number].Size)
                {
                    continue;
                }

                foreach (var (index, entry) in _logs[number].From(_read[number]))
                {
                    foreach (var patient in entry.Patients)
                    {
                        ref var newest = ref CollectionsMarshal.GetValueRefOrAddDefault(_newest, Key(patient), out var exists);
                        _links.Add(new Link((ushort)number, index, exists ? newest : -1));
                        newest = _links.Count - 1;
                    }

                    _read[number] = index + 1;
                    if (--left == 0)
                    {
                        return false;
                    }
                }
            }

            return true;
        }
    }

    private static ulong Key(string patient)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(patient), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }

    [StructLayout(LayoutKind.Sequential, Pack = 2)]
    private readonly record struct Link(ushort Log, long Index, int Before);
}
