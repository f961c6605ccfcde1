namespace EHealthHub.Records.Store;

/// <summary>How many facts one search may open, all its steps together: what a caller's criteria can cost is bounded here.</summary>
internal sealed class SearchBudget
{
    /// <summary>Most facts that one search opens.</summary>
    public const int FactsMax = 20_000;

    private int _opened;

    /// <summary>Counts one more; false when the bound is met.</summary>
    public bool TryOpen()
    {
        if (_opened == FactsMax)
        {
            return false;
        }

        _opened++;
        return true;
    }
}
