using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Index;
using EHealthHub.Records.Reindexing;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>One search, inside one snapshot: candidates from the index, decided by their facts, in the order of their places; what the view hides is no candidate. Opens no body. Used once.</summary>
internal sealed class SearchRun(SqliteReader reader, NationalTokens national, KeyRing keys, Compartments compartments, Opener opener, Parties parties, SearchBudget budget, FixedResources known, SearchGeneration search, RecordView view)
{
    /// <summary>Most compartments that a search over all of them looks into.</summary>
    private const int CompartmentsMax = 20_000;

    /// <summary>Up to so many candidates all are decided on every page, so that every page can tell the total.</summary>
    private const int TotalUpTo = 2_000;

    /// <summary>Most bearers of exact identifiers or ids that a condition is bound to one by one.</summary>
    private const int BearersMax = 16;

    private const int ChunksMax = 256;

    /// <summary>Where some may be hidden, lists are read that are longer by what may be hidden at most: their length tells nothing then.</summary>
    private const int ChunksRestrictedMax = ChunksMax + ((SearchBudget.HiddenMax + Postings.ChunkSlots - 1) / Postings.ChunkSlots);

    private const int CompartmentPage = 256;

    private readonly List<ResourceLocation> _matches = [];
    private List<SearchMatch>? _kept;
    private int _countMax;
    private readonly HashSet<string> _patients = new(StringComparer.Ordinal);
    private readonly List<CompartmentInfo> _homes = [];
    private SearchAsk _ask = null!;
    private CancellationToken _cancellationToken;
    private int _total;
    private bool _totalKnown = true;
    private long _next;
    private long _last;
    private long _lastTaken;
    private DataKeyLease? _lease;
    private (long Compartment, int Epoch) _leased;

    public SearchPage Execute(SearchAsk ask, CancellationToken cancellationToken)
    {
        (_ask, _cancellationToken, _last, _countMax) = (ask, cancellationToken, ask.AfterPosition, ask.Query.Count);
        return Run();
    }

    /// <summary>One step of a larger search: its matches come with their facts.</summary>
    public SearchStep Execute(SearchAsk ask, int countMax, CancellationToken cancellationToken)
    {
        (_ask, _cancellationToken, _last, _countMax, _kept) = (ask, cancellationToken, ask.AfterPosition, countMax, []);
        var page = Run();
        return new SearchStep(_kept, page.Total, page.NextPosition, page.TooCostly);
    }

    private SearchPage Run()
    {
        // Between the parsing of a query and its snapshot the parameters may have changed, and facts with them.
        if (_ask.Query.UsesOwn && _ask.Query.Generation != search.Number)
        {
            throw new RecordsUnavailableException("The search parameters have just been changed.");
        }

        try
        {
            var costly = _ask.AllCompartments ? !SearchEverywhere() : !SearchCompartment();
            return new SearchPage(_matches, _totalKnown && !costly ? _total : null, costly ? 0 : _next, costly, [.. _patients.Order(StringComparer.Ordinal)]);
        }
        finally
        {
            _lease?.Dispose();
        }
    }

    /// <summary>
    /// After the search, in the same snapshot: what its answer rests on. Where exact identifiers or ids drove it, those who bear them, as they are; else the counter of the compartment, and of the institutions whose linked
    /// resources were looked at; over all compartments the head of the store, since a match may come anywhere.
    /// </summary>
    public DecidedOn Decided()
    {
        var bearers = NationalTokensOf(_ask.Query)?.Distinct().Select(t => (Token: t, Places: reader.Places(t, 2).ToArray(), CountMax: 2)).ToList();
        if (bearers is { Count: <= BearersMax } && bearers.TrueForAll(b => b.Places.Length < 2))
        {
            var places = bearers.SelectMany(b => b.Places).Distinct();
            return new DecidedOn { Tokens = bearers, Heads = [.. places.Select(p => (p.Key, p.Slot, reader.Head(p.Key, p.Slot)?.Version ?? 0))] };
        }

        if (_ask.AllCompartments)
        {
            return new DecidedOn { Sequence = reader.LastSequence() };
        }

        var handle = national.Compartment(_ask.Compartment, _ask.CompartmentName ?? "");
        return new DecidedOn { Compartments = [(handle, reader.Counter(handle)), .. _homes.DistinctBy(h => h.Key).Select(h => (h.Handle, reader.Counter(h.Key)))] };
    }

    /// <summary>Gives false when it would cost too much.</summary>
    private bool SearchCompartment()
    {
        if (compartments.Find(reader, _ask.Compartment, _ask.CompartmentName ?? "") is { } compartment && !Decide(CandidatesIn(compartment, out var driven), driven))
        {
            return false;
        }

        DecideFixed();
        return true;
    }

    /// <summary>What is part of the hub itself comes after what is stored. Nothing of it is sealed, and so all of it is decided; unless the stored ones did not come to their end on this page.</summary>
    private void DecideFixed()
    {
        if (_ask.InContained || _ask.Compartment != CompartmentKind.Directory || (_next != 0 && !_totalKnown))
        {
            return;
        }

        var position = FixedResources.PositionFrom;
        foreach (var (location, facts) in known.Of(_ask.Query.Type, search.Asking))
        {
            position++;
            if (!SearchMatcher.Matches(_ask.Query, facts))
            {
                continue;
            }

            _total++;
            if (position <= _ask.AfterPosition || _countMax == 0)
            {
                continue;
            }

            if (_matches.Count == _countMax)
            {
                _next = _next == 0 ? _lastTaken : _next;
                continue;
            }

            _lastTaken = position;
            _matches.Add(location);
            _kept?.Add(new SearchMatch(location, facts, []));
        }
    }

    private bool SearchEverywhere()
    {
        if (NationalCandidates() is { } exact)
        {
            return Decide(exact, driven: true);
        }

        // Every compartment has its own tokens: each is asked in turn, in the order of their making.
        var from = Math.Max(1, Place.Number(_ask.AfterPosition));
        for (var asked = 0; asked < CompartmentsMax;)
        {
            var rows = reader.CompartmentsFrom(from, CompartmentPage);
            foreach (var row in rows)
            {
                var candidates = CandidatesIn(compartments.Open(row), out _);
                if (!Decide(candidates, driven: false))
                {
                    return false;
                }

                if (_next != 0)
                {
                    return true;
                }
            }

            if (rows.Count < CompartmentPage)
            {
                _totalKnown &= _ask.AfterPosition == 0;
                return true;
            }

            asked += rows.Count;
            from = rows[^1].Number + 1;
        }

        return false;
    }

    /// <summary>Decides candidates in order until the page is full and the total known, or a bound is met; false for the bound, when nothing drove the search.</summary>
    private bool Decide(IReadOnlyList<Place> places, bool driven)
    {
        var candidates = new Candidates(places, Seen, Open, budget);
        var decideAll = _ask.CountAll && !_ask.AllCompartments && candidates.AtMost(TotalUpTo);
        _totalKnown &= decideAll || _ask.AfterPosition == 0;
        if (!decideAll)
        {
            candidates.SkipTo(_ask.AfterPosition);
        }

        while (candidates.Next(out var place, out var opened))
        {
            var earlier = place.Position <= _ask.AfterPosition;
            if (earlier && !decideAll)
            {
                continue;
            }

            if (_next != 0 && !decideAll)
            {
                _totalKnown = false;
                return true;
            }

            if (!budget.TryOpen())
            {
                _totalKnown = false;
                _next = _next == 0 ? _last : _next;
                return (_matches.Count == _countMax && _countMax > 0) || driven;
            }

            _cancellationToken.ThrowIfCancellationRequested();
            _last = place.Position;
            if ((opened ?? Open(place)) is { } candidate)
            {
                DecideOne(candidate, earlier);
            }
        }

        return !candidates.Spent;
    }

    /// <summary>The directory is public within the hub.</summary>
    private RecordView Seen => _ask is { Compartment: CompartmentKind.Directory, AllCompartments: false } ? RecordView.Everything : view;

    /// <summary>Opens the facts of a candidate; null for a deletion.</summary>
    private Candidate? Open(Place place)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        var row = reader.Head(place.Compartment.Key, place.Slot) ?? throw new RecordsTamperedException("The index names a slot that is not there", place.Compartment.Key, place.Slot);
        if (row.Deleted)
        {
            return null;
        }

        var submitter = parties.Name(reader, row.Submitter);
        var bytes = opener.FactsBytes(KeyOf(place.Compartment, row.Epoch), place.Compartment, row, submitter);
        if (row.FactsGeneration < search.Required.GetValueOrDefault(_ask.Query.Type) && Opener.ReadHead(row, bytes, out _).Type == _ask.Query.Type)
        {
            throw new RecordsTamperedException("The facts are of a generation that was done away with", row.Key, row.Slot);
        }

        return new Candidate(place, row, submitter, bytes, Masked: false);
    }

    /// <summary>Lets the matcher decide; the encoded form is enough for that.</summary>
    private void DecideOne(in Candidate candidate, bool earlier)
    {
        IReadOnlyList<ContainedMatch> contained = _ask.InContained ? SearchMatcher.MatchesContained(_ask.Query, Opener.Split(candidate.Facts, out _)) : [];
        if (_ask.InContained ? contained.Count == 0 : !SearchMatcher.Matches(_ask.Query, Opener.Split(candidate.Facts, out _)))
        {
            return;
        }

        _total++;
        if (!earlier && _countMax > 0)
        {
            Take(candidate, contained);
        }
    }

    /// <summary>Puts a match on the page, or notes that there is one more than the page holds.</summary>
    private void Take(in Candidate candidate, IReadOnlyList<ContainedMatch> contained)
    {
        if (_matches.Count == _countMax)
        {
            _next = _next == 0 ? _lastTaken : _next;
            return;
        }

        var head = Opener.ReadHead(candidate.Row, candidate.Facts, out var linked);
        _lastTaken = candidate.Place.Position;
        _matches.Add(Locations.From(candidate.Place.Compartment, candidate.Row, candidate.Submitter, head.Type, head.Id));
        _kept?.Add(new SearchMatch(_matches[^1], Opener.Split(candidate.Facts, out _).ToArray(), SearchMatch.PatientsOf(linked, head.PatientId)) { Contained = contained, IsMasked = candidate.Masked });
        _patients.UnionWith(linked);
        if (head.PatientId is { } patient)
        {
            _patients.Add(patient);
        }
    }

    /// <summary>The key of the compartment at hand; candidates come compartment by compartment.</summary>
    private DataKey KeyOf(CompartmentInfo compartment, int epoch)
    {
        if (_lease is null || _leased != (compartment.Key, epoch))
        {
            _lease?.Dispose();
            _lease = keys.Lease(compartment.Key, compartment.Handle, epoch);
            _leased = (compartment.Key, epoch);
        }

        return _lease.Key;
    }

    /// <summary>What contains a resource may be of any type itself.</summary>
    private string TypeOfTokens => _ask.InContained ? "" : _ask.Query.Type;

    /// <summary>By logical id or exact identifier, wherever they lie; null when the query names none.</summary>
    private List<Place>? NationalCandidates()
    {
        return NationalTokensOf(_ask.Query) is not { } tokens ? null : [.. tokens
            .Distinct()
            .SelectMany(t => reader.Places(t, SearchBudget.FactsMax))
            .Distinct()
            .Select(p => new Place(compartments.Get(reader, p.Key), p.Slot, linked: false))
            .OrderBy(p => p.Position)];
    }

    private IEnumerable<UInt128>? NationalTokensOf(SearchQuery query) => _ask.InContained ? null
        : Drivers.Ids(query)?.Select(v => national.Resource(query.Type, v.Text!))
        ?? Drivers.Identifiers(query)?.Select(v => national.Identifier(new IdentifierCondition(query.Type, v.System!, v.Text!)));

    private List<Place> CandidatesIn(CompartmentInfo compartment, out bool driven)
    {
        using var lease = keys.Lease(compartment.Key, compartment.Handle, KeyRing.CurrentEpoch);
        using var tokens = new CompartmentTokens(lease.Key);
        List<Driver> drivers = _ask.InContained ? [new Driver(TokenRules.Contained, [_ask.Query.Type])] : Drivers.Of(_ask.Query, compartment.Kind == CompartmentKind.Directory);
        driven = drivers[0].Parameter.Length > 0;
        var linked = compartment.Kind == CompartmentKind.Patient && !_ask.AllCompartments ? Linked(compartment, tokens, drivers) : [];
        if (NationalCandidates() is { } exact)
        {
            driven = true;
            var elsewhere = linked.Select(p => (p.Compartment.Key, p.Slot)).ToHashSet();
            return [.. exact.Where(p => p.Compartment.Key == compartment.Key), .. exact.Where(p => elsewhere.Contains((p.Compartment.Key, p.Slot)))];
        }

        return [.. Own(compartment, tokens, drivers), .. linked];
    }

    /// <summary>The slots that bear every driver. Lists are short: in a patient's compartment all of them are read.</summary>
    private IEnumerable<Place> Own(CompartmentInfo compartment, CompartmentTokens tokens, List<Driver> drivers)
    {
        List<int>? common = null;
        foreach (var driver in drivers)
        {
            // A list too long to be read whole narrows little; where there is another driver, that one does better.
            if (Slots(compartment, tokens, driver, fromChunk: 0, out var complete) is var slots && complete)
            {
                common = common is null ? slots : Intersect(common, slots);
            }
        }

        if (common is null)
        {
            var after = Place.Number(_ask.AfterPosition) == compartment.Number ? Place.SlotOf(_ask.AfterPosition) : 0;
            common = Slots(compartment, tokens, drivers[0], Postings.ChunkOf(after), out _);
            _totalKnown = false;
        }

        return common.Select(s => new Place(compartment, s, linked: false));
    }

    /// <summary>Slots under any value of a driver, ascending.</summary>
    private List<int> Slots(CompartmentInfo compartment, CompartmentTokens tokens, Driver driver, int fromChunk, out bool complete)
    {
        var slots = new List<int>();
        complete = true;
        foreach (var value in driver.Values)
        {
            complete &= reader.Slots(compartment.Key, tokens.Of(TypeOfTokens, driver.Parameter, value), fromChunk, view.Restricts ? ChunksRestrictedMax : ChunksMax, slots);
        }

        return driver.Values.Count == 1 ? slots : [.. slots.Distinct().Order()];
    }

    /// <summary>Resources of institutions that are about this patient too.</summary>
    private List<Place> Linked(CompartmentInfo compartment, CompartmentTokens tokens, List<Driver> drivers)
    {
        HashSet<(long HomeKey, int Slot)>? common = null;
        foreach (var driver in drivers)
        {
            var places = driver.Values.SelectMany(v => reader.Links(compartment.Key, tokens.Of(TypeOfTokens, driver.Parameter, v))).ToHashSet();
            if (common is null)
            {
                common = places;
            }
            else
            {
                common.IntersectWith(places);
            }
        }

        List<Place> linked = [.. common!.Select(p => new Place(compartments.Get(reader, p.HomeKey), p.Slot, linked: true)).OrderBy(p => p.Position)];
        _homes.AddRange(linked.Select(p => p.Compartment));
        return linked;
    }

    private static List<int> Intersect(List<int> sorted, List<int> other)
    {
        var set = other.ToHashSet();
        return sorted.FindAll(set.Contains);
    }
}
