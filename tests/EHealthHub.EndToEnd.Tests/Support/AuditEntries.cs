using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Tiles;
using EHealthHub.Operator.Checking;
using EHealthHub.Operator.Preparing;
using EHealthHub.Records;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>The log's entries, opened with the hub's own key.</summary>
internal static class AuditEntries
{
    public static List<AuditEntry> All(HubLayout layout)
    {
        using var hub = OpenedHub.Open(layout.Root, out var fault);
        Assert.True(hub is not null, fault);
        var entries = new List<AuditEntry>();
        foreach (var folder in LogReader.FoldersIn(layout.Audit))
        {
            var reader = LogReader.Open(folder);
            using var sealer = new VaultEntrySealer(hub.Vault.Derive(HubLayout.AuditKey(LogReplay.PeriodOf(reader.Origin))));
            foreach (var (_, leaf) in reader.Leaves(0, reader.Size))
            {
                entries.Add(EntryEnvelope.Open(sealer, reader.Origin, leaf.Span) ?? throw new InvalidOperationException("An entry cannot be opened."));
            }
        }

        return entries;
    }

    /// <summary>The first entry that fits, looked for until a checkpoint covers it.</summary>
    public static async Task<AuditEntry> Find(HubLayout layout, Func<AuditEntry, bool> fits)
    {
        for (var i = 0; i < 60; i++)
        {
            if (All(layout).Find(e => fits(e)) is { } entry)
            {
                return entry;
            }

            await Task.Delay(250);
        }

        throw new InvalidOperationException("No such entry within fifteen seconds.");
    }
}
