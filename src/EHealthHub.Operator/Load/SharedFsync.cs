using Microsoft.Win32.SafeHandles;

namespace EHealthHub.Operator.Load;

/// <summary>
/// What a durable answer costs at the least: each appends some bytes to one file, and those who wait share one fsync. As the audit log does it, and nothing else of it: no sealing, no tree.
/// </summary>
internal sealed class SharedFsync : IDisposable
{
    private const int BytesEach = 256;

    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly Lock _turn = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly Thread _thread;
    private List<TaskCompletionSource> _waiting = [];
    private volatile bool _ended;

    public SharedFsync(string folder)
    {
        _path = Path.Combine(folder, "durable.probe");
        _file = File.OpenHandle(_path, FileMode.Create, FileAccess.Write, FileShare.None);
        _thread = new Thread(Commit) { IsBackground = true, Name = "shared fsync" };
        _thread.Start();
    }

    /// <summary>Completes when the bytes are durable.</summary>
    public Task Append()
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        bool first;
        lock (_turn)
        {
            first = _waiting.Count == 0;
            _waiting.Add(mine);
        }

        if (first)
        {
            _work.Release();
        }

        return mine.Task;
    }

    public void Dispose()
    {
        _ended = true;
        _work.Release();
        _thread.Join();
        _work.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }

    private void Commit()
    {
        var length = 0L;
        while (true)
        {
            _work.Wait();
            if (_ended)
            {
                return;
            }

            List<TaskCompletionSource> group;
            lock (_turn)
            {
                group = _waiting;
                _waiting = [];
            }

            RandomAccess.Write(_file, new byte[BytesEach * group.Count], length);
            length += BytesEach * group.Count;
            RandomAccess.FlushToDisk(_file);
            foreach (var one in group)
            {
                one.SetResult();
            }
        }
    }
}
