using EHealthHub.Fhir.Search;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>A resource that is read in order to decide.</summary>
/// <param name="Facts">Its facts, with who submitted it.</param>
/// <param name="Json">Its body.</param>
public sealed record DecidingResource(SearchFacts Facts, ReadOnlyMemory<byte> Json);

/// <summary>
/// What of one patient's record may be read in order to decide who may know the rest: the one exception to the receipt, and a list. Facts of the resources that relationships rest on; bodies only of those that say in words what holds. Lives as
/// long as the making of what is known; every resource is as it was in one snapshot.
/// </summary>
public sealed class PatientSource
{
    /// <summary>Most resources of one type that are looked at.</summary>
    public const int OfTypeMax = 20_000;

    private static readonly HashSet<string> Types = new(StringComparer.Ordinal) { "Patient", "Encounter", "ServiceRequest", "EpisodeOfCare", "Consent", "RelatedPerson", "Coverage", "Claim" };
    private static readonly HashSet<string> Opened = new(StringComparer.Ordinal) { "Consent", "RelatedPerson", "Coverage", "Claim" };

    private readonly SqliteReader _reader;
    private readonly CompartmentInfo _compartment;
    private readonly CompartmentTokens _tokens;
    private readonly Opener _opener;
    private readonly Parties _parties;

    internal PatientSource(SqliteReader reader, DirectorySource directory, CompartmentInfo compartment, CompartmentTokens tokens, Opener opener, Parties parties)
    {
        _reader = reader;
        Directory = directory;
        _compartment = compartment;
        _tokens = tokens;
        _opener = opener;
        _parties = parties;
    }

    /// <summary>Logical id of the patient.</summary>
    public string PatientId => _compartment.Name;

    /// <summary>True once more resources of a type were there than are looked at: what was told is not all.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The facts of the current resources of a type in the patient's compartment.</summary>
    public IEnumerable<SearchFacts> Of(string type) => Types.Contains(type) ? Rows(type).Select(r => r.Facts) : throw new ArgumentException($"{type} decides nothing.", nameof(type));

    /// <summary>With their bodies, of those whose facts are asked for.</summary>
    public IEnumerable<DecidingResource> Open(string type, Func<SearchFacts, bool> which) => Opened.Contains(type)
        ? Rows(type).Where(r => which(r.Facts)).Select(r => new DecidingResource(r.Facts, Body(r.Row, r.Facts)))
        : throw new ArgumentException($"{type} is not opened in order to decide.", nameof(type));

    /// <summary>The directory, for whom the patient's resources name.</summary>
    public DirectorySource Directory { get; }

    private IEnumerable<(VersionRow Row, SearchFacts Facts)> Rows(string type)
    {
        var slots = new List<int>();
        _reader.Slots(_compartment.Key, _tokens.Of(type, "", ""), 0, int.MaxValue, slots);
        IsCut |= slots.Count > OfTypeMax;
        foreach (var slot in slots.Take(OfTypeMax))
        {
            var row = _reader.Head(_compartment.Key, slot) ?? throw new RecordsTamperedException("The index names a slot that is not there", _compartment.Key, slot);
            var facts = _opener.Facts(_compartment, row, _parties.Name(_reader, row.Submitter)).Facts;
            if (facts.Type == type && !row.Deleted)
            {
                yield return (row, facts);
            }
        }
    }

    private byte[] Body(VersionRow row, SearchFacts facts)
    {
        var whole = _reader.Version(row.Key, row.Slot, row.Version) ?? throw new RecordsTamperedException("A version is gone", row.Key, row.Slot);
        return _opener.Body(_compartment.Handle, _compartment.Patient, whole, facts.Submitter, facts.Type, facts.Id, out _);
    }
}
