using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EHealthHub.Trust.Institutions;

/// <summary>How a change of the registry file ended.</summary>
public enum RegistryChangeStatus
{
    /// <summary>Written, synced and in force in this process.</summary>
    Done = 1,

    /// <summary>Another writer was first: look again, then decide again.</summary>
    Conflict = 2,

    /// <summary>The edit is not allowed; see the fault.</summary>
    Refused = 3,
}

/// <summary>Outcome of <see cref="RegistryFile.Change"/>.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Revision">The revision on disk now.</param>
/// <param name="Fault">For people; empty when done.</param>
public readonly record struct RegistryChange(RegistryChangeStatus Status, long Revision, string Fault);

/// <summary>
/// The registry in one file, authenticated under a key of the hub, followed while the hub runs. Writers take turns by a lock beside the file and say which revision they looked at. A file that cannot be proven is never served:
/// opening it fails, and while running the last proven registry stays in force and <see cref="Fault"/> says why. A revision never goes back while the process lives.
/// </summary>
public sealed class RegistryFile : IRegistry, IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly string _path;
    private readonly IRegistryAuthenticator _authenticator;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _turn = new();
    private volatile RegistrySnapshot _current = RegistrySnapshot.Empty;
    private volatile string? _fault;
    private byte[] _bytes = [];
    private (DateTime WrittenUtc, long Length) _seen;
    private Task _watch = Task.CompletedTask;

    private RegistryFile(string path, IRegistryAuthenticator authenticator, TimeProvider time, ILogger? log)
    {
        _path = path;
        _authenticator = authenticator;
        _time = time;
        _log = log ?? NullLogger.Instance;
    }

    /// <inheritdoc/>
    public RegistrySnapshot Current => _current;

    /// <summary>Why the file on disk is not the one in force; null when it is. For readiness and metrics.</summary>
    public string? Fault => _fault;

    /// <summary>Writes a first registry, revision 1. Throws <see cref="IOException"/> when there is a file, <see cref="ArgumentException"/> when the registry breaks a rule.</summary>
    public static void Create(string path, IRegistryAuthenticator authenticator, RegistrySnapshot first, RegistryActor? by = null, TimeProvider? time = null)
    {
        var faults = RegistryRules.Faults(first.Institutions, first.Persons, first.BlockedCertificates, first.Trust);
        if (!faults.IsEmpty)
        {
            throw new ArgumentException(string.Join(' ', faults), nameof(first));
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using var writer = FileLock.Acquire(path + ".lock");
        if (File.Exists(path))
        {
            throw new IOException($"There is a registry at {path} already.");
        }

        AtomicFile.Write(path, RegistryDocument.Write(first.At(1, [RegistryNote.Of(by ?? new RegistryActor("", "create", ""), 1, (time ?? TimeProvider.System).GetUtcNow())], []), authenticator), AtomicFile.Secret);
    }

    /// <summary>
    /// Opens the registry. Throws <see cref="InvalidDataException"/> when it cannot be proven, or is older than <paramref name="revisionMin"/>, which a host that remembers the last revision elsewhere passes against a file put back.
    /// </summary>
    public static RegistryFile Open(string path, IRegistryAuthenticator authenticator, TimeProvider time, ILogger<RegistryFile>? log = null, long revisionMin = 1)
    {
        var file = new RegistryFile(path, authenticator, time, log);
        var bytes = ReadFile(path, out file._seen);
        if (!RegistryDocument.TryRead(bytes, authenticator, out var registry, out var fault))
        {
            throw new InvalidDataException($"The registry {path} is not taken. {fault}");
        }

        if (registry.Revision < revisionMin)
        {
            throw new InvalidDataException($"The registry {path} has revision {registry.Revision}, older than {revisionMin}.");
        }

        file.Take(registry, bytes);
        return file;
    }

    /// <summary>Follows the file, looking once a second, until disposed.</summary>
    public void Watch() => _watch = WatchAsync();

    /// <summary>Reads the file now; true when a newer registry came into force. What cannot be had or proven shows in <see cref="Fault"/>.</summary>
    public bool Reload() => Reload(evenIfUntouched: true);

    /// <summary>
    /// Applies an edit to what is on disk and writes it with the next revision. With <paramref name="expectedRevision"/>, only if that is still the revision on disk.
    /// Refused when what is on disk cannot be proven: nothing is built upon it. Who and why go into the file, from where the gateway logs them: <paramref name="by"/>, or what the edit says of itself.
    /// </summary>
    public RegistryChange Change(Func<RegistrySnapshot, RegistryEdit> edit, long? expectedRevision = null, RegistryActor? by = null)
    {
        using var writer = FileLock.Acquire(_path + ".lock");
        lock (_turn)
        {
            var bytes = ReadFile(_path, out _seen);
            TakeNewer(bytes);
            var current = _current;
            if (_fault is not null)
            {
                return new RegistryChange(RegistryChangeStatus.Refused, current.Revision, $"The registry {_path} is not taken. {_fault}");
            }

            if (expectedRevision is { } expected && expected != current.Revision)
            {
                return new RegistryChange(RegistryChangeStatus.Conflict, current.Revision, $"The registry is at revision {current.Revision}, not {expected}.");
            }

            var edited = edit(current);
            if (edited.Snapshot is null)
            {
                return new RegistryChange(RegistryChangeStatus.Refused, current.Revision, edited.Fault ?? "The edit gives no registry.");
            }

            var (revision, now) = (current.Revision + 1, _time.GetUtcNow());
            var notes = edited.Acts.IsDefaultOrEmpty ? [RegistryNote.Of(by, revision, now)] : edited.Acts.Select(a => RegistryNote.Of(a, revision, now)).ToImmutableArray();
            var next = edited.Snapshot.At(revision, notes, current.Notes);
            bytes = RegistryDocument.Write(next, _authenticator);
            AtomicFile.Write(_path, bytes, AtomicFile.Secret);
            Take(next, bytes);
            return new RegistryChange(RegistryChangeStatus.Done, next.Revision, "");
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _watch.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The stop that was asked for.
        }

        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        using var timer = new PeriodicTimer(Pause, _time);
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
        {
            Reload(evenIfUntouched: false);
        }
    }

    private bool Reload(bool evenIfUntouched)
    {
        lock (_turn)
        {
            try
            {
                var file = new FileInfo(_path);
                return (evenIfUntouched || !file.Exists || (file.LastWriteTimeUtc, file.Length) != _seen) && TakeNewer(ReadFile(_path, out _seen));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Refuse(e.Message);
                return false;
            }
        }
    }

    /// <summary>Puts the bytes in force if they are proven and newer.</summary>
    private bool TakeNewer(byte[] bytes)
    {
        if (bytes.AsSpan().SequenceEqual(_bytes))
        {
            _fault = null;
            return false;
        }

        if (!RegistryDocument.TryRead(bytes, _authenticator, out var registry, out var fault))
        {
            Refuse(fault);
            return false;
        }

        if (registry.Revision <= _current.Revision)
        {
            Refuse($"It has revision {registry.Revision}, which is not newer.");
            return false;
        }

        Take(registry, bytes);
        return true;
    }

    [MemberNotNull(nameof(_bytes))]
    private void Take(RegistrySnapshot registry, byte[] bytes)
    {
        _bytes = bytes;
        _current = SameTrust(registry.Trust, _current.Trust) ? registry.With(_current.Trust) : registry;
        _fault = null;
        Log.RegistryTaken(_log, registry.Revision, registry.Institutions.Length, registry.Persons.Length);
    }

    private static bool SameTrust(TrustList? one, TrustList? other) => one is not null && other is not null && !ReferenceEquals(one, other) && one.Write() == other.Write();

    private void Refuse(string fault)
    {
        if (_fault != fault)
        {
            Log.RegistryRefused(_log, fault, _current.Revision);
        }

        _fault = fault;
    }

    private static byte[] ReadFile(string path, out (DateTime WrittenUtc, long Length) seen)
    {
        var file = new FileInfo(path);
        seen = (file.LastWriteTimeUtc, file.Exists ? file.Length : 0);
        return seen.Length > RegistryDocument.BytesMax ? throw new IOException($"The registry {path} is larger than {RegistryDocument.BytesMax} bytes.") : File.ReadAllBytes(path);
    }
}
