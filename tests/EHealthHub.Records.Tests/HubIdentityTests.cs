using System.Text;

namespace EHealthHub.Records.Tests;

public sealed class HubIdentityTests
{
    private static readonly HubIdentity Ankara = new(Guid.Parse("6f0f4a3e-8a4e-4d47-9a3b-5f6f0f1c2d3e"), "node-1", "06", "https://localhost:8443");

    [Fact]
    public void The_first_start_writes_who_the_hub_is_and_later_starts_read_it()
    {
        using var folder = new TempFolder();
        Assert.Equal(Ankara, HubIdentity.Open(folder.Path, () => Ankara));
        Assert.Equal(Ankara, HubIdentity.Open(folder.Path, null));
        Assert.Equal(Ankara, HubIdentity.Open(folder.Path, () => Ankara with { Province = "35" }));
        Assert.Equal(["hub.json"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Without_a_file_and_nothing_to_make_it_from_there_is_no_hub()
    {
        using var folder = new TempFolder();
        Assert.Null(HubIdentity.Open(folder.Path, null));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"id\":\"x\",\"node\":\"n\",\"province\":\"06\",\"baseUrl\":\"https://a\"}")]
    [InlineData("{\"id\":\"6f0f4a3e-8a4e-4d47-9a3b-5f6f0f1c2d3e\",\"node\":\"N 1\",\"province\":\"06\",\"baseUrl\":\"https://a\"}")]
    [InlineData("{\"id\":\"6f0f4a3e-8a4e-4d47-9a3b-5f6f0f1c2d3e\",\"node\":\"n\",\"province\":\"6\",\"baseUrl\":\"https://a\"}")]
    [InlineData("{\"id\":\"6f0f4a3e-8a4e-4d47-9a3b-5f6f0f1c2d3e\",\"node\":\"n\",\"province\":\"06\",\"baseUrl\":\"http://a\"}")]
    [InlineData("{\"id\":\"6f0f4a3e-8a4e-4d47-9a3b-5f6f0f1c2d3e\",\"node\":\"n\",\"province\":\"06\",\"baseUrl\":\"https://a/\"}")]
    public void A_damaged_file_is_refused_and_never_replaced(string content)
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("hub.json"), content, Encoding.UTF8);
        Assert.Throws<InvalidDataException>(() => HubIdentity.Open(folder.Path, () => Ankara));
        Assert.Equal(content, File.ReadAllText(folder.File("hub.json")));
    }

    [Fact]
    public async Task Two_processes_that_start_at_once_agree_on_one_identity()
    {
        for (var round = 0; round < 50; round++)
        {
            using var folder = new TempFolder();
            var opened = await Task.WhenAll(Enumerable.Range(1, 8).Select(n => Task.Run(() => HubIdentity.Open(folder.Path, () => Ankara with { Node = $"node-{n}" }))));
            Assert.Single(opened.Distinct());
            Assert.Single(Directory.GetFiles(folder.Path));
        }
    }
}
