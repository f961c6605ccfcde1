using System.Globalization;
using EHealthHub.Exchange.Search;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Exchange.Operations;

/// <summary><c>Observation/$lastn</c> (R4 Observation-lastn): of a patient's observations the newest of each code. A search like any other, put in order and cut.</summary>
public sealed class FetchLast
{
    private const string Interaction = "$lastn";
    private const string Type = "Observation";
    private const int MostMax = 100;

    private readonly SearchRecords _search;

    internal FetchLast(SearchRecords search) => _search = search;

    /// <summary>The act; <c>max</c> says how many of each code, one where it is not given.</summary>
    public ValueTask<ActResult> Execute(ActContext context, IReadOnlyList<KeyValuePair<string, string>> parameters, bool strict, CancellationToken cancellationToken)
    {
        var most = 1;
        foreach (var (_, value) in parameters.Where(p => p.Key == "max"))
        {
            if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out most) || most is < 1 or > MostMax)
            {
                return Refuse(context, Failure.Of(400, "invalid", "parameter-invalid", $"max is a number from 1 to {MostMax}.", "max"), cancellationToken);
            }
        }

        if (parameters.FirstOrDefault(p => p.Key.Split(':')[0] is "_sort" or "_include" or "_revinclude") is { Key: { } key })
        {
            return Refuse(context, Failure.Of(400, "not-supported", "parameter-invalid", "$lastn has an order of its own and includes nothing.", key.Length <= 64 ? key : key[..64]), cancellationToken);
        }

        if (!SearchQuery.Parse(Type, [.. parameters.Where(p => p.Key != "max"), new("_sort", "-date")], strict, _search.Settings).Try(out var query, out var failure))
        {
            return Refuse(context, failure, cancellationToken);
        }

        var form = new SearchForm(Interaction, $"{Type}/{Interaction}", [query]) { LastOfCode = most, Used = [.. query.Used.Where(u => u.Key != "_sort"), .. parameters.Where(p => p.Key == "max").Take(1)] };
        return _search.Run(context, form, cancellationToken);
    }

    private ValueTask<ActResult> Refuse(ActContext context, Failure failure, CancellationToken cancellationToken) => _search.Refuse(context, Interaction, Type, failure, cancellationToken);
}
