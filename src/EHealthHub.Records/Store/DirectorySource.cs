using EHealthHub.Fhir.Search;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>Facts of the directory, which is public within the hub, read in order to decide: who is meant by a reference. Lives as long as the question; each is read once.</summary>
public sealed class DirectorySource
{
    private readonly Dictionary<(string Type, string Id), SearchFacts?> _found = [];
    private readonly SqliteReader _reader;
    private readonly NationalTokens _national;
    private readonly Compartments _compartments;
    private readonly Opener _opener;
    private readonly Parties _parties;

    internal DirectorySource(SqliteReader reader, NationalTokens national, Compartments compartments, Opener opener, Parties parties)
    {
        _reader = reader;
        _national = national;
        _compartments = compartments;
        _opener = opener;
        _parties = parties;
    }

    /// <summary>The facts of a current directory resource, with who submitted it; null where there is none.</summary>
    public SearchFacts? Find(string type, string id)
    {
        if (!CompartmentRule.IsDirectory(type))
        {
            throw new ArgumentException($"{type} is not of the directory.", nameof(type));
        }

        if (!_found.TryGetValue((type, id), out var facts))
        {
            facts = _reader.HeadsByToken(_national.Resource(type, id)) is [{ Deleted: false } row] && _compartments.Get(_reader, row.Key) is { Kind: CompartmentKind.Directory } directory
                ? _opener.Facts(directory, row, _parties.Name(_reader, row.Submitter)).Facts
                : null;
            _found[(type, id)] = facts;
        }

        return facts;
    }
}
