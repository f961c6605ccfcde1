using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Authorization;

/// <summary>The page that tells the holder of a card whom the hub takes them for, as any client gets it.</summary>
public sealed class IdentityPageTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task It_is_for_clinicians_and_citizens_and_never_says_a_whole_national_id()
    {
        foreach (var (name, shown, kind) in new[] { ("dr-ayse", "Ayşe Demir", "clinician"), ("citizen-zeynep", "Zeynep Yılmaz", "citizen") })
        {
            using var client = hub.Client(name);
            foreach (var path in (string[])["", "me"])
            {
                var page = (await client.Get(path, ("Accept-Language", "en"))).Expect(200);
                Assert.Equal("text/html", page.ContentType);
                Assert.Contains($"<strong>{shown}</strong>, {kind}", page.Text, StringComparison.Ordinal);
                var id = hub.Files.Certificate(name).Subject.Split("SERIALNUMBER=")[1].Split(',')[0].Trim();
                Assert.DoesNotContain(id, page.Text, StringComparison.Ordinal);
                Assert.Contains(id[..2] + "*******" + id[^2..], page.Text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Its_language_is_that_of_the_address_or_else_of_the_browser()
    {
        using var ayse = hub.Client("dr-ayse");
        Assert.Contains("<html lang=\"tr\">", (await ayse.Get("me", ("Accept-Language", "tr-TR,tr;q=0.9"))).Expect(200).Text, StringComparison.Ordinal);
        Assert.Contains("<html lang=\"en\">", (await ayse.Get("me?lang=en", ("Accept-Language", "tr-TR,tr;q=0.9"))).Expect(200).Text, StringComparison.Ordinal);
        Assert.Contains("<html lang=\"en\">", (await ayse.Get("me?lang=%3Cscript%3E&lang=tr", ("Accept-Language", "de"))).Expect(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_are_pages_of_the_same_strictness()
    {
        foreach (var (name, code) in new[] { ("ministry", "certificate-unregistered"), ("operator", "certificate-unregistered"), ("hospital-expired", "certificate-expired"), (null, "certificate-required") })
        {
            using var client = hub.Client(name);
            var page = (await client.Get("me", ("Accept-Language", "tr"))).Expect(403);
            Assert.Equal("text/html", page.ContentType);
            Assert.Contains("<h1>Giriş yapılamadı</h1>", page.Text, StringComparison.Ordinal);
            Assert.Contains($"<code>{code}</code>", page.Text, StringComparison.Ordinal);
            Assert.Contains("default-src 'none'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Equal("DENY", page.Header("X-Frame-Options"));
            Assert.DoesNotContain("<script", page.Text, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task Asked_for_its_head_alone_or_by_another_method_it_tells_nothing()
    {
        using var ayse = hub.Client("dr-ayse");
        Assert.Empty((await ayse.Send(HttpMethod.Head, "me", null, [])).Expect(200).Bytes);
        (await ayse.Post("me", "{}")).Refused(404, "address-unknown");
    }
}
