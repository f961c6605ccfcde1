namespace EHealthHub.Records.Store;

/// <summary>
/// The candidates of one search, in the order of their places and without those that the view hides. A hidden one is told apart before anything is counted: it is in no number, costs nothing of the budget and meets no bound of the search, so that
/// neither a total that is missing nor a refusal tells of it. What all hidden ones together may cost has a bound of its own, far above (<see cref="SearchBudget.HiddenMax"/>). Used once.
/// </summary>
internal sealed class Candidates(IReadOnlyList<Place> places, RecordView view, Func<Place, Candidate?> open, SearchBudget budget)
{
    private readonly Queue<Candidate> _ready = new();
    private int _next;

    /// <summary>True when hidden candidates met their bound: what was given is not all.</summary>
    public bool Spent { get; private set; }

    /// <summary>Whether there are no more than so many. Asked before the first is taken.</summary>
    public bool AtMost(int max)
    {
        if (!view.Restricts)
        {
            return places.Count <= max;
        }

        while (_ready.Count <= max && Sift())
        {
        }

        return _ready.Count <= max;
    }

    /// <summary>Leaves out those up to a position, unopened, as far as they were not looked at already.</summary>
    public void SkipTo(long position)
    {
        while (_next < places.Count && places[_next].Position <= position)
        {
            _next++;
        }
    }

    /// <summary>The next place, with its facts where they had to be opened to see whether it may be known; null for those that are still closed.</summary>
    public bool Next(out Place place, out Candidate? opened)
    {
        opened = null;
        if (!view.Restricts)
        {
            place = _next < places.Count ? places[_next] : default;
            return _next++ < places.Count;
        }

        while (_ready.Count == 0)
        {
            if (!Sift())
            {
                place = default;
                return false;
            }
        }

        opened = _ready.Dequeue();
        place = opened.Value.Place;
        return true;
    }

    /// <summary>Looks at one more; false when there is none.</summary>
    private bool Sift()
    {
        if (Spent || _next == places.Count)
        {
            return false;
        }

        if (open(places[_next++]) is not { } candidate)
        {
            return true; // deleted
        }

        switch (view.Of(candidate.Place.Compartment, candidate.Submitter, Opener.Split(candidate.Facts, out _)))
        {
            case Sight.See:
                _ready.Enqueue(candidate);
                break;
            case Sight.Mask:
                _ready.Enqueue(Masked(candidate));
                break;
            default:
                Spent = !budget.TryHide();
                break;
        }

        return true;
    }

    /// <summary>What may be known of a masked one; of linked patients nothing but the ids that the search is bound to.</summary>
    public static Candidate Masked(in Candidate candidate) => candidate with
    {
        Facts = Opener.Masked(candidate.Place.Compartment, candidate.Row, candidate.Facts),
        Masked = true,
    };
}
