using EHealthHub.Audit.Entries;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Erasing;
using EHealthHub.Records.Store;
using EHealthHub.Records.Tests.Store;
using EHealthHub.Records.Tests.Verify;
using Microsoft.Data.Sqlite;

namespace EHealthHub.Records.Tests.Erasing;

/// <summary>What an erasure leaves behind: for the one patient nothing, in no file; for all others everything; and a store that still verifies against the log. Broken off at each step, it is brought to its end.</summary>
public sealed class SqliteErasureTests : IAsyncLifetime
{
    private List<(string What, byte[] Bytes)> _before = [];

    private SqliteFixture Hub { get; } = new();

    public async Task InitializeAsync()
    {
        await SqliteTamper.Fill(Hub);
        await ContentMake.Create(Hub, "b1", ContentMake.Bytes(600_000));
        await Hub.CloseStore();
        _before = Needles();
        _ = Hub.Store;
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Fact]
    public async Task Before_an_erasure_the_files_hold_all_that_is_looked_for()
    {
        await Hub.CloseStore();
        var files = Directory.GetFiles(Path.Combine(Hub.Folder, "db")).Select(File.ReadAllBytes).ToList();
        Assert.All(_before, n => Assert.Contains(files, f => f.AsSpan().IndexOf(n.Bytes) >= 0));
        Assert.Equal(["MAC", "body", "chunk", "facts", "key", "name", "national", "request"], _before.Select(n => n.What.Split(' ') is ["the", ..] ? "key" : n.What.StartsWith("what", StringComparison.Ordinal) ? "request" : n.What.Replace("a ", "", StringComparison.Ordinal).Split(' ')[0]).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_patient_is_gone_everybody_else_is_not_and_the_store_verifies()
    {
        Assert.True(_before.Count > 20);
        var versions = (await Erase("p1")).Versions;
        Assert.Equal(7, versions);
        await AssertErased();
        Assert.Equal(1, (await Hub.Read("Patient", "p2")).Version);
        Assert.Equal(1, (await Hub.Read("Group", "g1")).Version);
        Assert.Null(await Hub.Store.FirstResult("key-1", default));
        Assert.Equal([(CaseState.Erased, "")], (await Hub.Store.Cases.All(default)).Select(c => (c.State, c.PatientId)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Broken_off_after_a_step_it_is_brought_to_its_end_when_the_store_is_opened(int step)
    {
        Hub.Store.Cases.AfterStep = s =>
        {
            if (s == step)
            {
                throw new IOException("the power went");
            }
        };
        await Assert.ThrowsAsync<IOException>(() => Erase("p1"));
        await Hub.CloseStore();
        Assert.Single(Hub.Store.Cases.EndedAtStart);
        await AssertErased();
    }

    [Fact]
    public async Task A_patient_under_a_legal_hold_is_not_erased_until_it_is_lifted()
    {
        var hold = await Put(new PatientCase(0, CaseKind.Hold, CaseState.Open, "p1", "court"u8.ToArray()));
        Assert.Equal(ErasureStatus.Held, (await Erase("p1")).Status);
        Assert.Equal(1, (await Hub.Read("Patient", "p1")).Version);

        Assert.Equal(hold, await Put(new PatientCase(hold, CaseKind.Hold, CaseState.Closed, "p1", "court"u8.ToArray()), CaseState.Open));
        var ready = (await Hub.Store.Cases.All(default)).Single(c => c.Kind == CaseKind.Erasure);
        Assert.Equal(ErasureStatus.Erased, (await Hub.Store.Cases.Erase(ready, await Hub.Receipt(PatientCases.AskHash(ready)), default)).Status);
    }

    [Fact]
    public async Task A_case_that_moved_on_meanwhile_is_not_overwritten()
    {
        var number = await Put(new PatientCase(0, CaseKind.Erasure, CaseState.Open, "p1", default));
        Assert.Equal(number, await Put(new PatientCase(number, CaseKind.Erasure, CaseState.Approved, "p1", "a"u8.ToArray()), CaseState.Open));
        Assert.Equal(0, await Put(new PatientCase(number, CaseKind.Erasure, CaseState.Approved, "p1", "b"u8.ToArray()), CaseState.Open));
        Assert.Equal("a"u8.ToArray(), (await Hub.Store.Cases.All(default)).Single().Details.ToArray());
    }

    [Fact]
    public async Task Nothing_is_erased_that_is_not_ready()
    {
        var number = await Put(new PatientCase(0, CaseKind.Erasure, CaseState.Approved, "p1", default));
        var one = (await Hub.Store.Cases.All(default)).Single(c => c.Number == number);
        Assert.Equal(ErasureStatus.Unknown, (await Hub.Store.Cases.Erase(one, await Hub.Receipt(PatientCases.AskHash(one)), default)).Status);
        Assert.Equal(1, (await Hub.Read("Patient", "p1")).Version);
    }

    [Fact]
    public async Task A_patient_who_comes_back_begins_anew()
    {
        await Erase("p1");
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1"), Make.Create(Make.Observation("p1"), "o1", "p1")));
        await Hub.Commit(Make.Ask(Make.Update(await Hub.Locate("Group", "g1"), Make.Group("p2")) with { LinkedPatients = ["p2"] }));
        Assert.Equal(1, (await Hub.Read("Observation", "o1")).Version);
        await AssertVerifies();
    }

    [Fact]
    public async Task Records_put_back_from_before_the_erasure_verify_as_shredded_and_are_erased_again_at_the_next_start()
    {
        await PutBackRecordsOfBefore();
        var report = SqliteTamper.Verify(Hub);
        Assert.Empty(report.Problems);
        Assert.Equal(7, report.Shredded);

        var (one, result) = Assert.Single(Hub.Store.Cases.EndedAtStart);
        Assert.Equal((CaseKind.Erasure, "", 7), (one.Kind, one.PatientId, result.Versions));
        await AssertErased();
        Assert.Equal(1, (await Hub.Read("Patient", "p2")).Version);
        Assert.Equal(0, SqliteTamper.Verify(Hub).Shredded);
    }

    [Fact]
    public async Task Records_put_back_do_not_cost_the_key_that_the_patient_got_on_coming_back()
    {
        await Hub.CloseStore();
        var old = Directory.CreateDirectory(Path.Combine(Hub.Folder, "old")).FullName;
        var young = Directory.CreateDirectory(Path.Combine(Hub.Folder, "young")).FullName;
        Copy(Path.Combine(Hub.Folder, "db"), old);
        await Erase("p1");
        await Hub.Commit(Make.Ask(Make.Create(Make.Patient("1"), "p1", "p1")));
        await Hub.CloseStore();
        Copy(Path.Combine(Hub.Folder, "db"), young);

        Copy(old, Path.Combine(Hub.Folder, "db"));
        Assert.Single(Hub.Store.Cases.EndedAtStart);
        await Hub.CloseStore();

        Copy(young, Path.Combine(Hub.Folder, "db"));
        Assert.Empty(Hub.Store.Cases.EndedAtStart);
        Assert.Equal(1, (await Hub.Read("Patient", "p1")).Version);
    }

    [Theory]
    [InlineData("UPDATE erased_key SET mac=randomblob(32)")]
    [InlineData("UPDATE erased_key SET handle=randomblob(16)")]
    [InlineData("INSERT INTO erased_key VALUES (randomblob(16), randomblob(32), randomblob(32))")]
    public async Task A_false_mark_beside_the_keys_erases_nothing_and_is_noticed(string sql)
    {
        await PutBackRecordsOfBefore();
        SqliteTamper.Sql(Hub.Folder, "keys.db", sql);
        Assert.Contains(SqliteTamper.Verify(Hub).Problems, p => p.Where == "erased_key");
        Assert.Contains("mark", Assert.Throws<RecordsTamperedException>(() => Hub.Store).Message, StringComparison.Ordinal);
        Assert.Equal(0, SqliteTamper.Number(Hub.Folder, "records.db", "SELECT count(*) FROM patient_case"));
    }

    [Fact]
    public async Task Commits_that_race_with_an_erasure_are_kept_whole_or_are_gone_with_it()
    {
        var erasing = Task.Run(() => Erase("p1"));
        await Parallel.ForEachAsync(Enumerable.Range(0, 40), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
        {
            var name = FormattableString.Invariant($"race-{i}");
            await Hub.Commit(Make.Ask(Make.Create(Make.Observation("p1"), name, "p1"), Make.Create(Make.Observation("p2"), name + "-other", "p2")));
        });
        await erasing;
        for (var i = 0; i < 40; i++)
        {
            Assert.Equal(1, (await Hub.Read("Observation", FormattableString.Invariant($"race-{i}-other"))).Version);
        }

        await AssertVerifies();
    }

    [Theory]
    [InlineData("DELETE FROM patient_case")]
    [InlineData("UPDATE patient_case SET state=5")]
    [InlineData("UPDATE patient_case SET hashes=substr(hashes,33)")]
    [InlineData("UPDATE patient_case SET details=randomblob(length(details))")]
    [InlineData("UPDATE patient_case SET handle=randomblob(16)")]
    public async Task A_case_that_somebody_changed_is_noticed(string sql)
    {
        await Erase("p1");
        await Hub.CloseStore();
        SqliteTamper.Sql(Hub.Folder, "records.db", sql);
        Assert.NotEmpty(SqliteTamper.Verify(Hub).Problems);
    }

    /// <summary>The records of before an erasure beside the keys of after it, as when an old backup is restored with the newest keys.</summary>
    private async Task PutBackRecordsOfBefore()
    {
        await Hub.CloseStore();
        var before = Directory.CreateDirectory(Path.Combine(Hub.Folder, "before")).FullName;
        Copy(Path.Combine(Hub.Folder, "db"), before);
        await Erase("p1");
        await Hub.CloseStore();
        Copy(before, Path.Combine(Hub.Folder, "db"));
    }

    private static void Copy(string from, string to)
    {
        foreach (var name in (string[])["records.db", "contents.db"])
        {
            File.Copy(Path.Combine(from, name), Path.Combine(to, name), overwrite: true);
        }
    }

    private async Task<ErasureResult> Erase(string patient)
    {
        var number = await Put(new PatientCase(0, CaseKind.Erasure, CaseState.Ready, patient, "two operators"u8.ToArray()));
        var ready = (await Hub.Store.Cases.All(default)).Single(c => c.Number == number);
        return await Hub.Store.Cases.Erase(ready, await Hub.Receipt(PatientCases.AskHash(ready), EntryKind.Administration), default);
    }

    private async Task<long> Put(PatientCase written, CaseState? expected = null) => await Hub.Store.Cases.Put(written, expected, await Hub.Receipt(PatientCases.AskHash(written), EntryKind.Administration));

    private async Task AssertErased()
    {
        Assert.Null(await Hub.Store.Locate("Patient", "p1", default));
        Assert.Null(await Hub.Store.Locate("Observation", "o1", default));
        Assert.Null(await Hub.Store.LocateVersion("Observation", "o1", 1, default));
        Assert.Empty(await Hub.Store.LocateByIdentifier(new Fhir.Transactions.IdentifierCondition("Patient", "urn:test:mrn", "1"), default));
        Assert.DoesNotContain((await Hub.Search(Make.Everywhere(Make.Query("Observation", null, Make.Token("code", null, "718-7"))))).Matches, m => m.CompartmentName == "p1");

        // While the store is open, with its logs beside the files; and closed.
        AssertNothingLeft();
        await AssertVerifies();
        AssertNothingLeft();
        _ = Hub.Store;
    }

    private async Task AssertVerifies()
    {
        await Hub.CloseStore();
        Assert.Empty(SqliteTamper.Verify(Hub).Problems);
        _ = Hub.Store;
    }

    private void AssertNothingLeft()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Hub.Folder, "db")).Where(f => Path.GetFileName(f) != "lock"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            foreach (var (what, needle) in _before)
            {
                Assert.True(bytes.AsSpan().IndexOf(needle) < 0, $"{Path.GetFileName(file)} still holds {what}.");
            }
        }
    }

    /// <summary>What the files hold of the patient: pieces of sealed bodies, facts and chunks, the wrapped key, the sealed name, national tokens. Sealed bytes are random, so a piece of them tells whether they are there.</summary>
    private List<(string, byte[])> Needles()
    {
        var key = "(SELECT compartment_key FROM version v WHERE v.slot=4 LIMIT 1)"; // p1 alone has four slots
        var needles = new List<(string, byte[])>();
        Add("records.db", "a body", $"SELECT body FROM version WHERE compartment_key={key}");
        Add("records.db", "facts", $"SELECT facts FROM version WHERE compartment_key={key}");
        Add("records.db", "a name", $"SELECT name FROM compartment WHERE compartment_key={key}");
        Add("records.db", "a MAC", $"SELECT mac FROM compartment WHERE compartment_key={key}");
        Add("records.db", "a national token", $"SELECT token FROM national_token WHERE compartment_key={key}");
        Add("records.db", "what a request was told", "SELECT result FROM commit_log WHERE result IS NOT NULL");
        Add("records.db", "a handle beside the name", $"SELECT handle FROM compartment WHERE compartment_key={key}", isHandle: true);
        Add("contents.db", "a chunk", "SELECT sealed FROM chunk");
        return needles;

        void Add(string file, string what, string sql, bool isHandle = false)
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(Hub.Folder, "db", file), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var bytes = (byte[])reader[0];
                if (isHandle)
                {
                    AddKey(bytes);
                    continue;
                }

                for (var at = 0; at + 16 <= bytes.Length; at += Math.Max(16, bytes.Length / 8))
                {
                    needles.Add((what, bytes[at..(at + 16)]));
                }
            }
        }

        void AddKey(byte[] handle)
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(Hub.Folder, "db", "keys.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT wrapped FROM wrapped_key WHERE handle=$handle";
            command.Parameters.AddWithValue("$handle", handle);
            needles.Add(("the wrapped key", ((byte[])command.ExecuteScalar()!)[..32]));
        }
    }
}
