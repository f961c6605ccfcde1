namespace EHealthHub.Records.Erasing;

/// <summary>
/// Lets commits pass side by side, and an erasure alone: a commit that was prepared under a compartment's key must be durable before that key is destroyed, or it would be made anew under a key that nobody has. Thread-safe.
/// </summary>
internal sealed class ErasureGate : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _erasing = new(1, 1);
    private TaskCompletionSource? _open;
    private TaskCompletionSource? _empty;
    private int _inside;

    /// <summary>Passes as soon as nothing is being erased; dispose what is given when the commit has ended.</summary>
    public async ValueTask<IDisposable> Pass(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                if (_open is null)
                {
                    _inside++;
                    return new Leaving(Leave);
                }

                wait = _open.Task;
            }

            await wait.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the gate and waits until all who passed have left; dispose what is given to open it again.</summary>
    public async ValueTask<IDisposable> Close(CancellationToken cancellationToken)
    {
        await _erasing.WaitAsync(cancellationToken).ConfigureAwait(false);
        Task empty;
        lock (_lock)
        {
            _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_inside == 0)
            {
                _empty.SetResult();
            }

            empty = _empty.Task;
        }

        try
        {
            await empty.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new Leaving(Open);
        }
        catch
        {
            Open();
            throw;
        }
    }

    public void Dispose() => _erasing.Dispose();

    private void Leave()
    {
        lock (_lock)
        {
            if (--_inside == 0)
            {
                _empty?.TrySetResult();
            }
        }
    }

    private void Open()
    {
        TaskCompletionSource open;
        lock (_lock)
        {
            open = _open!;
            (_open, _empty) = (null, null);
        }

        open.SetResult();
        _erasing.Release();
    }

    private sealed class Leaving(Action leave) : IDisposable
    {
        private Action? _leave = leave;

        public void Dispose() => Interlocked.Exchange(ref _leave, null)?.Invoke();
    }
}
