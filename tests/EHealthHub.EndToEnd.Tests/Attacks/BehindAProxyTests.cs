using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Attacks;

/// <summary>Behind a TLS-terminating proxy (RFC 9440): a real HAProxy, registered by the command line of the README.</summary>
public sealed class BehindAProxyTests(HubFixture hub) : IClassFixture<HubFixture>
{
    // Known to the authority and to nobody else: what a newly made certificate of a proxy is.
    private const string Edge = "hospital-unregistered";

    [HaproxyFact]
    public async Task A_registered_proxy_carries_hospitals_clinicians_and_their_refusals()
    {
        await Register();
        using var proxy = await Haproxy.Start(hub.Files, Edge);
        using var ankara = Through(proxy, "hospital-ankara");
        var patient = (await ankara.Post("fhir/Patient", Samples.Patient("Vekil"))).Expect(201).IdFromLocation();
        (await ankara.Post("fhir/Encounter", Samples.Encounter($"Patient/{patient}", "in-progress"))).Expect(201);

        // The token is bound to the hospital's certificate, not to the proxy's, and serves behind the proxy and beside it.
        using var direct = hub.Client("hospital-ankara");
        var assertion = hub.Assertion("dr-ayse", "hospital-ankara");
        var token = (string)(await ankara.Form("oauth/token", ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion))).Expect(200).Json["access_token"]!;
        ankara.Token = direct.Token = token;
        (await ankara.Get($"fhir/Patient/{patient}")).Expect(200);
        (await direct.Get($"fhir/Patient/{patient}")).Expect(200);
        using var izmir = Through(proxy, "hospital-izmir");
        izmir.Token = token;
        (await izmir.Get($"fhir/Patient/{patient}")).Refused(401, "token-not-bound");

        foreach (var (name, code) in new[] { ("hospital-revoked", "certificate-revoked"), ("hospital-expired", "certificate-expired") })
        {
            using var refused = Through(proxy, name);
            (await refused.Get($"fhir/Patient/{patient}")).Refused(403, code);
        }

        using var nobody = Through(proxy, null);
        (await nobody.Get("fhir/metadata")).Expect(200);
        (await nobody.Get($"fhir/Patient/{patient}")).Refused(403, "certificate-required");
        (await nobody.Get($"fhir/Patient/{patient}", ("Client-Cert", Value("ministry")))).Refused(403, "certificate-required");
        (await ankara.Get("fhir/Patient/x", ("Client-Cert", Value("ministry")))).Refused(404, "not-found");
    }

    [HaproxyFact]
    public async Task A_proxy_that_forgets_to_strip_is_refused_where_a_client_smuggles()
    {
        await Register();
        using var proxy = await Haproxy.Start(hub.Files, Edge, strips: false);
        using var ankara = Through(proxy, "hospital-ankara");
        (await ankara.Get("fhir/Patient/x")).Refused(404, "not-found");
        (await ankara.Get("fhir/Patient/x", ("Client-Cert", Value("ministry")))).Refused(403, "forwarded-certificate-invalid");
    }

    [Fact]
    public async Task What_others_forward_is_not_heard_and_counted()
    {
        var before = await Dropped();
        using var ankara = hub.Client("hospital-ankara");
        foreach (var header in (string[])["Client-Cert", "X-Forwarded-Client-Cert", "X-ARR-ClientCert", "X-SSL-Client-Cert", "Client-Cert-Chain"])
        {
            (await ankara.Get("fhir/Organization?_count=1&name=Yok", (header, Value("ministry")))).Expect(200);
            (await ankara.Get("fhir/_history", (header, Value("ministry")))).Expect(403);
        }

        Assert.Equal(before + 10, await Dropped());
    }

    private async Task Register()
    {
        var list = await hub.Files.Hub("registry", "list");
        if (!list.Output.Contains("edge-1", StringComparison.Ordinal))
        {
            var (code, output) = await hub.Files.Hub("registry", "add", "edge-1", "--name", "Edge", "--kind", "proxy", "--certificate", Path.Combine(hub.Files.Layout.Pki, Edge + ".crt"));
            Assert.True(code == 0, output);
        }

        // A change of the registry is in force within a second.
        await Task.Delay(1_500);
    }

    private FhirClient Through(Haproxy proxy, string? name) => hub.Files.Through(proxy.Port, name);

    private string Value(string name) => ":" + hub.CertificateText(name) + ":";

    private async Task<long> Dropped()
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var text = await http.GetStringAsync(new Uri(FormattableString.Invariant($"http://127.0.0.1:{hub.Files.ManagementPort}/metrics")));
        const string Name = "\nehealthhub_forwarded_headers_dropped_total ";
        return long.Parse(text[(text.IndexOf(Name, StringComparison.Ordinal) + Name.Length)..].Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
