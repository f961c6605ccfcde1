namespace EHealthHub.Auditor.Index;

/// <summary>Texts that recur, numbered: a column then holds four bytes for each entry. Number 0 is the empty text. One writer; readers see what was added before the size that they read.</summary>
internal sealed class NameTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly List<string> _names = [""];

    /// <summary>The number of a text, new or known.</summary>
    public int Add(string name)
    {
        lock (_lock)
        {
            if (!_numbers.TryGetValue(name, out var number))
            {
                number = _names.Count;
                _numbers.Add(name, number);
                _names.Add(name);
            }

            return number;
        }
    }

    /// <summary>The number of a text; -1 for one that no entry holds.</summary>
    public int Find(string name)
    {
        lock (_lock)
        {
            return _numbers.GetValueOrDefault(name, -1);
        }
    }

    /// <summary>The text of a number.</summary>
    public string this[int number]
    {
        get
        {
            lock (_lock)
            {
                return _names[number];
            }
        }
    }
}
