using System.Text;
using System.Text.Json.Nodes;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Deferred;
using EHealthHub.Exchange.Tests.Support;

namespace EHealthHub.Exchange.Tests.Deferred;

/// <summary>Requests that nobody waits for: whose they are, how many there may be, how long they are kept, and what the log tells of them.</summary>
public sealed class DeferredRequestsTests : IAsyncLifetime
{
    private readonly MovableTime _time = new();

    private TestHub Hub { get; } = new();

    [Fact]
    public async Task A_result_is_picked_up_with_an_entry_that_names_the_requests_own()
    {
        await using var deferred = Requests();
        var patient = await Hub.Patient();
        Hub.Entries();
        var accepted = await Accept(deferred, TestHub.Ministry, stop => Hub.Acts.Read.Execute(TestHub.Ministry, "Patient", patient, null, stop));
        Assert.Equal((202, true), (accepted.Status, accepted.Deferred!.IsAccepted));
        var done = await Over(deferred, TestHub.Ministry, accepted);
        Assert.Equal(["200"], Statuses(done));
        Assert.Equal(patient, (string?)Entry(done)["resource"]!["id"]);
        Assert.NotNull(done.Deferred!.Expires);

        var entries = Hub.Entries().Where(e => e.Reason != "deferred-not-over").ToList();
        Assert.Equal(["request-deferred", "system-scope", "deferred-result"], entries.Select(e => e.Reason));
        Assert.Equal([EntryKind.Administration, EntryKind.Read, EntryKind.Read], entries.Select(e => e.Kind));
        Assert.Equal([patient], entries[1].Patients.AsEnumerable());
        Assert.Contains("/" + done.Receipt.Origin.Split('/')[0], "/" + entries[2].Detail.Split(' ')[^1], StringComparison.Ordinal);
        Assert.All(entries, e => Assert.Equal("request", e.RequestId));
    }

    [Fact]
    public async Task Nobody_else_learns_that_it_exists()
    {
        await using var deferred = Requests();
        var accepted = await Accept(deferred, TestHub.Ministry, _ => Hub.Acts.Read.Execute(TestHub.Ministry, "Patient", "none", null, default));
        await Over(deferred, TestHub.Ministry, accepted);
        var narrower = TestHub.Ministry with { Caller = TestHub.Ministry.Caller with { Scopes = ["system/*.r"] } };
        var otherPurpose = TestHub.Ministry with { Caller = TestHub.Ministry.Caller with { Purpose = "HPAYMT" } };
        foreach (var other in new[] { TestHub.Ankara, narrower, otherPurpose })
        {
            Assert.Equal((404, "deferred-unknown"), Refusal(await deferred.Look(other, Name(accepted), default)));
            Assert.Equal((404, "deferred-unknown"), Refusal(await deferred.Cancel(other, Name(accepted), default)));
        }

        Assert.Equal((404, "deferred-unknown"), Refusal(await deferred.Look(TestHub.Ministry, "nonsense", default)));
        Assert.Equal(["404"], Statuses(await deferred.Look(TestHub.Ministry, Name(accepted), default)));
    }

    [Fact]
    public async Task A_caller_has_a_bounded_number_and_others_have_their_own()
    {
        await using var deferred = Requests(new DeferredBounds { UnfinishedPerCallerMax = 2, KeptPerCallerMax = 2 });
        var hold = new TaskCompletionSource();
        async ValueTask<ActResult> Held(CancellationToken stop)
        {
            await hold.Task.WaitAsync(stop);
            return await Hub.Acts.Read.Execute(TestHub.Ministry, "Patient", "none", null, stop);
        }

        var first = await Accept(deferred, TestHub.Ministry, Held);
        var second = await Accept(deferred, TestHub.Ministry, Held);
        Assert.Equal((429, "deferred-too-many"), Refusal(await Accept(deferred, TestHub.Ministry, Held)));
        Assert.Equal(202, (await Accept(deferred, TestHub.Ankara, Held)).Status);
        var waiting = await deferred.Look(TestHub.Ministry, Name(first), default);
        Assert.Equal(202, waiting.Status);
        Assert.NotNull(waiting.Deferred!.Progress);
        Assert.InRange(waiting.Deferred.RetryAfterSeconds, 1, 10);

        hold.SetResult();
        await Over(deferred, TestHub.Ministry, first);
        await Over(deferred, TestHub.Ministry, second);
        var third = await Accept(deferred, TestHub.Ministry, Held);
        await Over(deferred, TestHub.Ministry, third);
        var left = new[] { first, second }.Select(async j => (await deferred.Look(TestHub.Ministry, Name(j), default)).Status);
        Assert.Equal([200, 404], (await Task.WhenAll(left)).Order());
    }

    [Fact]
    public async Task All_of_them_together_are_bounded_in_number_and_bytes()
    {
        await using var deferred = Requests(new DeferredBounds { KeptMax = 1, BytesMax = 4_000 });
        Assert.Equal((503, "busy"), Refusal(await Accept(deferred, TestHub.Ministry, _ => throw new InvalidOperationException("not run"), bodyBytes: 4_001)));
        var one = await Accept(deferred, TestHub.Ministry, stop => Hub.Acts.Read.Execute(TestHub.Ministry, "Patient", "none", null, stop));
        Assert.Equal((503, "busy"), Refusal(await Accept(deferred, TestHub.Ankara, _ => throw new InvalidOperationException("not run"))));
        await Over(deferred, TestHub.Ministry, one);
    }

    [Fact]
    public async Task Results_are_forgotten_in_time()
    {
        await using var deferred = Requests();
        var one = await Accept(deferred, TestHub.Ministry, stop => Hub.Acts.Read.Execute(TestHub.Ministry, "Patient", "none", null, stop));
        await Over(deferred, TestHub.Ministry, one);
        _time.Move(TimeSpan.FromMinutes(14));
        Assert.Equal(200, (await deferred.Look(TestHub.Ministry, Name(one), default)).Status);
        _time.Move(TimeSpan.FromMinutes(2));
        Assert.Equal((404, "deferred-unknown"), Refusal(await deferred.Look(TestHub.Ministry, Name(one), default)));
    }

    [Fact]
    public async Task What_is_stopped_stops_and_is_gone()
    {
        await using var deferred = Requests();
        var stopped = new TaskCompletionSource();
        var one = await Accept(deferred, TestHub.Ministry, async stop =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, stop);
            }
            finally
            {
                stopped.SetResult();
            }

            throw new InvalidOperationException("not reached");
        });
        Assert.Equal(202, (await deferred.Cancel(TestHub.Ministry, Name(one), default)).Status);
        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((404, "deferred-unknown"), Refusal(await deferred.Look(TestHub.Ministry, Name(one), default)));
        Assert.Equal((404, "deferred-unknown"), Refusal(await deferred.Cancel(TestHub.Ministry, Name(one), default)));
    }

    [Fact]
    public async Task What_takes_too_long_or_says_too_much_ends_with_a_failure()
    {
        await using var deferred = Requests(new DeferredBounds { RunTime = TimeSpan.FromMilliseconds(50), ResultBytesMax = 100 });
        var slow = await Accept(deferred, TestHub.Ministry, async stop =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            throw new InvalidOperationException("not reached");
        });
        Assert.Equal(["503"], Statuses(await Over(deferred, TestHub.Ministry, slow)));

        await using var small = Requests(new DeferredBounds { ResultBytesMax = 100 });
        var patient = await Hub.Patient(new string('x', 200));
        var large = await Accept(small, TestHub.Ministry, stop => Hub.Acts.Read.Execute(TestHub.Ministry, "Patient", patient, null, stop));
        var done = await Over(small, TestHub.Ministry, large);
        Assert.Equal(["413"], Statuses(done));
        Assert.Null(Entry(done)["resource"]);
    }

    [Fact]
    public async Task Closing_stops_what_runs()
    {
        var deferred = Requests();
        var stopped = false;
        await Accept(deferred, TestHub.Ministry, async stop =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, stop);
            }
            finally
            {
                stopped = true;
            }

            throw new InvalidOperationException("not reached");
        });
        await Task.Delay(50);
        await deferred.DisposeAsync();
        Assert.True(stopped);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    private DeferredRequests Requests(DeferredBounds? bounds = null) => new(Hub.Acts.Journal, bounds ?? new DeferredBounds(), _time);

    private static ValueTask<ActResult> Accept(DeferredRequests deferred, ActContext context, Func<CancellationToken, ValueTask<ActResult>> act, int bodyBytes = 0) =>
        deferred.Accept(context, "read", "Patient", "", bodyBytes, "en", act, default);

    private static async Task<ActResult> Over(DeferredRequests deferred, ActContext context, ActResult accepted)
    {
        for (var i = 0; i < 500; i++)
        {
            var answer = await deferred.Look(context, Name(accepted), default);
            if (answer.Status != 202)
            {
                return answer;
            }

            await Task.Delay(20);
        }

        throw new InvalidOperationException("It was not over within ten seconds.");
    }

    private static string Name(ActResult accepted) => accepted.Deferred!.Job["_job/".Length..];

    private static JsonNode Entry(ActResult done)
    {
        var bundle = JsonNode.Parse(Encoding.UTF8.GetString(done.Body.Span))!;
        Assert.Equal("batch-response", (string?)bundle["type"]);
        return Assert.Single(bundle["entry"]!.AsArray())!;
    }

    private static string[] Statuses(ActResult done) => [(string)Entry(done)["response"]!["status"]!];

    private static (int Status, string Code) Refusal(ActResult refused) => (refused.Status, refused.Failure!.Issues[0].Code);
}
