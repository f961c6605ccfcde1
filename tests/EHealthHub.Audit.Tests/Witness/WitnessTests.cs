using System.Net;
using System.Text;
using EHealthHub.Audit.Log;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tests.Verify;
using EHealthHub.Audit.Tiles;
using EHealthHub.Audit.Witness;

namespace EHealthHub.Audit.Tests.Witness;

/// <summary>A log and its witnesses over HTTP on loopback, and what a log with a good key cannot do any more.</summary>
public sealed class WitnessTests : IDisposable
{
    private readonly TestLog _test = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly List<IDisposable> _owned = [];

    public void Dispose()
    {
        _owned.ForEach(owned => owned.Dispose());
        _http.Dispose();
        _test.Dispose();
    }

    [Fact]
    public async Task Witnesses_cosign_what_grows_and_the_log_keeps_their_cosignatures()
    {
        var (first, second) = (Start("witness.example/1"), Start("witness.example/2"));
        var feed = await Feed(300);
        await feed.Round([first.Address, second.Address], default);
        Assert.All(feed.States, state => Assert.Equal((300L, null), (state.Size, state.Problem)));
        await Fill(20);
        await feed.Round([first.Address, second.Address], default);
        Assert.All(feed.States, state => Assert.Equal((320L, null), (state.Size, state.Problem)));
        Assert.InRange(TimeProvider.System.GetUtcNow() - feed.Witnessed!.Value, TimeSpan.FromSeconds(-2), TimeSpan.FromMinutes(1));

        var kept = Checkpoint.Parse(File.ReadAllText(Path.Combine(_test.LogFolderPath, "witnessed")))!;
        Assert.Equal(320, kept.Size);
        Assert.True(kept.Note.IsSignedBy(new VerifierKey(TestLog.Origin, _test.Signer.PublicKey)));
        Assert.NotNull(first.Address.Key.TimeOf(kept));
        Assert.NotNull(second.Address.Key.TimeOf(kept));
        Assert.Null(new CosignerKey("witness.example/1", second.Signer.PublicKey).TimeOf(kept));
        Assert.Empty(LogVerifierTests.Verify(_test)[0].Problems);

        // The same again, and by a feed that has just been started and knows nothing.
        await feed.Round([first.Address], default);
        Assert.Null(feed.States[0].Problem);
        var fresh = new WitnessFeed(_test.LogFolderPath, _http);
        await fresh.Round([first.Address, second.Address], default);
        Assert.All(fresh.States, state => Assert.Null(state.Problem));
        Assert.Equal(first.Address.Key.ToString(), CosignerKey.Parse(first.Address.Key.ToString())!.ToString());
    }

    [Fact]
    public async Task A_log_that_is_rolled_back_is_accused_by_its_witnesses_and_by_what_they_keep()
    {
        var witness = Start("w");
        var feed = await Feed(100);
        await feed.Round([witness.Address], default);
        var aside = _test.Folder + "-aside";
        Tampering.Copy(_test.LogFolderPath, aside);
        await Fill(50);
        await feed.Round([witness.Address], default);
        Assert.Null(feed.States[0].Problem);

        // Yesterday's copy.
        var late = File.ReadAllText(Path.Combine(_test.LogFolderPath, "witnessed"));
        Directory.Delete(_test.LogFolderPath, true);
        Tampering.Copy(aside, _test.LogFolderPath);
        var back = new WitnessFeed(_test.LogFolderPath, _http);
        await back.Round([witness.Address], default);
        Assert.True(back.States[0].IsAccused);
        Assert.Contains("rolled back", back.States[0].Problem, StringComparison.Ordinal);
        Assert.Equal(150, Checkpoint.Parse(witness.Witness.Seen(TestLog.Origin)!)!.Size);
        Assert.Contains(LogVerifierTests.Verify(_test, witness.Witness.Seen(TestLog.Origin)!)[0].Problems, p => p.Problem.Contains("rolled back", StringComparison.Ordinal));

        // Or only the rest of the folder, and the cosigned checkpoint left in place.
        File.WriteAllText(Path.Combine(_test.LogFolderPath, "witnessed"), late);
        Assert.Contains(LogVerifierTests.Verify(_test)[0].Problems, p => p.Problem.Contains("rolled back", StringComparison.Ordinal));
        Directory.Delete(aside, true);
    }

    [Fact]
    public async Task Two_histories_signed_with_the_right_key_are_not_both_cosigned_and_leave_evidence()
    {
        var (first, second) = (Start("w1"), Start("w2"));
        var feed = await Feed(100);
        await feed.Round([first.Address], default);
        using var other = new TestLog();
        foreach (var count in new[] { 100, 130 })
        {
            // Another history of the same log: shown to the second witness only, and then to the first.
            Directory.Delete(_test.LogFolderPath, true);
            await Fill(count);
            var split = new WitnessFeed(_test.LogFolderPath, _http);
            await split.Round([second.Address, first.Address], default);
            Assert.Equal(count == 100, split.States[0].Problem is null);
            Assert.True(split.States[1].IsAccused);
            Assert.Contains("another history", split.States[1].Problem, StringComparison.Ordinal);
        }

        // What the two witnesses keep contradicts each other, and each has the other side in hand.
        var (one, two) = (Checkpoint.Parse(first.Witness.Seen(TestLog.Origin)!)!, Checkpoint.Parse(second.Witness.Seen(TestLog.Origin)!)!);
        Assert.Equal(one.Size, two.Size);
        Assert.NotEqual(one.Root.ToArray(), two.Root.ToArray());
        Assert.True(File.Exists(Path.Combine(first.Folder, "evidence", LogFolder.NameOf(TestLog.Origin) + ".checkpoint")));
        Assert.Contains(LogVerifierTests.Verify(_test, first.Witness.Seen(TestLog.Origin)!)[0].Problems, p => p.Problem.Contains("forked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_protocol_refuses_is_refused_with_its_status_and_leaves_no_trace()
    {
        var witness = Start("w").Witness;
        await Fill(10);
        var checkpoint = File.ReadAllText(Path.Combine(_test.LogFolderPath, "checkpoint"));
        var hash = Convert.ToBase64String(new byte[32]);
        using var stranger = new TestSigner(TestLog.Origin);
        var body = Checkpoint.Body(TestLog.Origin, 10, new byte[32]);
        var forged = SignedNote.Format(body, new VerifierKey(TestLog.Origin, stranger.PublicKey), stranger.Sign(Encoding.UTF8.GetBytes(body)));
        var cases = new (int Status, string Request)[]
        {
            (400, ""), (400, "old 0\n"), (400, "old 00\n\n" + checkpoint), (400, "old -1\n\n" + checkpoint), (400, "old 0\nxyz\n\n" + checkpoint), (400, "old 11\n\n" + checkpoint),
            (400, "old 0\n" + string.Concat(Enumerable.Repeat(hash + "\n", 64)) + "\n" + checkpoint), (400, "old 0\n\n" + checkpoint[..^1]),
            (403, "old 0\n\n" + forged), (404, "old 0\n\n" + checkpoint.Replace(TestLog.Origin, "another/log", StringComparison.Ordinal)),
            (409, "old 5\n\n" + checkpoint), (422, $"old 0\n{hash}\n\n" + checkpoint),
        };
        foreach (var (status, request) in cases)
        {
            Assert.Equal(status, witness.AddCheckpoint(Encoding.UTF8.GetBytes(request)).Status);
            Assert.Null(witness.Seen(TestLog.Origin));
        }

        var conflict = witness.AddCheckpoint(Encoding.UTF8.GetBytes("old 5\n\n" + checkpoint));
        Assert.Equal(("text/x.tlog.size", "0\n"), (conflict.ContentType, conflict.Body));
        Assert.Equal(200, witness.AddCheckpoint(Encoding.UTF8.GetBytes("old 0\n\n" + checkpoint)).Status);
        Assert.Equal("10\n", witness.AddCheckpoint(Encoding.UTF8.GetBytes("old 0\n\n" + checkpoint)).Body);
        Assert.Equal(200, witness.AddCheckpoint(Encoding.UTF8.GetBytes("old 10\n\n" + checkpoint)).Status);
    }

    [Fact]
    public async Task A_witness_remembers_across_restarts_and_one_that_cannot_keep_what_it_saw_signs_nothing()
    {
        var running = Start("w");
        await Fill(10);
        var request = Encoding.UTF8.GetBytes("old 0\n\n" + File.ReadAllText(Path.Combine(_test.LogFolderPath, "checkpoint")));
        Assert.Throws<IOException>(() => new LogWitness(running.Folder, _ => null, running.Signer, TimeProvider.System));
        running.Signer.IsBroken = true;
        Assert.ThrowsAny<Exception>(() => running.Witness.AddCheckpoint(request));
        Assert.Equal(10, Checkpoint.Parse(running.Witness.Seen(TestLog.Origin)!)!.Size);
        running.Witness.Dispose();
        using var again = new LogWitness(running.Folder, _ => _test.Signer.PublicKey, running.Signer, TimeProvider.System);
        Assert.Equal((409, "10\n"), (again.AddCheckpoint(request).Status, again.AddCheckpoint(request).Body));
    }

    [Fact]
    public async Task A_witness_that_is_away_or_answers_nonsense_is_named_and_stops_nothing()
    {
        var (here, liar) = (Start("w"), Start("liar", _ => (200, "\u2014 liar AAAA\n")));
        var feed = await Feed(5);
        var gone = new WitnessAddress(new CosignerKey("gone", new byte[32]), new Uri("http://127.0.0.1:1/"));
        await feed.Round([gone, here.Address, liar.Address], default);
        Assert.Equal([true, false, true], feed.States.Select(state => state.Problem is not null));
        Assert.All(feed.States, state => Assert.False(state.IsAccused));
        Assert.NotNull(feed.Witnessed);
    }

    private Task Fill(int count) => _test.Fill(count);

    private async Task<WitnessFeed> Feed(int count)
    {
        await Fill(count);
        return new WitnessFeed(_test.LogFolderPath, _http);
    }

    private Running Start(string name, Func<byte[], (int, string)>? answer = null)
    {
        var signer = new TestSigner(name);
        var folder = Path.Combine(_test.Folder + "-witnesses", name.Replace('/', '-'));
        var running = new Running(new LogWitness(folder, origin => origin == TestLog.Origin ? _test.Signer.PublicKey : null, signer, TimeProvider.System), signer, folder, answer);
        _owned.Add(running);
        return running;
    }

    /// <summary>A witness behind a plain HTTP listener.</summary>
    private sealed class Running : IDisposable
    {
        private readonly HttpListener _listener = new();

        public Running(LogWitness witness, TestSigner signer, string folder, Func<byte[], (int, string)>? answer)
        {
            (Witness, Signer, Folder) = (witness, signer, folder);
            var port = FreePort();
            _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
            _listener.Start();
            Address = new WitnessAddress(witness.Key, new Uri($"http://127.0.0.1:{port}/"));
            _ = Task.Run(() => Serve(answer));
        }

        public LogWitness Witness { get; }

        public TestSigner Signer { get; }

        public string Folder { get; }

        public WitnessAddress Address { get; }

        public void Dispose()
        {
            _listener.Close();
            Witness.Dispose();
            Signer.Dispose();
            if (Directory.Exists(Folder))
            {
                Directory.Delete(Folder, true);
            }
        }

        private static int FreePort()
        {
            using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        private async Task Serve(Func<byte[], (int, string)>? answer)
        {
            while (_listener.IsListening)
            {
                HttpListenerContext context;
                try
                {
                    context = await _listener.GetContextAsync();
                }
                catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
                {
                    return;
                }

                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                var (status, text) = answer is not null ? answer(body.ToArray()) : Answer(body.ToArray());
                context.Response.StatusCode = status;
                await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
                context.Response.Close();
            }
        }

        private (int, string) Answer(byte[] body)
        {
            var answer = Witness.AddCheckpoint(body);
            return (answer.Status, answer.Body);
        }
    }
}
