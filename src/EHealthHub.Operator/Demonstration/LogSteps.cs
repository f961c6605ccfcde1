using System.Globalization;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Tiles;
using EHealthHub.Audit.Verify;
using EHealthHub.Operator.Checking;
using EHealthHub.Operator.Commands;
using EHealthHub.Records;

namespace EHealthHub.Operator.Demonstration;

/// <summary>What the log knows of the story, that it is whole, and that a changed byte shows.</summary>
internal sealed class LogSteps(DemoStage stage)
{
    private static readonly TimeSpan SignedWithin = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private string Origin => HubLayout.AuditOrigin(stage.Hub.Identity, stage.Hub.Layout.LogPeriod(stage.EncounterStart));

    private string Folder => Path.Combine(stage.Hub.Layout.Audit, LogFolder.NameOf(Origin));

    /// <summary>Every kept answer's receipt leads to an entry that says the same.</summary>
    public Task<StepOutcome> HoldsEverything(CancellationToken cancel)
    {
        var reader = LogReader.Open(Folder);
        using var sealer = new VaultEntrySealer(stage.Hub.Vault.Derive(HubLayout.AuditKey(stage.Hub.Layout.LogPeriod(stage.EncounterStart))));
        var shown = new HashSet<string>();
        foreach (var kept in stage.Kept)
        {
            if (IndexOf(kept.Response.Receipt) is not { } index
                || reader.Leaves(index, index + 1).Select(l => EntryEnvelope.Open(sealer, Origin, l.Leaf.Span)).FirstOrDefault() is not { } entry)
            {
                return Task.FromResult(StepOutcome.Broken($"{kept.Claim}: its entry is not in the log (receipt {kept.Response.Receipt})."));
            }

            if (Contradiction(kept, entry) is { } contradiction)
            {
                return Task.FromResult(StepOutcome.Broken($"{kept.Claim}: entry {index} says otherwise: {contradiction}."));
            }

            if (shown.Add(kept.Claim))
            {
                Say.Line(string.Create(CultureInfo.InvariantCulture, $"        entry {index,6}  {entry.Kind,-14} {entry.Institution,-16} {(entry.Person.Length == 0 ? "-" : entry.Person),-10} {entry.Status} {entry.Reason}"));
            }
        }

        var refused = stage.Kept.Count(k => !k.Granted);
        return Task.FromResult(StepOutcome.Holds(
            $"{stage.Kept.Count} answers were looked up in the log by their receipts: {stage.Kept.Count - refused} granted, {refused} refused, each with who, what, whom and why",
            "no answer leaves without its entry, and a refusal is recorded like an access"));
    }

    /// <summary>A receipt is evidence by itself.</summary>
    public async Task<StepOutcome> ProvesAReceipt(CancellationToken cancel)
    {
        var receipt = stage.Kept.First(k => k.Claim == "dr-ayse reads the patient").Response.Receipt!;
        var index = IndexOf(receipt)!.Value;
        var since = stage.Time.GetTimestamp();
        while (true)
        {
            var answer = await stage.Ankara.Get($"/audit/proof?origin={Uri.EscapeDataString(Origin)}&index={index}", null, cancel).ConfigureAwait(false);
            if (answer.IsGood)
            {
                var finding = ProofVerifier.Check(answer.Text, receipt, stage.Hub.Vault.PublicKeyEd25519(HubLayout.CheckpointKey));
                return finding.Holds
                    ? StepOutcome.Holds(
                        $"hospital-ankara fetched the proof of one receipt: entry {index} stands in the signed log of {finding.CheckpointSize} entries",
                        "with a receipt, its proof and the hub's public key anybody can show that the access was recorded; the hub cannot deny it")
                    : StepOutcome.Broken($"The proof of entry {index} does not hold: {finding.Problem}");
            }

            if (stage.Time.GetElapsedTime(since) > SignedWithin)
            {
                return StepOutcome.Broken($"No proof of entry {index} after {SignedWithin.TotalSeconds:0} s: {answer.Summary}");
            }

            await Task.Delay(Look, stage.Time, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The independent checker, while the hub writes on.</summary>
    public Task<StepOutcome> Verifies(CancellationToken cancel)
    {
        string[] kept = [LogReader.Open(Folder).Checkpoint, .. CheckpointKeys.Kept(stage.Hub.Layout)];
        var since = stage.Time.GetTimestamp();
        var reports = LogVerifier.Verify(stage.Hub.Layout.Audit, CheckpointKeys.Of(stage.Hub.Layout), kept, null, cancel);
        var problems = reports.SelectMany(r => r.Problems).ToList();
        return Task.FromResult(problems.Count > 0
            ? StepOutcome.Broken($"The log is not whole: {problems[0].File}, entry {problems[0].Index}: {problems[0].Problem}")
            : StepOutcome.Holds(
                string.Create(CultureInfo.InvariantCulture, $"the log was recomputed from its files: {reports.Sum(r => r.DurableSize)} entries whole, in {stage.Time.GetElapsedTime(since).TotalMilliseconds:0} ms"),
                "nothing in it was changed, dropped or put in another order, and it extends the checkpoint that was kept"));
    }

    /// <summary>One byte of one entry of a copy.</summary>
    public Task<StepOutcome> ShowsAChangedByte(CancellationToken cancel)
    {
        var refusal = stage.Kept.Last(k => !k.Granted);
        var index = IndexOf(refusal.Response.Receipt)!.Value;
        var copy = Path.Combine(stage.Trial, "audit");
        FileCopies.Copy(stage.Hub.Layout.Audit, copy);
        var leaf = LogReader.Open(Path.Combine(copy, LogFolder.NameOf(Origin))).Leaves(index, index + 1).Single().Leaf;
        if (FileCopies.FlipByteOf(Path.Combine(copy, LogFolder.NameOf(Origin), "tile"), leaf.Span) is not { } file)
        {
            return Task.FromResult(StepOutcome.Broken($"Entry {index} stands in no tile of the copied log."));
        }

        var problems = LogVerifier.Verify(copy, CheckpointKeys.Of(stage.Hub.Layout), [], null, cancel).SelectMany(r => r.Problems).ToList();
        var name = Path.GetFileName(file);
        return Task.FromResult(problems.FirstOrDefault(p => p.Index == index || p.File.EndsWith(name, StringComparison.Ordinal)) is { } found
            ? StepOutcome.Holds(
                $"one byte of entry {index} was changed in a copy of the log; the checker: \"{found.File}{(found.Index < 0 ? "" : $", entry {found.Index}")}: {found.Problem}\"",
                "nobody hides a refused access, not even with all the files in hand")
            : StepOutcome.Broken($"One byte of {file} was changed and the checker did not say so ({problems.Count} other problems)."));
    }

    /// <summary>The index in a receipt of this log; null for anything else.</summary>
    private long? IndexOf(string? receipt)
    {
        var parts = receipt?.Split('/');
        return parts is { Length: > 2 } && string.Join('/', parts[..^2]) == Origin && long.TryParse(parts[^2], NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
    }

    private string? Contradiction(KeptAnswer kept, AuditEntry entry)
    {
        if (entry.Person != kept.Person)
        {
            return $"it names {entry.Person}";
        }

        if ((entry.Kind == EntryKind.Refusal) == kept.Granted)
        {
            return $"it is a {entry.Kind}";
        }

        if (!entry.Patients.Contains(stage.Patient!.Id) && entry.Kind is EntryKind.Read or EntryKind.SearchReleased or EntryKind.Refusal)
        {
            return "it does not name the patient";
        }

        return kept.Granted || entry.Reason.Length > 0 ? null : "it gives no reason";
    }
}
