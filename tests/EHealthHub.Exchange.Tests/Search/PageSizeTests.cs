using EHealthHub.Exchange.Read;
using EHealthHub.Exchange.Tests.Support;

namespace EHealthHub.Exchange.Tests.Search;

/// <summary>What an answer may take of memory does not depend on what the resources are like.</summary>
public sealed class PageSizeTests : IAsyncLifetime
{
    private TestHub Hub { get; } = new();

    [Fact]
    public async Task A_page_whose_resources_are_too_large_together_is_refused_and_a_smaller_one_is_served()
    {
        var patient = await Hub.Patient();
        for (var i = 0; i < 3; i++)
        {
            using var observation = TestHub.Observation(patient);
            Assert.Equal(201, (await Hub.Acts.Submit.Create(TestHub.Ankara, "Observation", observation, null, default)).Status);
        }

        Hub.Acts.Search.PageBytesMax = 500;
        Hub.Entries();
        var refused = await Search(patient, 3);
        Assert.Equal((403, "page-too-large"), (refused.Status, refused.Failure!.Issues[0].Code));
        Assert.Equal("page-too-large", Hub.Entries()[^1].Reason);
        Assert.Equal(200, (await Search(patient, 1)).Status);

        var words = await Search(patient, 1, ("_content", "8867-4"));
        Assert.Equal((403, "page-too-large"), (words.Status, words.Failure!.Issues[0].Code));

        Hub.Acts.Search.PageBytesMax = 100_000;
        Assert.Equal(200, (await Search(patient, 3)).Status);
        Assert.Equal(200, (await Search(patient, 1, ("_content", "8867-4"))).Status);
    }

    [Fact]
    public async Task A_page_of_the_history_of_everything_has_the_same_bound()
    {
        for (var i = 0; i < 3; i++)
        {
            await Hub.Patient();
        }

        Hub.Acts.Walk.PageBytesMax = 100;
        var refused = await Hub.Acts.Walk.Execute(TestHub.Ministry, "Patient", Form(), default);
        Assert.Equal((403, "page-too-large"), (refused.Status, refused.Failure!.Issues[0].Code));
        Hub.Acts.Walk.PageBytesMax = 100_000;
        Assert.Equal(200, (await Hub.Acts.Walk.Execute(TestHub.Ministry, "Patient", Form(), default)).Status);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    private async Task<ActResult> Search(string patient, int count, params (string Name, string Value)[] more) =>
        await Hub.Acts.Search.Execute(TestHub.Ministry, "Observation", [new("patient", patient), new("_count", count.ToString(System.Globalization.CultureInfo.InvariantCulture)), .. more.Select(m => new KeyValuePair<string, string>(m.Name, m.Value))], strict: true, default);

    private static HistoryForm Form() => HistoryForm.Parse([]).Try(out var form, out var failure) ? form : throw new InvalidOperationException(failure.Issues[0].Code);
}
