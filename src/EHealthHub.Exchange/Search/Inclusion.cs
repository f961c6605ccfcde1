using System.Globalization;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Search;

/// <summary>
/// <c>_include</c> and <c>_revinclude</c> (R4 3.1.1.5.4): what matches refer to, and what refers to them. Without <c>:iterate</c> the matches alone are asked; with it what came along too, a bounded number of times. What does not resolve, or
/// lies outside the scope of the search, is left out silently.
/// </summary>
internal sealed class Inclusion(SearchSession session, Func<string, bool> mayLook, SearchSettings settings)
{
    /// <summary>Most resources that come along on one page.</summary>
    public const int IncludedMax = 1_000;

    private const int RoundsMax = 8;

    private readonly Dictionary<(string Type, string Id), SearchMatch> _included = [];
    private readonly HashSet<(string Type, string Id)> _seen = [];

    public Result<IReadOnlyList<SearchMatch>> Run(IReadOnlyList<SearchInclude> includes, IReadOnlyList<SearchMatch> matches)
    {
        _seen.UnionWith(matches.Select(NameOf));
        var sources = matches;
        for (var round = 0; round < RoundsMax && sources.Count > 0; round++)
        {
            var found = new List<SearchMatch>();
            foreach (var include in includes.Where(i => round == 0 || i.IsIterated))
            {
                found.AddRange(include.IsReverse ? Referring(include, sources) : Referred(include, sources));
                if (_included.Count > IncludedMax || session.Spent)
                {
                    return Failure.Of(403, "too-costly", "include-too-costly", $"More than {IncludedMax} resources would come along. Ask for fewer matches on a page (_count), or include less.", include.IsReverse ? "_revinclude" : "_include");
                }
            }

            sources = found;
        }

        return _included.Values.ToList();
    }

    private List<SearchMatch> Referred(SearchInclude include, IReadOnlyList<SearchMatch> sources)
    {
        var found = new List<SearchMatch>();
        foreach (var source in sources)
        {
            // A versioned reference is given twice: the version that it names comes along, and the current one where there is none.
            foreach (var target in Included(include, source).OrderBy(t => t.Version is null))
            {
                if (mayLook(target.Type) && !_seen.Contains((target.Type, target.Id)) && Find(target) is { } match)
                {
                    _seen.Add((target.Type, target.Id));
                    Take(match, found);
                }
            }
        }

        return found;
    }

    /// <summary>Of a contained resource that is answered by itself its own references, else those of the match.</summary>
    private static IReadOnlyList<ReferenceTarget> Included(SearchInclude include, SearchMatch source) => source.Contained is [var contained]
        ? SearchReferences.Included(include, contained.Type, contained.Facts.Span)
        : SearchReferences.Included(include, source.Location.Type, source.Facts.Span);

    private SearchMatch? Find(ReferenceTarget target) => target.Version is null ? session.Locate(target.Type, target.Id)
        : int.TryParse(target.Version, NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? session.LocateVersion(target.Type, target.Id, version)
        : null;

    private List<SearchMatch> Referring(SearchInclude include, IReadOnlyList<SearchMatch> sources)
    {
        var found = new List<SearchMatch>();
        var names = sources.Where(s => include.TargetType is null || s.Location.Type == include.TargetType).Select(NameOf).Distinct().ToList();
        foreach (var type in include.SourceType is { } one ? (IReadOnlyList<string>)[one] : SearchReferences.Referrers(settings))
        {
            if (names.Count == 0 || !mayLook(type))
            {
                continue;
            }

            foreach (var match in session.Find(SearchReferences.Referring(type, include.Parameter, names, settings), 0, IncludedMax + 1).Matches)
            {
                if (_seen.Add(NameOf(match)))
                {
                    Take(match, found);
                }
            }
        }

        return found;
    }

    private void Take(SearchMatch match, List<SearchMatch> found)
    {
        _included.Add(NameOf(match), match);
        found.Add(match);
    }

    private static (string Type, string Id) NameOf(SearchMatch match) => (match.Location.Type, match.Location.Id);
}
