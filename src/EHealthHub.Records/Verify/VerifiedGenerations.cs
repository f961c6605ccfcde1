using EHealthHub.Fhir.Search;
using EHealthHub.Records.Reindexing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Verify;

/// <summary>The generations of search parameters that the database tells of: what facts of each were extracted by, and which facts must have been extracted again.</summary>
internal sealed class VerifiedGenerations
{
    private const string Table = "search_generation";

    private readonly Dictionary<int, SearchSettings> _writing;
    private readonly SearchGeneration _latest;

    private VerifiedGenerations(Dictionary<int, SearchSettings> writing, SearchGeneration latest) => (_writing, _latest) = (writing, latest);

    public static VerifiedGenerations Read(VerifiedDatabase database, GenerationSeal seal, HubIdentity hub, Findings findings)
    {
        var writing = new Dictionary<int, SearchSettings> { [SearchTables.FirstGeneration] = hub.Search };
        var latest = SearchGenerations.Latest(seal, hub, [])!;
        findings.Guard(Table, () =>
        {
            using var rows = database.Prepare(SqliteReader.GenerationsSql);
            var done = SearchTables.FirstGeneration;
            for (var next = SearchTables.FirstGeneration + 1; rows.Step(); next++)
            {
                var row = SqliteReader.ReadGeneration(rows);
                if (row.Number != next)
                {
                    findings.Add(Table, FormattableString.Invariant($"Generation {next} is missing."));
                    next = row.Number;
                }

                if (seal.Open(row) is not { } held)
                {
                    findings.Add(Table, FormattableString.Invariant($"Generation {row.Number} is not what the hub wrote."));
                    continue;
                }

                done = row.State == GenerationRow.Done ? row.Number : done;
                latest = SearchGenerations.Of(row, held, done, hub.Search);
                writing[row.Number] = latest.Writing;
            }
        });
        return new VerifiedGenerations(writing, latest);
    }

    /// <summary>What facts of a generation were extracted with; null for one that is not there.</summary>
    public SearchSettings? Writing(int generation) => _writing.GetValueOrDefault(generation);

    /// <summary>The generation that facts of a current version of a type must have.</summary>
    public int Required(string type) => _latest.Required.GetValueOrDefault(type);
}
