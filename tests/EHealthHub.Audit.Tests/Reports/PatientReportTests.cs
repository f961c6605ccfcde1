using System.Text.Json.Nodes;
using EHealthHub.Audit.Entries;
using EHealthHub.Audit.Tiles;
using EHealthHub.Audit.Verify;

namespace EHealthHub.Audit.Tests.Reports;

/// <summary>A patient's report proves that nothing is missing; whoever leaves something out is found.</summary>
public sealed class PatientReportTests : IDisposable
{
    private readonly Hospital _hospital = new();

    public void Dispose() => _hospital.Dispose();

    [Fact]
    public async Task A_report_tells_everything_of_its_patient_and_nothing_of_another()
    {
        await using (var log = _hospital.Open())
        {
            await log.Record(Hospital.Visit(Hospital.Ayse) with { Statement = "Unconscious, no relative at hand", Purpose = "BTG", Detail = "name=Bora", RequestId = "secret-of-the-auditors" }, default);
            await log.Record(Hospital.Visit(Hospital.Bora), default);
            await log.Record(Hospital.Visit(Hospital.Bora, Hospital.Ayse) with { Person = "clinician-5" }, default);
            await log.Record(Hospital.Visit(), default);
            await log.WriteHeads(default);
        }

        var finding = _hospital.Check(await _hospital.Report(Hospital.Ayse));
        Assert.Empty(finding.Problems);
        Assert.Equal([2L, 0L], finding.Entries.Select(e => e.Index));
        Assert.Equal([2L, 1L], finding.Entries.Select(e => e.Sequence));
        Assert.All(finding.Entries, e => Assert.Equal(Hospital.Ayse, Assert.Single(e.Account.Patients)));
        Assert.Equal(("BTG", "Unconscious, no relative at hand", "", ""), (finding.Entries[1].Account.Purpose, finding.Entries[1].Account.Statement, finding.Entries[1].Account.Detail, finding.Entries[1].Account.RequestId));
        Assert.Equal(4, Assert.Single(finding.Logs).CompleteTo);

        // The other one's part of the shared entry is in the file, and what the file discloses does not open it.
        var report = await _hospital.Report(Hospital.Ayse);
        Hospital.Leaves(report)[0]!["part"] = 0;
        Assert.Contains(_hospital.Check(report).Problems, p => p.Index == 2 && p.Problem.Contains("part", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_has_no_entry_is_proven_to_have_none()
    {
        await using (var log = _hospital.Open())
        {
            for (var i = 0; i < 600; i++)
            {
                await log.Record(Hospital.Visit($"patient-{i}"), default);
            }

            await log.WriteHeads(default);
        }

        foreach (var patient in Enumerable.Range(0, 20).Select(i => $"nobody-{i}"))
        {
            var report = await _hospital.Report(patient);
            var finding = _hospital.Check(report);
            Assert.Empty(finding.Problems);
            Assert.Empty(finding.Entries);
            Assert.Equal(600, finding.Logs[0].CompleteTo);

            // The same neighbours do not do for a name that is there.
            var other = await _hospital.Report("patient-77");
            Assert.Empty(_hospital.Check(other).Problems);
            other["logs"]![0]!["records"] = report["logs"]![0]!["records"]!.DeepClone();
            Hospital.Leaves(other).Clear();
            Assert.Contains(_hospital.Check(other).Problems, p => p.Problem.Contains("does not stand in the root", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_young_log_that_is_being_written_covers_its_report_to_this_moment()
    {
        await using var log = _hospital.Open();
        var receipt = await log.Append(Hospital.Visit(Hospital.Ayse), TestLog.Ask, default);
        var finding = _hospital.Check(await _hospital.Report(Hospital.Ayse, log), receipt.Position.ToString());
        Assert.Empty(finding.Problems);
        Assert.Equal(1, finding.Logs[0].CompleteTo);
        Assert.Single(finding.Entries);
    }

    [Fact]
    public async Task An_entry_left_out_in_the_middle_at_the_start_or_at_the_end_is_missed()
    {
        await Fill(8);
        for (var i = 0; i < 8; i++)
        {
            var report = await _hospital.Report(Hospital.Ayse);
            Hospital.Leaves(report).RemoveAt(i);
            var problem = Assert.Single(_hospital.Check(report).Problems);
            Assert.Contains("missing", problem.Problem, StringComparison.Ordinal);
        }

        var none = await _hospital.Report(Hospital.Ayse);
        Hospital.Leaves(none).Clear();
        Assert.Contains("missing", Assert.Single(_hospital.Check(none).Problems).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Entries_in_another_order_twice_or_anothers_are_found()
    {
        await Fill(4);
        var swapped = await _hospital.Report(Hospital.Ayse);
        var leaf = Hospital.Leaves(swapped)[1]!;
        Hospital.Leaves(swapped).RemoveAt(1);
        Hospital.Leaves(swapped).Insert(2, leaf);
        Assert.NotEmpty(_hospital.Check(swapped).Problems);

        var twice = await _hospital.Report(Hospital.Ayse);
        Hospital.Leaves(twice).Insert(1, Hospital.Leaves(twice)[1]!.DeepClone());
        Assert.NotEmpty(_hospital.Check(twice).Problems);

        var others = await _hospital.Report(Hospital.Ayse);
        var bora = await _hospital.Report(Hospital.Bora);
        Hospital.Leaves(others)[1] = Hospital.Leaves(bora)[1]!.DeepClone();
        Assert.Contains(_hospital.Check(others).Problems, p => p.Problem == "The entry is another patient's.");

        // Another's whole report under this patient's name.
        bora["patient"] = Hospital.Ayse;
        Assert.Equal(4, _hospital.Check(bora).Problems.Count(p => p.Problem == "The entry is another patient's."));
    }

    [Fact]
    public async Task Any_byte_of_a_report_that_is_changed_is_found()
    {
        await Fill(3);
        var report = (await _hospital.Report(Hospital.Ayse)).ToJsonString();
        foreach (var field in new[] { "\"leaf\":\"", "\"account\":\"", "\"patient\":\"", "\"proof\":[\"", "\"record\":\"", "\"name\":\"", "\"checkpoint\":\"", "\"index\":", "\"position\":", "\"part\":" })
        {
            for (var at = report.IndexOf(field, StringComparison.Ordinal); at >= 0; at = report.IndexOf(field, at + 1, StringComparison.Ordinal))
            {
                var position = at + field.Length;
                var changed = report[..position] + (report[position] is '1' or 'B' ? "2" : "1") + report[(position + 1)..];
                Assert.True(ReportVerifier.Check(System.Text.Encoding.UTF8.GetBytes(changed), new ReportCheckOptions { PublicKeys = _hospital.Keys }).Problems.Length > 0, $"{field} at {at}");
            }
        }

        Assert.Equal("The file is not a patient's report.", Assert.Single(_hospital.Check([]).Problems).Problem);
    }

    [Fact]
    public async Task Sequences_that_a_writer_with_the_keys_gave_twice_or_left_out_are_found_in_the_report_and_in_the_log()
    {
        // Ayse's entries are 0, 2 and 4. The right one would be number 4 after entry 4; number 3 after entry 2 hides entry 4.
        foreach (var (sequence, previous) in new (long, long)[] { (4, 4), (3, 2), (4, 2), (3, 1), (5, 4) })
        {
            using var hospital = new Hospital();
            string receipt;
            await using (var log = hospital.Open())
            {
                for (var i = 0; i < 2; i++)
                {
                    await log.Record(Hospital.Visit(Hospital.Ayse), default);
                    await log.Record(Hospital.Visit(Hospital.Bora), default);
                }

                receipt = (await log.Record(Hospital.Visit(Hospital.Ayse), default)).ToString();
            }

            Assert.Empty(Whole(hospital));
            hospital.Forge((Hospital.Ayse, sequence, previous));
            await using (var log = hospital.Open())
            {
                await log.WriteHeads(default);
            }

            var isRight = (sequence, previous) == (4, 4);
            Assert.Equal(isRight, Whole(hospital).Count == 0);
            if (isRight || (sequence, previous) == (3, 2))
            {
                Assert.Equal(isRight, hospital.Check(await hospital.Report(Hospital.Ayse), receipt).Problems.IsEmpty);
            }
            else
            {
                // The hub itself makes no report of a chain that is broken.
                await Assert.ThrowsAsync<InvalidDataException>(() => hospital.Report(Hospital.Ayse));
            }
        }
    }

    [Fact]
    public async Task Heads_that_were_rolled_back_to_hide_the_latest_entry_are_found()
    {
        string receipt;
        await using (var log = _hospital.Open())
        {
            await log.Record(Hospital.Visit(Hospital.Ayse), default);
            await log.WriteHeads(default);
            receipt = (await log.Record(Hospital.Visit(Hospital.Ayse), default)).ToString();
            await log.WriteHeads(default);
            await log.Record(Hospital.Visit(Hospital.Ayse), default);
        }

        Assert.Empty(_hospital.Check(await _hospital.Report(Hospital.Ayse), receipt).Problems);
        File.Delete(Directory.EnumerateFiles(Path.Combine(_hospital.Test.LogFolderPath, "heads")).Order().Last());
        var report = await _hospital.Report(Hospital.Ayse);
        Assert.Equal(1, report["logs"]![0]!["heads"]!["index"]!.GetValue<long>());

        // With one that was made after the newer heads: it knows of them.
        Assert.Contains(_hospital.Check(report).Problems, p => p.Problem.Contains("newer heads, in entry 3", StringComparison.Ordinal));

        // Without it, only who holds a receipt, and the clock.
        Hospital.Leaves(report).RemoveAt(0);
        Hospital.Leaves(report).RemoveAt(0);
        Assert.Empty(_hospital.Check(report).Problems);
        Assert.Contains(_hospital.Check(report, receipt).Problems, p => p.Index == 2);
        report["made"] = TimeProvider.System.GetUtcNow().AddHours(3).ToString("O");
        Assert.Contains("old", Assert.Single(_hospital.Check(report).Problems).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Heads_of_another_moment_of_another_log_or_made_up_do_not_stand_in_the_log()
    {
        await Fill(2);
        var report = await _hospital.Report(Hospital.Ayse);
        var leaf = report["logs"]![0]!["heads"]!;
        leaf["index"] = 0;
        Assert.Contains(_hospital.Check(report).Problems, p => p.Problem == "The entry with the heads does not stand at its index in the log.");

        report = await _hospital.Report(Hospital.Ayse);
        var visit = (JsonObject)Hospital.Leaves(report)[0]!.DeepClone();
        visit.Remove("part");
        visit.Remove("patient");
        report["logs"]![0]!["heads"] = visit;
        Assert.Contains(_hospital.Check(report).Problems, p => p.Problem == "The entry is not one that states heads.");

        report = await _hospital.Report(Hospital.Ayse);
        ((JsonObject)report["logs"]![0]!).Remove("heads");
        Assert.Contains(_hospital.Check(report).Problems, p => p.Problem.Contains("heads are not in the report", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_that_is_left_out_is_missed_whether_its_key_is_known_or_its_successor_names_it()
    {
        await Fill(2);
        await using (var log = _hospital.Open())
        {
            await log.Record(Hospital.Visit(Hospital.Ayse), default);
        }

        for (var start = 0; start < 2; start++)
        {
            await using var next = await _hospital.OpenNext();
            await TestLog.Until(() => next.HeadsIndex >= 0);
            await next.Record(Hospital.Visit(Hospital.Ayse), default);
            await next.WriteHeads(default);
        }

        var whole = _hospital.Check(await _hospital.Report(Hospital.Ayse));
        Assert.Empty(whole.Problems);
        Assert.Equal(5, whole.Entries.Length);
        Assert.Equal((6, 6), (whole.Logs[0].CompleteTo, whole.Logs[0].CheckpointSize));
        Assert.Empty(LogVerifier.Verify(_hospital.Test.Folder, _hospital.Keys, [], null, default, origin => _hospital.KeyOf(origin)).SelectMany(report => report.Problems));
        var latest = await _hospital.Report(Hospital.Ayse);
        Hospital.Leaves(latest).RemoveAt(0);
        Assert.Contains(_hospital.Check(latest).Problems, p => p.File == TestLog.Origin && p.Problem.Contains("missing", StringComparison.Ordinal));
        foreach (var known in new[] { true, false })
        {
            if (!known)
            {
                _hospital.Keys.Remove(TestLog.Origin);
            }

            var report = await _hospital.Report(Hospital.Ayse);
            ((JsonArray)report["logs"]!).RemoveAt(0);
            Assert.Contains(_hospital.Check(report).Problems, p => p.File == TestLog.Origin && p.Problem.Contains("left out", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_log_that_was_rolled_back_before_its_successor_began_ends_otherwise()
    {
        await using (var log = _hospital.Open())
        {
            await log.Record(Hospital.Visit(Hospital.Ayse), default);
            await log.WriteHeads(default);
        }

        var aside = Path.Combine(_hospital.Test.Folder, "..", Path.GetFileName(_hospital.Test.Folder) + "-aside");
        Verify.Tampering.Copy(_hospital.Test.LogFolderPath, aside);
        await Fill(1);
        var end = File.ReadAllText(Path.Combine(_hospital.Test.LogFolderPath, "checkpoint"));
        await using (var next = await _hospital.OpenNext())
        {
            await TestLog.Until(() => next.HeadsIndex >= 0);
        }

        // The writer makes no report of it; who puts the heads of the end beside the old entries is found out.
        var heads = Path.Combine(_hospital.Test.LogFolderPath, "heads");
        foreach (var file in Directory.EnumerateFiles(heads))
        {
            File.Copy(file, Path.Combine(aside, "heads", Path.GetFileName(file)), overwrite: true);
        }

        Directory.Delete(_hospital.Test.LogFolderPath, true);
        Verify.Tampering.Copy(aside, _hospital.Test.LogFolderPath);
        Directory.Delete(aside, true);
        var finding = _hospital.Check(await _hospital.Report(Hospital.Ayse));
        Assert.Contains(finding.Problems, p => p.File == TestLog.Origin && p.Problem.Contains("does not end as", StringComparison.Ordinal));
        finding = ReportVerifier.Check(
            System.Text.Encoding.UTF8.GetBytes((await _hospital.Report(Hospital.Ayse)).ToJsonString()), new ReportCheckOptions { PublicKeys = _hospital.Keys, KeptCheckpoints = [end] });
        Assert.Contains(finding.Problems, p => p.File == TestLog.Origin && p.Problem.Contains("was seen before", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Pages_go_back_through_all_logs_and_a_strange_cursor_gives_none()
    {
        await Fill(5);
        await using var next = await _hospital.OpenNext();
        for (var i = 0; i < 4; i++)
        {
            await next.Record(Hospital.Visit(Hospital.Ayse), default);
        }

        var trail = _hospital.Trail(next);
        var (seen, cursor) = (new List<(string, long)>(), (string?)null);
        do
        {
            var page = trail.Page(Hospital.Ayse, cursor, 2, default)!;
            Assert.InRange(page.Entries.Count, 1, 2);
            seen.AddRange(page.Entries.Select(e => (e.Origin, e.Sequence)));
            cursor = page.Cursor;
        }
        while (cursor is not null);
        Assert.Equal([.. new long[] { 4, 3, 2, 1 }.Select(s => (Hospital.Next, s)), .. new long[] { 5, 4, 3, 2, 1 }.Select(s => (TestLog.Origin, s))], seen);
        Assert.Empty(trail.Page(Hospital.Nobody, null, 10, default)!.Entries);
        foreach (var strange in new[] { "", "x", "a:b", "a:01", "a:1,a:1", "../x:1" })
        {
            Assert.Null(trail.Page(Hospital.Ayse, strange, 10, default));
        }

        // A cursor of one patient does not lead to another's entries.
        Assert.Throws<InvalidDataException>(() => trail.Page(Hospital.Nobody, $"{TestLog.Origin}:0", 10, default));
    }

    [Fact]
    public async Task An_entry_of_very_many_patients_is_shown_to_each_of_them()
    {
        var patients = Enumerable.Range(0, 1_999).Select(i => $"0193b2a4-0000-7000-8000-{i:D12}").ToArray();
        await using (var log = _hospital.Open())
        {
            await log.Record(Hospital.Visit([.. patients, patients[7]]) with { Hashes = new byte[EntryCodec.HashesMax], Detail = "all of them" }, default);
            await log.Record(Hospital.Visit(patients[^1]), default);
            Assert.InRange(log.Size, 4, 8);
            var read = log.ReadFrom(0).Select(e => e.Entry).ToList();
            Assert.Equal(patients, read.Take(read.Count - 1).SelectMany(e => e.Patients));
            Assert.Equal([1, .. Enumerable.Repeat(0, read.Count - 2), 1], read.Select(e => e.Count));
            Assert.Equal("all of them", read[0].Detail);
            await log.WriteHeads(default);
        }

        Assert.Empty(Whole(_hospital));
        var finding = _hospital.Check(await _hospital.Report(patients[^1]));
        Assert.Empty(finding.Problems);
        Assert.Equal([2L, 1L], finding.Entries.Select(e => e.Sequence));
    }

    private static List<LogProblem> Whole(Hospital hospital) =>
        [.. LogVerifier.Verify(hospital.Test.Folder, hospital.Keys, [], null, default, _ => hospital.Test.EntryKey).SelectMany(report => report.Problems)];

    private async Task Fill(int visits)
    {
        await using var log = _hospital.Open();
        for (var i = 0; i < visits; i++)
        {
            await log.Record(Hospital.Visit(Hospital.Ayse), default);
            await log.Record(Hospital.Visit(Hospital.Bora), default);
        }

        await log.WriteHeads(default);
    }
}
