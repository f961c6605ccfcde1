using EHealthHub.Audit.Log;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Tests.Log;

/// <summary>What an operation does that fails.</summary>
internal enum Effect
{
    /// <summary>It succeeds.</summary>
    None,

    /// <summary>It throws, and nothing was stored.</summary>
    NotStored,

    /// <summary>It throws, and was stored anyway.</summary>
    StoredAnyway,

    /// <summary>It throws, and half of it was stored.</summary>
    Torn,
}

/// <summary>
/// A disk in memory that knows what is durable and what is not, fails the operations that it is told to, and can lose its power: then of everything that was not flushed some is kept and some is not.
/// </summary>
internal sealed class FaultyFiles : ILogFiles
{
    private readonly Lock _gate = new();
    private Dictionary<string, Inode> _names = [];
    private Dictionary<string, Inode> _durableNames = [];
    private readonly HashSet<string> _folders = [""];
    private bool _dead;

    /// <summary>Which effect the operation of this number has, counted from 1.</summary>
    public Func<int, Effect> Plan { get; set; } = _ => Effect.None;

    /// <summary>Whether the first operation that fails is the last one: the power is gone.</summary>
    public bool DiesOfIt { get; init; }

    /// <summary>Operations that change something, so far.</summary>
    public int Operations { get; private set; }

    /// <summary>What <see cref="FreeBytes"/> tells.</summary>
    public long Free { get; set; } = long.MaxValue;

    public IDisposable Lock(string path) => new MemoryStream();

    public void MakeFolder(string path) => Do(() =>
    {
        for (; path.Length > 0; path = FolderOf(path))
        {
            _folders.Add(path);
        }
    });

    public bool HasFolder(string path)
    {
        lock (_gate)
        {
            return _folders.Contains(path);
        }
    }

    public void SyncFolder(string path) => Do(() =>
    {
        foreach (var name in _names.Keys.Union(_durableNames.Keys).Where(name => FolderOf(name) == path).ToList())
        {
            if (_names.TryGetValue(name, out var inode))
            {
                _durableNames[name] = inode;
            }
            else
            {
                _durableNames.Remove(name);
            }
        }
    });

    public IReadOnlyList<string> List(string folder)
    {
        lock (_gate)
        {
            return [.. _names.Keys.Where(name => FolderOf(name) == folder).Select(name => name[(folder.Length + 1)..]).Order(StringComparer.Ordinal)];
        }
    }

    public byte[]? Read(string path, int lengthMax)
    {
        lock (_gate)
        {
            return _names.TryGetValue(path, out var inode) ? (byte[])inode.Content.Clone() : null;
        }
    }

    public IByteSource? OpenSource(string path)
    {
        lock (_gate)
        {
            return _names.TryGetValue(path, out var inode) ? new MemorySource(inode.Content) : null;
        }
    }

    public ILogFile Create(string path)
    {
        var inode = new Inode();
        Do(() =>
        {
            if (!_folders.Contains(FolderOf(path)))
            {
                throw new DirectoryNotFoundException(path);
            }

            // A file that exists is cut, not replaced.
            if (_names.TryGetValue(path, out var existing))
            {
                inode = existing;
                inode.Content = [];
            }

            _names[path] = inode;
        });
        return new OpenFile(this, inode);
    }

    public ILogFile Open(string path)
    {
        lock (_gate)
        {
            return new OpenFile(this, _names.TryGetValue(path, out var inode) ? inode : throw new FileNotFoundException(path));
        }
    }

    public void Rename(string from, string to) => Do(() =>
    {
        _names[to] = _names[from];
        _names.Remove(from);
    });

    public void Delete(string path) => Do(() => _names.Remove(path));

    public void DeleteFolder(string path) => Do(() =>
    {
        foreach (var name in _names.Keys.Where(name => name.StartsWith(path + "/", StringComparison.Ordinal)).ToList())
        {
            _names.Remove(name);
        }
    });

    public long FreeBytes() => Free;

    /// <summary>The disk as it may be found after a loss of power. 0: only what was durable; 1: everything; else something in between.</summary>
    public FaultyFiles AfterCrash(int seed)
    {
        var state = (uint)seed * 2_654_435_761;
        var found = new FaultyFiles();
        found._folders.UnionWith(_folders);
        var inodes = new Dictionary<Inode, Inode>();
        foreach (var name in _names.Keys.Union(_durableNames.Keys).Order(StringComparer.Ordinal))
        {
            var inode = Choose(_durableNames.GetValueOrDefault(name), _names.GetValueOrDefault(name));
            if (inode is not null)
            {
                if (!inodes.TryGetValue(inode, out var copy))
                {
                    var content = Mix(inode);
                    inodes.Add(inode, copy = new Inode { Content = content, Durable = content });
                }

                found._names.Add(name, copy);
            }
        }

        found._durableNames = new Dictionary<string, Inode>(found._names);
        return found;

        T Choose<T>(T durable, T cached) => seed == 0 ? durable : seed == 1 ? cached : Next(2) == 0 ? durable : cached;

        byte[] Mix(Inode inode)
        {
            var (durable, content) = (inode.Durable, inode.Content);
            if (seed < 2 || content.Length < durable.Length)
            {
                return Choose(durable, content);
            }

            // Not flushed: what was appended may be cut off somewhere, and any sector may be as it was before.
            var found = content[..(Next(2) == 0 ? content.Length : durable.Length + Next(content.Length - durable.Length + 1))];
            for (var sector = 0; sector < found.Length; sector += 512)
            {
                var written = found.AsSpan(sector, Math.Min(512, found.Length - sector));
                var before = new byte[written.Length];
                durable.AsSpan(Math.Min(sector, durable.Length), Math.Clamp(durable.Length - sector, 0, before.Length)).CopyTo(before);
                var from = written.CommonPrefixLength(before);
                if (written.Length - from >= 8 && Next(4) == 0)
                {
                    before.CopyTo(written);
                }
            }

            return found;
        }

        int Next(int below)
        {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            return (int)(state % (uint)below);
        }
    }

    /// <summary>Writes all files to a real folder, for the checker.</summary>
    public void Export(string folder)
    {
        foreach (var (name, inode) in _names)
        {
            var path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, inode.Content);
        }
    }

    private void Do(Action act, Action? half = null)
    {
        lock (_gate)
        {
            var effect = _dead ? Effect.NotStored : Plan(++Operations);
            if (effect is Effect.None or Effect.StoredAnyway)
            {
                act();
            }
            else if (effect == Effect.Torn)
            {
                half?.Invoke();
            }

            if (effect != Effect.None)
            {
                _dead |= DiesOfIt;
                throw new IOException("The disk fails.");
            }
        }
    }

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";

    private sealed class Inode
    {
        public byte[] Content { get; set; } = [];

        public byte[] Durable { get; set; } = [];

        public void Write(ReadOnlySpan<byte> bytes, int offset)
        {
            var content = new byte[Math.Max(Content.Length, offset + bytes.Length)];
            Content.CopyTo(content, 0);
            bytes.CopyTo(content.AsSpan(offset));
            Content = content;
        }
    }

    private sealed class OpenFile(FaultyFiles files, Inode inode) : ILogFile
    {
        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            var copy = bytes.ToArray();
            files.Do(() => inode.Write(copy, (int)offset), () => inode.Write(copy.AsSpan(0, copy.Length / 2), (int)offset));
        }

        public void SetLength(long length) => files.Do(() => inode.Content = inode.Content[..(int)length]);

        public void Flush() => files.Do(() => inode.Durable = (byte[])inode.Content.Clone());

        public void FlushData() => Flush();

        public void Dispose()
        {
        }
    }

    private sealed class MemorySource(byte[] content) : IByteSource
    {
        public long Length => content.Length;

        public void Read(Span<byte> buffer, long offset) => content.AsSpan((int)offset, buffer.Length).CopyTo(buffer);

        public void Dispose()
        {
        }
    }
}
