using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>Who bears an exact identifier. The token finds, the facts confirm: an index that points to somebody else is damage, not an answer.</summary>
internal sealed class IdentifierLookup(SqliteReader reader, NationalTokens national, Compartments compartments, Opener opener, Parties parties)
{
    /// <summary>None, one, or two for "many".</summary>
    public IReadOnlyList<string> Find(IdentifierCondition condition) => Decide(condition).Ids;

    /// <summary>With the places that bear the identifier's token; at most <paramref name="countMax"/>.</summary>
    public (IReadOnlyList<string> Ids, DecidedOn Decided) Decide(IdentifierCondition condition, int countMax = 2)
    {
        reader.BeginSnapshot();
        try
        {
            var token = national.Identifier(condition);
            var places = reader.Places(token, countMax).ToArray();
            return ([.. places.Select(p => IdAt(p.Key, p.Slot, condition))], new DecidedOn { Tokens = [(token, places, countMax)] });
        }
        finally
        {
            reader.EndSnapshot();
        }
    }

    private string IdAt(long key, int slot, IdentifierCondition condition)
    {
        var row = reader.Head(key, slot) ?? throw new RecordsTamperedException("The index names a slot that is not there", key, slot);
        var facts = opener.Facts(compartments.Get(reader, key), row, parties.Name(reader, row.Submitter)).Facts;
        var bears = !row.Deleted && facts.Type == condition.Type && facts.Of("identifier").Any(f => f.Kind == FactKind.Token && f.Text == condition.Value && (f.System ?? "") == condition.System);
        return bears ? facts.Id : throw new RecordsTamperedException("The index names somebody who does not bear the identifier", key, slot);
    }
}
