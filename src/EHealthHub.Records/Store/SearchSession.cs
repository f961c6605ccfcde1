using EHealthHub.Fhir.Search;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>
/// One search of several steps, inside one snapshot and one budget, under one receipt. Opens facts, never a body; finds nothing outside its scope, so that no chain or include tells what the scope does not hold; and nothing that the view hides, at any of its steps. Used by one thread at a time.
/// </summary>
public sealed class SearchSession : IDisposable
{
    private readonly SqliteReaders.ReaderLease? _lease;
    private readonly SqliteReader _reader;
    private readonly StoreParts _parts;
    private readonly SearchScope _scope;
    private readonly RecordView _view;
    private readonly SearchBudget _budget = new();
    private readonly CancellationToken _cancellationToken;
    private readonly CompartmentInfo? _home;
    private List<DecidedOn>? _decided;
    private bool _disposed;

    internal SearchSession(SqliteReaders.ReaderLease lease, StoreParts parts, SearchScope scope, RecordView view, CancellationToken cancellationToken)
    {
        _lease = lease;
        _reader = lease.Reader;
        _parts = parts;
        _scope = scope;
        _view = view;
        _cancellationToken = cancellationToken;
        _reader.BeginSnapshot();
        try
        {
            _home = scope.AllCompartments ? null : parts.Compartments.Find(_reader, scope.Compartment, scope.CompartmentName ?? "");
        }
        catch
        {
            _reader.EndSnapshot();
            throw;
        }
    }

    /// <summary>In a snapshot of the caller's, which ends after the session.</summary>
    internal SearchSession(SqliteReader reader, StoreParts parts, SearchScope scope, RecordView view, CancellationToken cancellationToken)
    {
        _reader = reader;
        _parts = parts;
        _scope = scope;
        _view = view;
        _cancellationToken = cancellationToken;
        _home = parts.Compartments.Find(reader, scope.Compartment, scope.CompartmentName ?? "");
    }

    /// <summary>True when the budget is spent: what was found is not all that there is.</summary>
    public bool Spent { get; private set; }

    /// <summary>For the condition of a write: what all answers since <see cref="KeepGrounds"/> rest on, for the commit to carry.</summary>
    public IReadOnlyList<DecidedOn> Decided => _decided ?? throw new InvalidOperationException("The session keeps no grounds.");

    /// <summary>From now on the session keeps what its answers rest on.</summary>
    public void KeepGrounds() => _decided ??= [];

    /// <summary>Resources of the query's type that satisfy its criteria, at most <paramref name="countMax"/> after a position; 0 counts only. Without <paramref name="countAll"/> it ends as soon as it knows that there are more.</summary>
    public SearchStep Find(SearchQuery query, long afterPosition, int countMax, bool countAll = true)
    {
        var ask = CompartmentRule.IsDirectory(query.Type)
            ? new SearchAsk(query, CompartmentKind.Directory, "", afterPosition, false)
            : new SearchAsk(query, _scope.Compartment, _scope.CompartmentName, afterPosition, _scope.AllCompartments);
        if (!CompartmentRule.IsDirectory(query.Type) && _scope is { Compartment: CompartmentKind.Directory, AllCompartments: false })
        {
            return new SearchStep([], 0, 0, false);
        }

        var run = _parts.SearchRun(_reader, _budget, _view);
        var step = run.Execute(ask with { CountAll = countAll }, countMax, _cancellationToken);
        _decided?.Add(run.Decided());
        Spent |= step.TooCostly;
        return step;
    }

    /// <summary>
    /// Resources within the scope that contain one of the query's type which satisfies it, of whatever type they are themselves; with what they contain (<see cref="SearchMatch.Contained"/>). At most <paramref name="countMax"/>.
    /// </summary>
    public SearchStep FindContained(SearchQuery query, int countMax)
    {
        var own = FindContained(new SearchAsk(query, _scope.Compartment, _scope.CompartmentName, 0, _scope.AllCompartments), countMax);
        if (_scope.AllCompartments || _scope.Compartment == CompartmentKind.Directory || own.TooCostly || own.NextPosition != 0)
        {
            return own;
        }

        var directory = FindContained(new SearchAsk(query, CompartmentKind.Directory, "", 0, false), countMax - own.Matches.Count);
        return new SearchStep([.. own.Matches, .. directory.Matches], own.Total + directory.Total, directory.NextPosition, directory.TooCostly);
    }

    private SearchStep FindContained(SearchAsk ask, int countMax)
    {
        var step = _parts.SearchRun(_reader, _budget, _view).Execute(ask with { InContained = true }, countMax, _cancellationToken);
        Spent |= step.TooCostly;
        return step;
    }

    /// <summary>One current resource by its id, when it lies within the scope; null when there is none there, or it was deleted.</summary>
    public SearchMatch? Locate(string type, string id)
    {
        if (_parts.Fixed.Find(type, id) is { } known)
        {
            return Match(known);
        }

        var token = _parts.National.Resource(type, id);
        var rows = _reader.HeadsByToken(token);
        _decided?.Add(new DecidedOn { Tokens = [(token, [.. rows.Select(r => (r.Key, r.Slot))], 2)], Heads = [.. rows.Select(r => (r.Key, r.Slot, r.Version))] });
        return rows is [{ Deleted: false } row] ? Match(row, type, id) : null;
    }

    /// <summary>A given version, which need not be the current one; as <see cref="Locate"/> otherwise. The caller may know of it what may be known of both it and the current one.</summary>
    public SearchMatch? LocateVersion(string type, string id, int version) =>
        _parts.Fixed.Find(type, id) is { } known ? (version == known.Version ? Match(known) : null)
        : _reader.VersionsByToken(_parts.National.Resource(type, id), version) is [{ Deleted: false } row] ? Match(row, type, id) : null;

    private SearchMatch Match(ResourceLocation known) => new(known, _parts.FixedFacts(known), []);

    private SearchMatch? Match(VersionRow row, string type, string id)
    {
        var compartment = _parts.Compartments.Get(_reader, row.Key);
        var submitter = _parts.Parties.Name(_reader, row.Submitter);
        var sight = _parts.Sight(_reader, compartment, row, _view);
        if (sight == Sight.Hide || !TryOpen())
        {
            return null;
        }

        var bytes = _parts.FactsBytes(compartment, row, submitter);
        var opened = Opener.Read(row, bytes);
        if (!InScope(compartment, opened))
        {
            return null;
        }

        bytes = sight == Sight.Mask ? Opener.Masked(compartment, row, bytes) : bytes;
        return new SearchMatch(Locations.From(compartment, row, submitter, type, id), Opener.Split(bytes, out _).ToArray(), SearchMatch.PatientsOf(opened)) { IsMasked = sight == Sight.Mask };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_disposed && _lease is { } lease)
        {
            _disposed = true;
            _reader.EndSnapshot();
            lease.Dispose();
        }
    }

    private bool TryOpen()
    {
        var open = _budget.TryOpen();
        Spent |= !open;
        return open;
    }

    private bool InScope(CompartmentInfo compartment, OpenedFacts opened) =>
        _scope.AllCompartments
        || compartment.Kind == CompartmentKind.Directory
        || compartment.Key == _home?.Key
        || (_scope.Compartment == CompartmentKind.Patient && compartment.Kind == CompartmentKind.Institution && opened.LinkedPatients.Contains(_scope.CompartmentName));
}
