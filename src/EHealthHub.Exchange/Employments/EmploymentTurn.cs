using EHealthHub.Exchange.Submit;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Employments;

/// <summary>Held by a submission whose directory resources may change employments, from before it is judged until it is taken up; disposing passes the turn on.</summary>
internal sealed class EmploymentTurn(EmploymentFeed feed) : IDisposable
{
    private bool _isOpen;

    /// <summary>The commit begins: from here on it may be durable although its end is not heard of.</summary>
    public void Begin() => _isOpen = true;

    /// <summary>The commit ended.</summary>
    public async ValueTask End(CommitStatus status, ResolvedWrite write)
    {
        if (status == CommitStatus.Committed)
        {
            await feed.Take(write).ConfigureAwait(false);
        }

        _isOpen = false;
    }

    public void Dispose() => feed.PassOn(_isOpen);
}
