using System.Net;
using EHealthHub.Auditor.Tests.Support;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Auditor.Tests.SignIn;

public class CertificateTests
{
    [Fact]
    public async Task Only_a_registered_auditor_gets_in_and_everybody_else_is_told_why_not()
    {
        await using var hub = TestHub.Create();
        await using var host = await hub.Start();
        foreach (var (participant, reason) in new[]
        {
            (null, "certificate-required"), ("hospital-ankara", "certificate-unregistered"), ("dr-ayse", "certificate-unregistered"), ("ministry", "certificate-unregistered"), ("operator", "not-an-auditor"),
            ("hospital-revoked", "certificate-revoked"), ("hospital-expired", "certificate-expired"),
        })
        {
            using var client = hub.Client(host, participant);
            foreach (var address in new[] { "/", "/entries?format=json", "/log", "/entry?log=x&index=1", "/elsewhere" })
            {
                using var response = await client.GetAsync(address);
                Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
                var page = await response.Content.ReadAsStringAsync();
                Assert.Contains($"<code>{reason}</code>", page, StringComparison.Ordinal);
                Assert.DoesNotContain("<nav", page, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_suspended_auditor_is_out_and_comes_back_without_a_restart()
    {
        await using var hub = TestHub.Create();
        await using var host = await hub.Start();
        using var client = hub.Client(host, "auditor");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/log")).StatusCode);
        await hub.Change(r => r.Suspend("auditor"));
        await Eventually.Hold(async () => (await client.GetAsync("/log")).StatusCode == HttpStatusCode.Forbidden);
        await hub.Change(r => r.Resume("auditor"));
        await Eventually.Hold(async () => (await client.GetAsync("/log")).StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_revoked_auditor_is_out_on_an_open_connection()
    {
        await using var hub = TestHub.Create();
        await using var host = await hub.Start();
        using var client = hub.Client(host, "auditor");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/log")).StatusCode);
        hub.Pki.Revoke("auditor");
        await Eventually.Hold(async () => (await client.GetAsync("/log")).StatusCode == HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Style_and_readiness_are_open_to_all()
    {
        await using var hub = TestHub.Create();
        await using var host = await hub.Start();
        using var client = hub.Client(host, null);
        Assert.Equal("ready\n", await client.GetStringAsync("/health/ready"));
        Assert.Contains("font", await client.GetStringAsync("/style.css"), StringComparison.Ordinal);
    }
}
