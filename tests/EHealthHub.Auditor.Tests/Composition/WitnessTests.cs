using System.Net;
using EHealthHub.Audit.Tiles;
using EHealthHub.Audit.Witness;
using EHealthHub.Auditor.Tests.Support;

namespace EHealthHub.Auditor.Tests.Composition;

public class WitnessTests
{
    [Fact]
    public async Task The_auditors_witness_the_log_out_of_the_box_and_remember_across_a_restart()
    {
        await using var hub = TestHub.Create();
        await hub.Append(TestHub.Entry(0, "patient-1"));
        using var http = new HttpClient();
        var folder = Path.Combine(hub.Audit, LogFolder.NameOf(TestHub.Origin));
        string key;
        await using (await hub.Start())
        {
            var witness = Assert.Single(WitnessList.Read(Path.Combine(hub.Own, "witness.txt")));
            key = witness.Key.ToString();
            var feed = new WitnessFeed(folder, http);
            await feed.Round([witness], default);
            Assert.Equal((1L, null), (feed.States[0].Size, feed.States[0].Problem));
            Assert.True(File.Exists(Path.Combine(folder, "witnessed")));

            // Nothing else is behind the plain listener.
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(witness.Submission, "entries"))).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri(witness.Submission, "add-checkpoint"))).StatusCode);
            using var noise = new StringContent("noise");
            Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync(new Uri(witness.Submission, "add-checkpoint"), noise)).StatusCode);
        }

        await hub.Append(TestHub.Entry(0, "patient-2"));
        await using (await hub.Start())
        {
            var witness = Assert.Single(WitnessList.Read(Path.Combine(hub.Own, "witness.txt")));
            Assert.Equal(key, witness.Key.ToString());
            var feed = new WitnessFeed(folder, http);
            await feed.Round([witness], default);
            Assert.Equal((2L, null), (feed.States[0].Size, feed.States[0].Problem));
        }

        // A witness that is away is named.
        var late = new WitnessFeed(folder, http);
        await late.Round(WitnessList.Read(Path.Combine(hub.Own, "witness.txt")), default);
        Assert.StartsWith("It cannot be asked", late.States[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_of_witnesses_with_a_line_that_names_none_is_refused()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("witnesses.txt");
        Assert.Empty(WitnessList.Read(path));
        var line = WitnessList.Line(new WitnessAddress(new Audit.Proofs.CosignerKey("w", new byte[32]), new Uri("https://w.example/x/")));
        File.WriteAllText(path, "# ministry\n\n" + line);
        Assert.Equal("w", Assert.Single(WitnessList.Read(path)).Key.Name);
        foreach (var bad in new[] { "w http://w.example/", line.Replace("https", "ftp", StringComparison.Ordinal), line.Replace("x/", "x", StringComparison.Ordinal), "x" + line })
        {
            File.WriteAllText(path, bad);
            Assert.Throws<InvalidDataException>(() => WitnessList.Read(path));
        }
    }
}
