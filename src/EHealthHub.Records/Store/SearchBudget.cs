namespace EHealthHub.Records.Store;

/// <summary>How many facts one search may open, all its steps together: what a caller's criteria can cost is bounded here. What the caller may not know of is counted apart, so that no refusal tells how much of it there is.</summary>
internal sealed class SearchBudget
{
    /// <summary>Most facts that one search opens.</summary>
    public const int FactsMax = 20_000;

    /// <summary>Most facts that one search opens beside, only to see that the caller may not know of them: a second of one core.</summary>
    public const int HiddenMax = 100_000;

    private int _opened;
    private int _hidden;

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

    /// <summary>Counts one more that is hidden; false when that bound is met.</summary>
    public bool TryHide() => _hidden++ < HiddenMax;
}
