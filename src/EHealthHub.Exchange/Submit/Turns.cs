using System.Threading.Channels;

namespace EHealthHub.Exchange.Submit;

/// <summary>
/// Lets those go on one after the other whose searched conditions met a conflict, so that they do not undo each other's attempts for ever. It is not what keeps them right: that is asked inside the store's transaction.
/// </summary>
internal sealed class Turns
{
    /// <summary>How long a submission waits for its turn.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _free = Channel.CreateBounded<bool>(1);

    public Turns() => _free.Writer.TryWrite(true);

    /// <summary>True once it is one's turn; false when that took too long.</summary>
    public async ValueTask<bool> Wait(CancellationToken cancellationToken)
    {
        if (_free.Reader.TryRead(out _))
        {
            return true;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(WaitMax);
        try
        {
            await _free.Reader.ReadAsync(patience.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Passes the turn on.</summary>
    public void Done() => _free.Writer.TryWrite(true);
}
