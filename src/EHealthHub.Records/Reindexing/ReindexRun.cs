using System.Security.Cryptography;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Index;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Sqlite;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Reindexing;

/// <summary>Finds versions whose facts are older than a generation wants, and makes their facts and index anew from their bodies. Changes nothing. Thread-safe.</summary>
internal sealed class ReindexRun(NationalTokens national, KeyRing keys, RecordSealer sealer, Compartments compartments, Parties parties, Opener opener)
{
    private const int CompartmentPage = 256;
    private const int HeadsMax = 2_000;
    private const long BodyBytesMax = 8 * 1024 * 1024;

    private static readonly FhirLimits Limits = new() { BytesMax = Compression.ContentMax };

    /// <summary>The next versions from the generation's position on, at most <paramref name="countMax"/>; may be none while there is more to look at.</summary>
    public ReindexAsk Find(SqliteReader reader, SearchGeneration generation, int countMax, CancellationToken cancellationToken)
    {
        var (places, looked, position) = (new List<(CompartmentInfo, VersionRow)>(), 0, generation.Position);
        var rows = reader.CompartmentsFrom(position.Compartment, CompartmentPage);
        foreach (var row in rows)
        {
            var compartment = compartments.Open(row);
            var after = row.Number == position.Compartment ? position.Slot : 0;
            foreach (var (slot, wanted) in Slots(reader, compartment, generation, after))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (places.Count == countMax || looked++ == HeadsMax)
                {
                    return new ReindexAsk(generation, position, false, places);
                }

                position = position with { Compartment = row.Number, Slot = slot };
                var head = reader.Head(compartment.Key, slot) ?? throw new RecordsTamperedException("The index names a slot that is not there", compartment.Key, slot);
                if (!head.Deleted && head.FactsGeneration < wanted)
                {
                    places.Add((compartment, head));
                }
            }

            position = position with { Compartment = row.Number + 1, Slot = 0 };
        }

        return new ReindexAsk(generation, position, rows.Count < CompartmentPage, places);
    }

    /// <summary>Opens facts and bodies, and extracts and seals again. Bodies of some megabytes in all end a batch early; what is left comes with the next one.</summary>
    public ReindexBatch Extract(SqliteReader reader, ReindexAsk ask, CancellationToken cancellationToken)
    {
        var versions = new List<ReindexedVersion>(ask.Count);
        var (bytes, position) = (0L, ask.Generation.Position);
        foreach (var (compartment, row) in ask.Places)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (bytes > BodyBytesMax)
            {
                return new ReindexBatch(ask.Generation, position with { Resources = ask.Generation.Position.Resources + versions.Count }, false, versions);
            }

            position = position with { Compartment = compartment.Number, Slot = row.Slot };

            // Another version may have come since: its facts are of this generation.
            if (reader.Version(row.Key, row.Slot, row.Version) is { } whole && reader.Head(row.Key, row.Slot)?.Version == row.Version && Extract(reader, ask.Generation, compartment, whole) is { } made)
            {
                versions.Add(made);
                bytes += whole.Body.Length;
            }
        }

        return new ReindexBatch(ask.Generation, ask.Next with { Resources = ask.Generation.Position.Resources + versions.Count }, ask.IsLast, versions);
    }

    /// <summary>Slots of the types whose facts may be too old, with the generation that they must have.</summary>
    private IEnumerable<(int Slot, int Wanted)> Slots(SqliteReader reader, CompartmentInfo compartment, SearchGeneration generation, int after)
    {
        var wanted = new SortedDictionary<int, int>();
        using var lease = keys.Lease(compartment.Key, compartment.Handle, KeyRing.CurrentEpoch);
        using var tokens = new CompartmentTokens(lease.Key);
        var slots = new List<int>();
        foreach (var (type, since) in generation.Wanted)
        {
            slots.Clear();
            reader.Slots(compartment.Key, tokens.Of(type, "", ""), Postings.ChunkOf(after + 1), int.MaxValue, slots);
            foreach (var slot in slots)
            {
                wanted[slot] = Math.Max(since, wanted.GetValueOrDefault(slot));
            }
        }

        return wanted.Where(w => w.Key > after).Select(w => (w.Key, w.Value));
    }

    private ReindexedVersion? Extract(SqliteReader reader, SearchGeneration generation, CompartmentInfo compartment, VersionRow row)
    {
        var submitter = parties.Name(reader, row.Submitter);
        var before = opener.Facts(compartment, row, submitter);
        var old = before.Facts;
        if (row.FactsGeneration >= generation.Wanted.GetValueOrDefault(old.Type))
        {
            return null;
        }

        var body = opener.Body(compartment.Handle, compartment.Patient, row, submitter, old.Type, old.Id, out _);
        if (!FhirReader.Read(body, Limits).Try(out var resource, out _))
        {
            throw new RecordsTamperedException("The body cannot be read", row.Key, row.Slot);
        }

        SearchFacts facts;
        using (resource)
        {
            facts = SearchFacts.Extract(resource, old.Id, row.Version, Microseconds.ToTime(row.Time), submitter, old.PatientId, null, generation.Writing);
        }

        using var lease = keys.Lease(compartment.Key, compartment.Handle, row.Epoch);
        var sealedFacts = sealer.SealFacts(lease.Key, opener.Binding(compartment.Handle, compartment.Patient, row, submitter), generation.Number, row.Hash, Opener.Encode(facts, before.LinkedPatients));
        using var current = keys.Lease(compartment.Key, compartment.Handle, KeyRing.CurrentEpoch);
        using var tokens = new CompartmentTokens(current.Key);
        var directory = compartment.Kind == CompartmentKind.Directory;
        var (added, removed) = Changes(TokenSets.Of(tokens, old, directory), TokenSets.Of(tokens, facts, directory));
        var (nationalAdded, nationalRemoved) = Changes(TokenSets.Identifiers(national, old), TokenSets.Identifiers(national, facts));
        var (linksAdded, linksRemoved) = Changes(Links(reader, before.LinkedPatients, old), Links(reader, before.LinkedPatients, facts));
        return new ReindexedVersion(row.Key, row.Slot, row.Version, row.Hash, row.Flags, row.FlagsWith(generation.Number), sealedFacts, SHA256.HashData(row.Facts), SHA256.HashData(sealedFacts))
        {
            TokensAdded = added,
            TokensRemoved = removed,
            NationalAdded = nationalAdded,
            NationalRemoved = nationalRemoved,
            LinksAdded = linksAdded,
            LinksRemoved = linksRemoved,
        };
    }

    private HashSet<(long Patient, int Token)> Links(SqliteReader reader, IReadOnlyList<string> patients, SearchFacts facts)
    {
        var links = new HashSet<(long, int)>();
        foreach (var patient in patients)
        {
            var compartment = compartments.Find(reader, CompartmentKind.Patient, patient) ?? throw new RecordsTamperedException("The compartment of a patient that a resource is about is missing");
            using var lease = keys.Lease(compartment.Key, compartment.Handle, KeyRing.CurrentEpoch);
            using var tokens = new CompartmentTokens(lease.Key);
            links.UnionWith(TokenSets.Of(tokens, facts, directory: false).Select(t => (compartment.Key, t)));
        }

        return links;
    }

    private static (T[] Added, T[] Removed) Changes<T>(HashSet<T> before, HashSet<T> after) => ([.. after.Except(before)], [.. before.Except(after)]);
}
