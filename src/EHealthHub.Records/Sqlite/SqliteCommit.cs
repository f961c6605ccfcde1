using System.Runtime.InteropServices;
using EHealthHub.Records.Sealing;
using EHealthHub.Records.Store;

namespace EHealthHub.Records.Sqlite;

/// <summary>
/// Applies one prepared commit inside its savepoint: asks every condition again, gives slots, writes versions, index, manifests and the commit's row. Anything but <see cref="CommitStatus.Committed"/> is undone by the caller.
/// </summary>
internal sealed class SqliteCommit(SqliteRows rows, CommitSeal seal)
{
    private readonly Dictionary<UInt128, (CompartmentRow Row, bool New)> _compartments = [];
    private readonly IndexChanges _index = new(rows);

    public CommitResult Apply(PreparedCommit commit)
    {
        if (commit.Request is { } request && rows.ResultOf(request) is { } first)
        {
            return new CommitResult(CommitStatus.Repeated, 0, default, -1, first);
        }

        if (commit.Generation != rows.Generation())
        {
            return Stale(commit);
        }

        if (!Stand(commit.Decided) || !Hold(commit.References, own: false))
        {
            return Conflict(-1);
        }

        var submitter = rows.Party(commit.Submitter, commit.SubmitterName);
        var hashes = new byte[commit.Entries.Count * 32];
        for (var i = 0; i < commit.Entries.Count; i++)
        {
            if (!TryWrite(commit.Entries[i], commit.Time, submitter, out var isStale))
            {
                return isStale ? Stale(commit) : Conflict(i);
            }

            commit.Entries[i].Hash.CopyTo(hashes, i * 32);
        }

        if (!Hold(commit.References, own: true))
        {
            return Conflict(-1);
        }

        _index.WriteChunks();
        WriteManifests(commit);
        var sequence = rows.LastSequence() + 1;
        var log = rows.Log(commit.Origin);
        rows.AddCommit(sequence, log, commit, hashes, seal.Mac(sequence, commit.Origin, commit.Intent, commit.Request, hashes, commit.SealedResult));
        return new CommitResult(CommitStatus.Committed, sequence, hashes, -1, default);
    }

    private static CommitResult Conflict(int entry) => new(CommitStatus.Conflict, 0, default, entry, default);

    /// <summary>The search parameters or the facts of what it replaces changed since it was prepared: nothing of what the caller asked for has.</summary>
    private static CommitResult Stale(PreparedCommit commit)
    {
        commit.IsStale = true;
        return Conflict(-1);
    }

    /// <summary>Whether what conditions were decided on is still so. Asked before this commit writes: its own changes are no one else's.</summary>
    private bool Stand(IReadOnlyList<DecidedOn> decided)
    {
        foreach (var ground in decided)
        {
            if (ground.Sequence >= 0 && rows.LastSequence() != ground.Sequence)
            {
                return false;
            }

            foreach (var (handle, counter) in ground.Compartments)
            {
                if (rows.Counter(handle) != counter)
                {
                    return false;
                }
            }

            foreach (var (key, slot, version) in ground.Heads)
            {
                if (rows.Head(key, slot)?.Version != version)
                {
                    return false;
                }
            }

            foreach (var (token, places, countMax) in ground.Tokens)
            {
                if (!CollectionsMarshal.AsSpan(rows.Places(token, countMax)).SequenceEqual(places))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool Hold(IReadOnlyList<PreparedReference> references, bool own)
    {
        foreach (var reference in references)
        {
            if (reference.Own != own)
            {
                continue;
            }

            var bearers = rows.Places(reference.Condition);
            if (bearers.Count != 1 || !rows.Places(reference.Target).Contains(bearers[0]))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryWrite(PreparedEntry entry, long time, int submitter, out bool isStale)
    {
        isStale = false;
        var compartment = Compartment(entry.Compartment);
        if (entry.Condition is { } condition && rows.Places(condition).Count > 0)
        {
            return false;
        }

        int slot;
        if (entry.Replaces is { } replaces)
        {
            if (replaces.Key != compartment.Key || rows.Head(replaces.Key, replaces.Slot) is not { } head || head.Version != replaces.Version || !head.Hash.AsSpan().SequenceEqual(replaces.Hash))
            {
                return false;
            }

            // The index is changed from what those facts asked for.
            if (head.Flags != replaces.Flags)
            {
                isStale = true;
                return false;
            }

            slot = replaces.Slot;
        }
        else
        {
            if (rows.Places(entry.Resource).Count > 0)
            {
                return false;
            }

            slot = compartment.NextSlot++;
            rows.AddNational(entry.Resource, compartment.Key, slot);
        }

        rows.AddVersion(compartment.Key, slot, entry, time, submitter);
        if (entry.Content is { } content)
        {
            rows.AddContent(compartment.Key, slot, entry.Version, content);
        }

        entry.Compartment.Manifest.Add(compartment.Contents, slot, entry.Version, entry.Hash);
        WriteIndex(entry, compartment.Key, slot);
        return true;
    }

    private void WriteIndex(PreparedEntry entry, long key, int slot)
    {
        foreach (var token in entry.NationalRemoved)
        {
            rows.RemoveNational(token, key, slot);
        }

        foreach (var token in entry.NationalAdded)
        {
            rows.AddNational(token, key, slot);
        }

        foreach (var token in entry.TokensRemoved)
        {
            _index.Note(key, token, slot, add: false);
        }

        foreach (var token in entry.TokensAdded)
        {
            _index.Note(key, token, slot, add: true);
        }

        foreach (var (patient, token) in entry.LinksRemoved)
        {
            rows.RemoveLink(Compartment(patient).Key, token, key, slot);
        }

        foreach (var (patient, token) in entry.LinksAdded)
        {
            rows.AddLink(Compartment(patient).Key, token, key, slot);
        }
    }

    /// <summary>The row of a compartment, made where it is missing; its MAC is checked before anything is built on it.</summary>
    private CompartmentRow Compartment(PreparedCompartment compartment)
    {
        if (_compartments.TryGetValue(compartment.Handle, out var known))
        {
            return known.Row;
        }

        var row = rows.FindCompartment(compartment.Handle);
        if (row is not null && !compartment.Manifest.Holds(row))
        {
            throw new RecordsTamperedException("The compartment's manifest is not what the hub wrote", row.Key, -1);
        }

        _compartments.Add(compartment.Handle, (row ?? NewRow(compartment), row is null));
        return _compartments[compartment.Handle].Row;
    }

    private CompartmentRow NewRow(PreparedCompartment compartment)
    {
        var key = (long)(ulong)(compartment.Handle >> 64);
        while (rows.KeyTaken(key) || _compartments.Values.Any(c => c.Row.Key == key))
        {
            key++;
        }

        var number = rows.LastCompartmentNumber() + 1 + _compartments.Values.Count(c => c.New);
        return new CompartmentRow { Key = key, Number = number, Handle = compartment.Handle, Kind = compartment.Kind, Name = compartment.SealedName, NextSlot = 1, Contents = new byte[32], Mac = [] };
    }

    private void WriteManifests(PreparedCommit commit)
    {
        foreach (var compartment in commit.Compartments)
        {
            if (!_compartments.TryGetValue(compartment.Handle, out var touched))
            {
                continue;
            }

            touched.Row.Counter++;
            var mac = compartment.Manifest.Mac(touched.Row);
            if (touched.New)
            {
                rows.AddCompartment(touched.Row, mac);
            }
            else
            {
                rows.SetCompartment(touched.Row, mac);
            }
        }
    }
}
