using System.Runtime.InteropServices;
using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Fhir.Writing;
using EHealthHub.Keys.Sealing;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Records.Index;
using EHealthHub.Records.Reindexing;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;

namespace EHealthHub.Records.Store;

/// <summary>Turns an ask into sealed rows and tokens, on the caller's thread and before anything waits for the writer. Thread-safe.</summary>
internal sealed class CommitPreparation(HubIdentity hub, NationalTokens national, KeyRing keys, RecordSealer sealer, Compartments compartments, Parties parties, Opener opener, RequestResults results, Func<SearchGeneration> search)
{
    private const int EntriesMax = 5_000;
    private const int ResultBytesMax = 4 * 1024 * 1024;

    /// <summary><paramref name="anew"/>: it was prepared before, and the facts of what it replaces may have changed since it was located.</summary>
    public PreparedCommit Prepare(SqliteReader reader, CommitAsk ask, LogPosition intent, bool anew)
    {
        Check(ask);
        var generation = search();
        var touched = new Dictionary<UInt128, PreparedCompartment>();
        try
        {
            var time = Microseconds.From(ask.Time);
            var entries = ask.Entries.Select(e => Prepare(reader, ask, e, time, touched, generation, anew)).ToArray();
            var own = ask.Entries.Select(e => $"{e.Type}/{e.Id}").ToHashSet(StringComparer.Ordinal);
            var submitter = parties.Seal(ask.Submitter);
            var request = ask.RequestKey is { } key ? national.Request(key) : (UInt128?)null;
            return new PreparedCommit
            {
                Entries = entries,
                Compartments = touched.Values,
                References = [.. ask.Resolved.Select(r => Reference(r.Key, r.Value, own))],
                Decided = ask.Decided,
                Submitter = submitter.Handle,
                SubmitterName = submitter.Sealed,
                Time = time,
                Origin = Encoding.UTF8.GetBytes(intent.Origin),
                Intent = intent.Index,
                Generation = generation.Number,
                Request = request,
                SealedResult = request is { } token && ask.Result.Length > 0 ? results.Seal(token, ask.Result.Span) : [],
                Bytes = entries.Sum(e => (long)e.Body.Length + e.Facts.Length + 512),
            };
        }
        catch
        {
            foreach (var compartment in touched.Values)
            {
                compartment.Dispose();
            }

            throw;
        }
    }

    private PreparedReference Reference(IdentifierCondition condition, string target, HashSet<string> own)
    {
        var slash = target.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
        {
            throw new ArgumentException($"A resolved reference must be Type/id.", nameof(target));
        }

        return new PreparedReference(national.Identifier(condition), national.Resource(target[..slash], target[(slash + 1)..]), own.Contains(target));
    }

    private PreparedEntry Prepare(SqliteReader reader, CommitAsk ask, WriteEntry entry, long time, Dictionary<UInt128, PreparedCompartment> touched, SearchGeneration generation, bool anew)
    {
        var compartment = Compartment(reader, entry.Compartment, entry.CompartmentName, touched);
        var resource = national.Resource(entry.Type, entry.Id);
        var previous = entry.Replaces?.Row.Hash ?? [];
        var deleted = entry.Resource is null;
        var madeByUpdate = entry is { Action: EntryAction.Update, Replaces: null or { Deleted: true } };
        var at = Microseconds.ToTime(time);
        var facts = Facts(ask, entry, at, generation.Writing);
        var linked = deleted ? [] : entry.LinkedPatients.Distinct(StringComparer.Ordinal).ToArray();
        var json = deleted ? [] : ResourceWriter.Stamp(entry.Resource!, entry.Id, entry.Version, at, ask.References);
        var binding = new RecordBinding
        {
            Hub = hub.Id,
            Compartment = compartment.Handle,
            Version = entry.Version,
            Deleted = deleted,
            MadeByUpdate = madeByUpdate,
            Time = time,
            Epoch = compartment.Key.Epoch,
            Submitter = ask.Submitter,
            Patient = entry.Compartment == CompartmentKind.Patient ? entry.CompartmentName : null,
        };
        var body = sealer.SealBody(compartment.Key, binding, entry.Type, entry.Id, resource, previous, json, entry.Content?.Descriptor);
        var hash = RecordSealer.HashOf(body);
        var (replaced, before) = Before(reader, entry, anew);
        var (tokens, oldTokens) = (Tokens(compartment, facts, deleted), before is null ? [] : Tokens(compartment, before.Facts, deleted: false));
        var (nationals, oldNationals) = (Nationals(facts, deleted), before is null ? [] : Nationals(before.Facts, deleted: false));
        var links = Links(reader, linked, facts, touched);
        // A patient who was erased since has no links left to take out, and no compartment to find them in.
        var oldLinks = before is null ? [] : Links(reader, [.. before.LinkedPatients.Where(p => compartments.Find(reader, CompartmentKind.Patient, p) is not null)], before.Facts, touched);
        return new PreparedEntry
        {
            Compartment = compartment,
            Resource = resource,
            Replaces = replaced is { } row ? (row.Key, row.Slot, row.Version, row.Hash, row.Flags) : null,
            Condition = entry is { Replaces: null, IfNoneExist: { } condition } ? national.Identifier(condition) : null,
            Version = entry.Version,
            Flags = VersionRow.FlagsOf(deleted, madeByUpdate, generation.Number),
            Previous = previous,
            Hash = hash,
            Facts = sealer.SealFacts(compartment.Key, binding, generation.Number, hash, Opener.Encode(facts, linked)),
            Body = body,
            Json = ask.KeepStored ? json : [],
            Content = entry.Content?.Descriptor.Id,
            TokensAdded = [.. tokens.Except(oldTokens)],
            TokensRemoved = [.. oldTokens.Except(tokens)],
            NationalAdded = [.. nationals.Except(oldNationals)],
            NationalRemoved = [.. oldNationals.Except(nationals)],
            LinksAdded = [.. links.Except(oldLinks)],
            LinksRemoved = [.. oldLinks.Except(links)],
        };
    }

    private static SearchFacts Facts(CommitAsk ask, WriteEntry entry, DateTimeOffset at, SearchSettings settings)
    {
        var patient = entry.Compartment == CompartmentKind.Patient ? entry.CompartmentName : null;
        return entry.Resource is { } resource
            ? SearchFacts.Extract(resource, entry.Id, entry.Version, at, ask.Submitter, patient, ask.References, settings)
            : new SearchFacts { Type = entry.Type, Id = entry.Id, Version = entry.Version, LastUpdated = at, Submitter = ask.Submitter, PatientId = patient, Values = [] };
    }

    /// <summary>The row that is replaced, and the facts that the index was last written from; no facts for a create and after a deletion, when there is nothing in it.</summary>
    private (VersionRow? Row, OpenedFacts? Facts) Before(SqliteReader reader, WriteEntry entry, bool anew)
    {
        if (entry.Replaces is not { } replaces)
        {
            return (null, null);
        }

        // Where another version came in between, the commit is a conflict whichever row it names.
        var row = anew && reader.Facts(replaces.Row.Key, replaces.Row.Slot, replaces.Version) is { } now ? now : replaces.Row;
        return (row, replaces.Deleted ? null : opener.Facts(compartments.Get(reader, row.Key), row, parties.Name(reader, row.Submitter)));
    }

    private static HashSet<int> Tokens(PreparedCompartment compartment, SearchFacts facts, bool deleted) =>
        deleted ? [] : TokenSets.Of(compartment.Tokens, facts, compartment.Kind == (int)CompartmentKind.Directory);

    private HashSet<UInt128> Nationals(SearchFacts facts, bool deleted) => deleted ? [] : TokenSets.Identifiers(national, facts);

    private HashSet<(PreparedCompartment, int)> Links(SqliteReader reader, IReadOnlyList<string> patients, SearchFacts facts, Dictionary<UInt128, PreparedCompartment> touched)
    {
        var links = new HashSet<(PreparedCompartment, int)>();
        foreach (var patient in patients)
        {
            var compartment = Compartment(reader, CompartmentKind.Patient, patient, touched);
            links.UnionWith(TokenSets.Of(compartment.Tokens, facts, directory: false).Select(t => (compartment, t)));
        }

        return links;
    }

    private PreparedCompartment Compartment(SqliteReader reader, CompartmentKind kind, string name, Dictionary<UInt128, PreparedCompartment> touched)
    {
        var handle = national.Compartment(kind, name);
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(touched, handle, out var known);
        if (known)
        {
            return slot!;
        }

        touched.Remove(handle); // in case the key cannot be had
        PreparedCompartment made;
        if (compartments.Find(reader, kind, name) is { } info)
        {
            var lease = keys.Lease(info.Key, handle, KeyRing.CurrentEpoch);
            made = new PreparedCompartment(handle, (int)kind, lease.Key, lease, []);
        }
        else
        {
            var key = keys.OpenOrCreate(handle);
            made = new PreparedCompartment(handle, (int)kind, key, key, NameSealer.Seal(key, hub.Id, Compartments.NameLabel, handle, name));
        }

        touched.Add(handle, made);
        return made;
    }

    private void Check(CommitAsk ask)
    {
        if (ask.Entries.Length > EntriesMax || ask.Result.Length > ResultBytesMax || Encoding.UTF8.GetByteCount(ask.Submitter) > RecordBinding.SubmitterMax)
        {
            throw new ArgumentException($"A commit has at most {EntriesMax} entries, a result of {ResultBytesMax} bytes and a submitter of {RecordBinding.SubmitterMax}.", nameof(ask));
        }

        foreach (var entry in ask.Entries)
        {
            var version = entry.Replaces is { } replaces ? replaces.Version + 1 : 1;
            if (entry.Version != version || (entry.Action == EntryAction.Delete) != (entry.Resource is null) || (entry.Replaces is { } r && (r.Type != entry.Type || r.Id != entry.Id)))
            {
                throw new ArgumentException($"The write of {entry.Type}/{entry.Id} contradicts itself: version {entry.Version} where {version} is next, {entry.Action}.", nameof(ask));
            }

            if (entry.Content is { } content && (entry.Resource is null || content.Compartment != national.Compartment(entry.Compartment, entry.CompartmentName)))
            {
                throw new ArgumentException($"The content of {entry.Type}/{entry.Id} is sealed for another compartment, or belongs to nothing.", nameof(ask));
            }
        }
    }
}
