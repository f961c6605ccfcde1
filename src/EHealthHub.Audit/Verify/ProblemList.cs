using System.Collections.Immutable;

namespace EHealthHub.Audit.Verify;

/// <summary>Collects what is wrong with a log: one finding for each place, and bounded, for a log that is wrong everywhere. Thread-safe.</summary>
internal sealed class ProblemList(string folderName)
{
    private const int ProblemsMax = 1_000;

    private readonly Lock _gate = new();
    private readonly List<LogProblem> _problems = [];
    private readonly HashSet<(string File, long Index)> _places = [];

    /// <summary>Adds a problem of a file, given relative to the log's own folder.</summary>
    public void Add(string file, long index, string problem)
    {
        lock (_gate)
        {
            if (_problems.Count < ProblemsMax)
            {
                if (_places.Add((file, index)))
                {
                    _problems.Add(new LogProblem(file.Length == 0 ? folderName : $"{folderName}/{file}", index, problem));
                }
            }
            else if (_problems.Count == ProblemsMax)
            {
                _problems.Add(new LogProblem(folderName, -1, $"More than {ProblemsMax} problems; the rest is left out."));
            }
        }
    }

    /// <summary>In the order of the entries.</summary>
    public ImmutableArray<LogProblem> ToImmutable()
    {
        lock (_gate)
        {
            return [.. _problems.OrderBy(problem => problem.Index < 0 ? long.MaxValue : problem.Index).ThenBy(problem => problem.File, StringComparer.Ordinal)];
        }
    }
}
