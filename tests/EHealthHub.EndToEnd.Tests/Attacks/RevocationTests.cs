using System.Diagnostics;
using System.Text.Json.Nodes;
using EHealthHub.EndToEnd.Tests.Support;
using EHealthHub.Operator.Running;
using Xunit.Abstractions;

namespace EHealthHub.EndToEnd.Tests.Attacks;

/// <summary>Revoked during the session, by a real responder over HTTP, by the published list, and by the hub's own block list; and everything that changes authority while the hub runs.</summary>
public sealed class RevocationTests(HubFixture hub, ITestOutputHelper output) : IClassFixture<HubFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Card_revoked_at_its_authority_s_responder_is_out_with_its_open_token_and_a_dead_responder_lets_nobody_new_in()
    {
        await using var responder = await PkiServer.Start(hub.Files.Layout.Pki, 0, TimeProvider.System);
        try
        {
            await Apply(responder.Address + "/ocsp");
            await Until(async () => !(await Metrics()).Contains("ehealthhub_ocsp_fresh_seconds +Inf", StringComparison.Ordinal));

            // The hospital's certificate was never asked about: its first request waits for the answer, which is good.
            using var ankara = hub.Client("hospital-ankara");
            await Until(async () => (await ankara.Get("fhir/Patient/none")).Status == 404);
            using var revoked = hub.Client("hospital-revoked");
            (await revoked.Get("fhir/Patient/none")).Refused(403, "certificate-revoked");

            var (patient, doctor) = await hub.TreatedPatient("İptal");
            using (doctor)
            {
                (await doctor.Get($"fhir/Patient/{patient}")).Expect(200);
                var clock = Stopwatch.StartNew();
                Expect(await hub.Files.Hub("pki", "revoke", "dr-ayse"));
                await Until(async () => (await doctor.Get($"fhir/Patient/{patient}")).OutcomeCodeOrNull == "certificate-revoked");
                output.WriteLine($"OCSP, asked every second: out {clock.Elapsed.TotalSeconds:0.0} s after the command began");
                var token = (await hub.TokenAnswer("dr-ayse", "hospital-ankara")).Expect(400);
                Assert.Equal("certificate-revoked", (string?)token.Json["error_description"]);
            }

            await responder.DisposeAsync();
            using var unseen = hub.Client("insurer");
            var answer = (await unseen.Get("fhir/Organization/none")).Refused(503, "certificate-revocation-unknown");
            Assert.Equal("1", answer.Header("Retry-After"));
            (await ankara.Get("fhir/Patient/none")).Expect(404);
        }
        finally
        {
            await Apply(null);
        }

        // In force again: only then does a certificate pass that the responder was never asked about.
        using var izmir = hub.Client("hospital-izmir");
        await Until(async () => (await izmir.Get("fhir/Patient/none")).Status == 404);

        var change = await AuditEntries.Find(hub.Files.Layout, e => e.Interaction == "registry-change" && e.Detail.Contains("try OCSP", StringComparison.Ordinal));
        Assert.Equal(Environment.UserName, change.Person);
        Assert.Contains("trust list from", change.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Card_on_the_published_list_or_the_hub_s_own_block_list_is_out_within_seconds()
    {
        using var izmir = await hub.Clinician("dr-mehmet", "hospital-izmir");
        (await izmir.Get("fhir/Organization/none")).Expect(404);

        var clock = Stopwatch.StartNew();
        Expect(await hub.Files.Hub("block", "add", Path.Combine(hub.Files.Layout.Pki, "dr-mehmet.crt"), "--reason", "card lost"));
        await Until(async () => (await izmir.Get("fhir/Organization/none")).OutcomeCodeOrNull == "certificate-revoked");
        output.WriteLine($"block list: out {clock.Elapsed.TotalSeconds:0.0} s after the command began");

        Expect(await hub.Files.Hub("block", "remove", Path.Combine(hub.Files.Layout.Pki, "dr-mehmet.crt")));
        await Until(async () => (await izmir.Get("fhir/Organization/none")).Status == 404);
        clock.Restart();
        Expect(await hub.Files.Hub("pki", "revoke", "dr-mehmet"));
        await Until(async () => (await izmir.Get("fhir/Organization/none")).OutcomeCodeOrNull == "certificate-revoked");
        output.WriteLine($"list, a file: out {clock.Elapsed.TotalSeconds:0.0} s after the command began");

        await AuditEntries.Find(hub.Files.Layout, e => e.Interaction == "registry-change" && e.Detail.Contains("card lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quota_is_in_force_within_seconds_says_when_to_come_again_and_is_logged_with_the_institution()
    {
        using var ministry = hub.Client("ministry");
        (await ministry.Get("fhir/Organization/none")).Expect(404);
        Expect(await hub.Files.Hub("registry", "quota", "ministry", "--requests-per-minute", "3", "--reason", "try a quota"));
        FhirAnswer? over = null;
        await Until(async () => (over = await ministry.Get("fhir/Organization/none")).Status == 429);
        over!.Refused(429, "quota-requests");
        Assert.InRange(int.Parse(over.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 60);
        Expect(await hub.Files.Hub("registry", "quota", "ministry"));
        await Until(async () => (await ministry.Get("fhir/Organization/none")).Status == 404);

        var refusal = await AuditEntries.Find(hub.Files.Layout, e => e.Reason == "quota-requests");
        Assert.Equal("ministry", refusal.Institution);
    }

    [Fact]
    public async Task Long_contents_both_ways_count_against_the_bytes_of_a_minute()
    {
        using var izmir = hub.Client("hospital-izmir");
        Expect(await hub.Files.Hub("registry", "quota", "hospital-izmir", "--megabytes-per-minute", "4"));
        var created = (await izmir.Send(HttpMethod.Post, "fhir/Binary", new LongContent(3 << 20), [])).Expect(201);

        // What there is left is drawn below nothing by one answer; the next request waits for it.
        var answer = await izmir.Get("fhir/Binary/" + created.IdFromLocation(), ("Accept", "application/dicom"));
        Assert.Equal(3 << 20, answer.Expect(200).Bytes.Length);
        FhirAnswer? over = null;
        await Until(async () => (over = await izmir.Get("fhir/Binary/" + created.IdFromLocation(), ("Accept", "application/dicom"))).Status == 429);
        over!.Refused(429, "quota-bytes");
        Assert.InRange(int.Parse(over.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 1, 120);
        Expect(await hub.Files.Hub("registry", "quota", "hospital-izmir"));
        await Until(async () => (await izmir.Get("fhir/Organization/none")).Status == 404);
    }

    [Fact]
    public async Task Suspended_institution_is_silent_within_seconds_and_speaks_again()
    {
        using var insurer = hub.Client("hospital-izmir");
        Expect(await hub.Files.Hub("registry", "suspend", "hospital-izmir"));
        await Until(async () => (await insurer.Get("fhir/Patient/none")).OutcomeCodeOrNull == "participant-suspended");
        Expect(await hub.Files.Hub("registry", "resume", "hospital-izmir"));
        await Until(async () => (await insurer.Get("fhir/Patient/none")).Status == 404);
        var shown = await hub.Files.Hub("registry", "show", "hospital-izmir");
        Assert.Contains("suspend hospital-izmir", shown.Output, StringComparison.Ordinal);
    }

    private async Task<string> Metrics()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        return await http.GetStringAsync(new Uri(FormattableString.Invariant($"http://127.0.0.1:{hub.Files.ManagementPort}/metrics")));
    }

    private static void Expect((int Code, string Output) ended) => Assert.True(ended.Code == 0, ended.Output);

    private static async Task Until(Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            Assert.True(clock.Elapsed < Patience, "not within the time");
            await Task.Delay(100);
        }
    }

    /// <summary>The development authority under its responder, or under its list again.</summary>
    private async Task Apply(string? responder)
    {
        var (code, shown) = await hub.Files.Hub("trust", "show");
        Assert.True(code == 0, shown);
        var list = JsonNode.Parse(shown)!;
        var source = list["revocation"]![0]!;
        source["kind"] = responder is null ? "list" : "ocsp";
        source["location"] = responder ?? Path.Combine(hub.Files.Layout.Pki, "ca.crl");
        source["pollSeconds"] = 1;
        var file = Path.Combine(hub.Files.Layout.Logs, "trust.json");
        await File.WriteAllTextAsync(file, list.ToJsonString());
        Expect(await hub.Files.Hub("trust", "apply", file, "--reason", "try OCSP"));
    }
}
