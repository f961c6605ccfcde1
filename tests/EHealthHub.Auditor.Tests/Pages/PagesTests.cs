using System.Net;
using System.Text.Json;
using EHealthHub.Audit.Entries;
using EHealthHub.Auditor.Composition;
using EHealthHub.Auditor.Tests.Support;

namespace EHealthHub.Auditor.Tests.Pages;

/// <summary>One hub, one auditor process, and three sorts of entries, for all tests that only look.</summary>
public sealed class PagesFixture : IAsyncLifetime
{
    internal TestHub Hub { get; } = TestHub.Create();

    internal AuditorHost Host { get; private set; } = null!;

    internal HttpClient Auditor { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Hub.Append([.. Enumerable.Range(0, 300).Select(i => TestHub.Entry(300 - i, $"patient-{i % 10}"))]);
        await Hub.Append(
            TestHub.Entry(0, "patient-1", person: "dr-mehmet", institution: "hospital-izmir", kind: EntryKind.Refusal, status: 404),
            TestHub.Entry(0, "patient-1 patient-2", kind: EntryKind.SearchReleased, purpose: "HPAYMT"),
            TestHub.Entry(0, "", person: "<script>alert(1)</script>", detail: "\"><img src=x onerror=alert(2)>", kind: EntryKind.Administration));
        Host = await Hub.Start();
        Auditor = Hub.Client(Host, "auditor");
        while (Host.Watch.States is not [{ Verified: 303 }])
        {
            await Task.Delay(20);
        }
    }

    public async Task DisposeAsync()
    {
        Auditor.Dispose();
        await Host.DisposeAsync();
        await Hub.DisposeAsync();
    }
}

public sealed class PagesTests(PagesFixture fixture) : IClassFixture<PagesFixture>
{
    private HttpClient Auditor => fixture.Auditor;

    [Fact]
    public async Task The_overview_counts_by_kind_outcome_and_purpose_and_plots_the_accesses()
    {
        var page = await Auditor.GetStringAsync("/");
        Assert.Contains("<strong>303</strong>", page, StringComparison.Ordinal);
        Assert.Contains("/entries?kind=Read&amp;lang=en\">Read</a></th><td class=\"number\">300</td>", page, StringComparison.Ordinal);
        Assert.Contains("/entries?outcome=Refused&amp;lang=en\">refused</a></th><td class=\"number\">1</td>", page, StringComparison.Ordinal);
        Assert.Contains(">HPAYMT</a>", page, StringComparison.Ordinal);
        Assert.Contains("<svg class=\"plot\"", page, StringComparison.Ordinal);
        Assert.Contains("<rect class=\"granted\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_speak_turkish_when_asked_by_query_or_header()
    {
        Assert.Contains("<html lang=\"tr\">", await Auditor.GetStringAsync("/?lang=tr"), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/entries");
        request.Headers.AcceptLanguage.ParseAdd("tr-TR,tr;q=0.9,en;q=0.5");
        using var response = await Auditor.SendAsync(request);
        var page = await response.Content.ReadAsStringAsync();
        Assert.Contains("eşleşen kayıt", page, StringComparison.Ordinal);
        Assert.Contains("hreflang=\"en\">English</a>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_page_is_well_formed_and_every_field_of_its_form_has_a_label()
    {
        foreach (var address in new[] { "/", "/?lang=tr", "/entries", "/entries?kind=Read&page=2", "/entries?patient=nobody", "/entries?x=1", "/log", "/elsewhere", $"/entry?log={Uri.EscapeDataString(TestHub.Origin)}&index=300" })
        {
            using var response = await Auditor.GetAsync(address);
            var page = await response.Content.ReadAsStringAsync();
            Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.Ordinal);
            Assert.Empty(Markup.Faults(page));
            Assert.Equal(page.Split("<label>").Length - 1, page.Split("<input ").Length + page.Split("<select ").Length - 2 - (page.Split("type=\"hidden\"").Length - 1));
        }
    }

    [Theory]
    [InlineData("?patient=patient-1", 32)]
    [InlineData("?patient=patient-2", 31)]
    [InlineData("?patient=nobody", 0)]
    [InlineData("?actor=dr-mehmet", 1)]
    [InlineData("?institution=hospital-izmir&outcome=refused", 1)]
    [InlineData("?kind=SearchReleased", 1)]
    [InlineData("?kind=Read&outcome=granted&purpose=TREAT", 300)]
    [InlineData("?day=1999-01-01", 0)]
    [InlineData("", 303)]
    public async Task A_filter_finds_what_meets_it(string filter, int expected)
    {
        using var json = JsonDocument.Parse(await Auditor.GetStringAsync($"/entries{filter}{(filter.Length == 0 ? "?" : "&")}format=json"));
        Assert.Equal(expected, json.RootElement.GetProperty("total").GetInt32());
        Assert.Equal(Math.Min(50, expected), json.RootElement.GetProperty("entries").GetArrayLength());
    }

    [Fact]
    public async Task Pages_follow_one_another_without_gap_or_repetition()
    {
        var seen = new List<long>();
        for (var page = 1; page <= 7; page++)
        {
            using var json = JsonDocument.Parse(await Auditor.GetStringAsync($"/entries?format=json&page={page}"));
            seen.AddRange(json.RootElement.GetProperty("entries").EnumerateArray().Select(e => e.GetProperty("index").GetInt64()));
        }

        Assert.Equal(303, seen.Count);
        Assert.Equal(303, seen.Distinct().Count());
        var html = await Auditor.GetStringAsync("/entries?page=2&kind=Read");
        Assert.Contains("rel=\"next\" href=\"/entries?kind=Read&amp;page=3&amp;lang=en\"", html, StringComparison.Ordinal);
        Assert.Contains("rel=\"prev\" href=\"/entries?kind=Read&amp;page=1&amp;lang=en\"", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("?patiant=x", "patiant")]
    [InlineData("?kind=Unknown", "kind")]
    [InlineData("?kind=1", "kind")]
    [InlineData("?day=yesterday", "day")]
    [InlineData("?page=0", "page")]
    [InlineData("?page=201", "page")]
    [InlineData("?size=201", "size")]
    [InlineData("?patient=a&patient=b", "patient")]
    public async Task A_filter_that_is_not_understood_is_refused_and_named(string filter, string parameter)
    {
        using var response = await Auditor.GetAsync("/entries" + filter);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains($"<code>{parameter}</code>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_entry_is_shown_with_its_proof_verified_in_view()
    {
        var page = await Auditor.GetStringAsync($"/entry?log={Uri.EscapeDataString(TestHub.Origin)}&index=301");
        Assert.Contains("Verified just now", page, StringComparison.Ordinal);
        Assert.Contains("patient-2", page, StringComparison.Ordinal);
        Assert.Contains($"{TestHub.Origin}\n303\n", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/entry?log=nolog&index=0")]
    [InlineData("/entry?log=ehealthhub%2F06%2Fnode-1%2F01989f3e%2F2026H2&index=303")]
    [InlineData("/entry?log=ehealthhub%2F06%2Fnode-1%2F01989f3e%2F2026H2&index=-1")]
    [InlineData("/entry?log=..%2F..%2Fkeys&index=0")]
    [InlineData("/entry")]
    [InlineData("/elsewhere")]
    public async Task What_there_is_not_is_not_found(string address)
    {
        using var response = await Auditor.GetAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task What_others_wrote_into_an_entry_stays_text()
    {
        foreach (var address in new[] { "/", "/entries?actor=%3Cscript%3Ealert(1)%3C/script%3E", $"/entry?log={Uri.EscapeDataString(TestHub.Origin)}&index=302", "/entries?patient=%22%3E%3Cscript%3E" })
        {
            var page = await Auditor.GetStringAsync(address);
            Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<img", page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("style=", page, StringComparison.OrdinalIgnoreCase);
        }

        Assert.Contains("&lt;script&gt;", await Auditor.GetStringAsync("/entries"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_log_page_shows_a_whole_log()
    {
        var page = await Auditor.GetStringAsync("/log");
        Assert.Contains(TestHub.Origin, page, StringComparison.Ordinal);
        Assert.Contains("<dd class=\"good\">whole</dd>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_forbids_scripts_frames_and_keeping()
    {
        foreach (var address in new[] { "/", "/log", "/style.css", "/elsewhere", "/entries?x=1" })
        {
            using var response = await Auditor.GetAsync(address);
            var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; style-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
            Assert.True(response.Headers.CacheControl!.NoStore);
            Assert.False(response.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task Only_reading_is_possible()
    {
        foreach (var method in new[] { HttpMethod.Post, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch })
        {
            using var request = new HttpRequestMessage(method, "/entries");
            using var response = await Auditor.SendAsync(request);
            Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        }
    }
}
