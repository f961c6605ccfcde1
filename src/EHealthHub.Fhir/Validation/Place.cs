using System.Text;

namespace EHealthHub.Fhir.Validation;

/// <summary>The way from the resource to the element that is being looked at, kept as names and indexes and written out only for an issue.</summary>
internal sealed class Place
{
    private const int Initial = 64;
    private string[] _names = new string[Initial];
    private int[] _indexes = new int[Initial];
    private int _depth;

    /// <summary>Begins anew at <paramref name="root"/>.</summary>
    public void Start(string root)
    {
        _depth = 0;
        Enter(root);
    }

    /// <summary>Steps into an element.</summary>
    public void Enter(string name)
    {
        if (_depth == _names.Length)
        {
            Array.Resize(ref _names, _depth * 2);
            Array.Resize(ref _indexes, _depth * 2);
        }

        _names[_depth] = name;
        _indexes[_depth++] = -1;
    }

    /// <summary>Which item of the element.</summary>
    public void At(int index) => _indexes[_depth - 1] = index;

    /// <summary>Steps back out.</summary>
    public void Leave() => _depth--;

    /// <summary>Names and indexes below the root; an index is -1 where the element does not repeat.</summary>
    public (string Name, int Index)[] Below()
    {
        var steps = new (string, int)[_depth - 1];
        for (var i = 1; i < _depth; i++)
        {
            steps[i - 1] = (_names[i], _indexes[i]);
        }

        return steps;
    }

    /// <summary>As FHIRPath, with <paramref name="child"/> behind it, if given.</summary>
    public string Expression(string? child = null)
    {
        var text = new StringBuilder();
        for (var i = 0; i < _depth; i++)
        {
            _ = i == 0 ? text : text.Append('.');
            text.Append(_names[i]);
            _ = _indexes[i] < 0 ? text : text.Append('[').Append(_indexes[i]).Append(']');
        }

        return child is null ? text.ToString() : text.Append('.').Append(child).ToString();
    }
}
