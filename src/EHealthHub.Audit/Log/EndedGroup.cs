namespace EHealthHub.Audit.Log;

/// <summary>
/// Lets those go on who waited for a group. What is brief is worked off one after the other on one thread of the pool, by two where there is much of it: to wake a sleeping thread for each of them costs more than most have left to do.
/// What may take long is work of its own, so that nobody waits behind it. Nothing of it runs on the committing thread.
/// </summary>
internal sealed class EndedGroup : IThreadPoolWorkItem
{
    /// <summary>So many left are worth another thread.</summary>
    private const int WorthAnother = 4;

    private readonly List<(WaitingEntry Entry, long Index)> _brief;
    private readonly string _origin;
    private readonly Fault? _fault;
    private int _taken;
    private int _threads = 1;

    private EndedGroup(List<(WaitingEntry Entry, long Index)> brief, string origin, Fault? fault) => (_brief, _origin, _fault) = (brief, origin, fault);

    /// <summary>Its entries are durable from this index on.</summary>
    public static void Release(List<WaitingEntry> group, string origin, long firstIndex) => End(group, origin, firstIndex, null);

    /// <summary>Its entries are not in the log, or nobody knows whether they are.</summary>
    public static void Refuse(List<WaitingEntry> group, Fault fault) => End(group, "", 0, fault);

    /// <inheritdoc/>
    public void Execute()
    {
        while (Interlocked.Increment(ref _taken) is var number && number <= _brief.Count)
        {
            if (_brief.Count - number >= WorthAnother && Environment.ProcessorCount > 1 && Interlocked.CompareExchange(ref _threads, 2, 1) == 1)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }

            var (entry, index) = _brief[number - 1];
            End(entry, index, _origin, _fault);
        }
    }

    private static void End(List<WaitingEntry> group, string origin, long firstIndex, Fault? fault)
    {
        var brief = new List<(WaitingEntry, long)>(group.Count);
        foreach (var entry in group)
        {
            if (entry.IsBrief)
            {
                brief.Add((entry, firstIndex));
            }
            else
            {
                End(entry, firstIndex, origin, fault);
            }

            firstIndex += entry.Leaves.Length;
        }

        if (brief.Count > 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new EndedGroup(brief, origin, fault), preferLocal: false);
        }
    }

    private static void End(WaitingEntry entry, long index, string origin, Fault? fault)
    {
        if (fault is null)
        {
            entry.Release(origin, index);
        }
        else
        {
            entry.Refuse(fault.Reason, fault.Cause);
        }
    }
}
