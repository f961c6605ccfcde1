using EHealthHub.Trust;

namespace EHealthHub.Exchange.Derived;

/// <summary>
/// How often one project of one institution asks: every question is a look at the same people from another side, and enough of them see round any rounding. Counted in this process; a restart begins anew, and the log has every question. Thread-safe.
/// </summary>
internal sealed class QuestionLimit(DerivedBounds bounds, TimeProvider time)
{
    private readonly Lock _turn = new();
    private readonly Dictionary<(string Institution, string Project), Queue<DateTimeOffset>> _asked = [];

    /// <summary>Counts one more; where there were enough, when to ask again.</summary>
    public DateTimeOffset? Take(Caller caller, string project)
    {
        var now = time.GetUtcNow();
        lock (_turn)
        {
            var key = (caller.Institution ?? "", project);
            if (!_asked.TryGetValue(key, out var asked))
            {
                if (_asked.Count >= DerivedBounds.ProjectsMax)
                {
                    Forget(now);
                }

                if (_asked.Count >= DerivedBounds.ProjectsMax)
                {
                    return now + DerivedBounds.Window;
                }

                _asked[key] = asked = new Queue<DateTimeOffset>();
            }

            Drop(asked, now);
            if (asked.Count >= bounds.QuestionsMax)
            {
                return asked.Peek() + DerivedBounds.Window;
            }

            asked.Enqueue(now);
            return null;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (key, asked) in _asked.ToList())
        {
            Drop(asked, now);
            if (asked.Count == 0)
            {
                _asked.Remove(key);
            }
        }
    }

    private static void Drop(Queue<DateTimeOffset> asked, DateTimeOffset now)
    {
        while (asked.TryPeek(out var first) && now - first >= DerivedBounds.Window)
        {
            asked.Dequeue();
        }
    }
}
