using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Reindexing;

/// <summary>
/// The hub's own search parameters in force, and the re-indexing that brings them there. New versions have facts of the present generation from the moment that it is stored: a commit prepared for an older one is prepared again. What is
/// stored follows step by step, each step in one transaction with the place where the next one begins, so that a crash costs one step at most. Until then a parameter is refused by name. Thread-safe; steps are taken one at a time.
/// </summary>
public sealed class SearchGenerations : IDisposable
{
    /// <summary>Most own parameters.</summary>
    public const int ParametersMax = 500;

    /// <summary>Highest generation: what the flags of a version have room for.</summary>
    public const int NumberMax = 0x7FFF;

    private readonly StoreParts _parts;
    private readonly SqliteReaders _readers;
    private readonly SqliteCommitQueue _queue;
    private readonly SemaphoreSlim _turn = new(1, 1);

    internal SearchGenerations(StoreParts parts, SqliteReaders readers, SqliteCommitQueue queue, HubIdentity hub, IReadOnlyList<GenerationRow> rows)
    {
        (_parts, _readers, _queue) = (parts, readers, queue);
        _parts.Search = Latest(_parts.GenerationSeal, hub, rows) ?? throw new RecordsTamperedException("The table of search generations is not what the hub wrote");
        Row = rows.Count == 0 ? null : rows[^1];
    }

    /// <summary>What queries are parsed with: R4's parameters and the hub's own that are in force. Those that are not yet are refused by name.</summary>
    public SearchSettings Asking => _parts.Search.Asking;

    /// <summary>The present generation.</summary>
    public int Number => _parts.Search.Number;

    /// <summary>True while facts have to be extracted again.</summary>
    public bool IsRunning => !_parts.Search.IsDone;

    /// <summary>Resources whose facts were extracted again for the present generation.</summary>
    public long Resources => _parts.Search.Position.Resources;

    /// <summary>The hub's own parameters.</summary>
    public IReadOnlyList<SearchParameterState> Parameters => [.. _parts.Search.Held.Select(h => new SearchParameterState(h.Definition.Id, h.Parameter.Url, h.Parameter.Code, h.Since <= _parts.Search.LastDone))];

    private GenerationRow? Row { get; set; }

    /// <summary>How far the re-indexing is.</summary>
    public async ValueTask<ReindexProgress> Progress(CancellationToken cancellationToken)
    {
        var state = _parts.Search;
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        var all = lease.Reader.LastCompartmentNumber();
        return new ReindexProgress(state.Number, !state.IsDone, state.IsDone ? all : Math.Min(all, state.Position.Compartment - 1), all, state.Position.Resources);
    }

    /// <summary>
    /// These are the active definitions now; the set that was there before is no longer. True when that is a new generation. A parameter that is taken away is out of force at once; one that is new or extracts otherwise is in force when the
    /// re-indexing has been through. Definitions are compiled before they are stored in the directory; one that cannot be is passed over here.
    /// They are asked for when it is this change's turn: of two at once the later one tells of both.
    /// </summary>
    public async ValueTask<bool> Change(Func<IEnumerable<SearchDefinition>> definitions, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var state = _parts.Search;
            var compiled = GenerationSeal.Compile(definitions().Take(ParametersMax));
            var known = state.Held.ToDictionary(h => h.Definition.Id, StringComparer.Ordinal);
            if (compiled.Count == known.Count && compiled.TrueForAll(c => known.TryGetValue(c.Definition.Id, out var k) && k.Parameter.Extraction == c.Parameter.Extraction && k.Parameter.Url == c.Parameter.Url))
            {
                return false;
            }

            var number = state.Number + 1;
            if (number > NumberMax)
            {
                throw new RecordsUnavailableException($"The search parameters were changed {NumberMax} times; there is no further generation.");
            }

            var held = compiled.Select(c => new HeldParameter(known.TryGetValue(c.Definition.Id, out var k) && k.Parameter.Extraction == c.Parameter.Extraction ? k.Since : number, c.Definition, c.Parameter)).ToList();
            var isDone = held.TrueForAll(h => h.Since <= state.LastDone);
            await Store(_parts.GenerationSeal.Row(number, isDone, held), isNew: true, []).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The next versions to be extracted again, at most <paramref name="countMax"/>; null when there is nothing left to do. Opens nothing but names of compartments.</summary>
    public async ValueTask<ReindexAsk?> Next(int countMax, CancellationToken cancellationToken)
    {
        var state = _parts.Search;
        if (state.IsDone)
        {
            return null;
        }

        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        lease.Reader.BeginSnapshot();
        try
        {
            return _parts.Reindexing.Find(lease.Reader, state, countMax, cancellationToken);
        }
        finally
        {
            lease.Reader.EndSnapshot();
        }
    }

    /// <summary>Opens what was found and makes its facts anew; writes nothing.</summary>
    public async ValueTask<ReindexBatch> Extract(ReindexAsk ask, AuditReceipt receipt, CancellationToken cancellationToken)
    {
        receipt.Use(ask.Hash());
        using var lease = await _readers.Rent(cancellationToken).ConfigureAwait(false);
        lease.Reader.BeginSnapshot();
        try
        {
            return _parts.Reindexing.Extract(lease.Reader, ask, cancellationToken);
        }
        finally
        {
            lease.Reader.EndSnapshot();
        }
    }

    /// <summary>Writes the new facts, but where another version came in between, and notes how far it is.</summary>
    public ValueTask Apply(ReindexBatch batch, AuditReceipt receipt)
    {
        receipt.Use(batch.Hash());
        return Advance(batch.Generation, batch.Next, batch.IsLast, batch.Versions);
    }

    /// <summary>Notes that there was nothing to do up to here.</summary>
    public ValueTask Pass(ReindexAsk ask) => ask.Count == 0 ? Advance(ask.Generation, ask.Next, ask.IsLast, []) : throw new ArgumentException("There is something to do.", nameof(ask));

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>The state that the rows tell of; null where one is not what the hub wrote.</summary>
    internal static SearchGeneration? Latest(GenerationSeal seal, HubIdentity hub, IReadOnlyList<GenerationRow> rows)
    {
        if (rows.Count == 0)
        {
            return new SearchGeneration(SearchTables.FirstGeneration, true, [], SearchTables.FirstGeneration, default, hub.Search);
        }

        var done = rows.LastOrDefault(r => r.State == GenerationRow.Done)?.Number ?? SearchTables.FirstGeneration;
        return seal.Open(rows[^1]) is { } held ? Of(rows[^1], held, done, hub.Search) : null;
    }

    internal static SearchGeneration Of(GenerationRow row, System.Collections.Immutable.ImmutableArray<HeldParameter> held, int done, SearchSettings settings) =>
        new(row.Number, row.State == GenerationRow.Done, held, done, new ReindexPosition(row.Compartment, row.Slot, row.Resources), settings with { Tables = SearchTables.Base });

    private async ValueTask Advance(SearchGeneration generation, ReindexPosition next, bool isLast, IReadOnlyList<ReindexedVersion> versions)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            // The parameters changed meanwhile: the new generation looks at everything itself.
            if (ReferenceEquals(generation, _parts.Search))
            {
                await Store(_parts.GenerationSeal.At(Row!, next, isLast), isNew: false, versions).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Stores the row with what belongs to it, and takes it over. Once begun it is brought to its end.</summary>
    private async ValueTask Store(GenerationRow row, bool isNew, IReadOnlyList<ReindexedVersion> versions)
    {
        var state = _parts.Search;
        await _queue.Enqueue(new GenerationJob(row, isNew, versions)).ConfigureAwait(false);
        Row = row;
        _parts.Search = isNew
            ? Of(row, _parts.GenerationSeal.Open(row)!.Value, state.LastDone, state.Writing)
            : new SearchGeneration(row.Number, row.State == GenerationRow.Done, state.Held, state.LastDone, new ReindexPosition(row.Compartment, row.Slot, row.Resources), state.Writing);
    }
}
