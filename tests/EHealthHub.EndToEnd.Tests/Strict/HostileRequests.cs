using System.Text;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>A request that is meant to do harm.</summary>
/// <param name="Method">Method.</param>
/// <param name="Target">Request target as it stands on the wire.</param>
/// <param name="Headers">Header lines, each with its line end.</param>
/// <param name="Body">Body.</param>
internal sealed record HostileRequest(string Method, string Target, string Headers = "", string Body = "")
{
    public string Shown => $"{Method} {(Target.Length > 160 ? Target[..160] + "…" : Target)} [{(Headers.Length > 80 ? Headers[..80] : Headers).Replace("\r\n", ";", StringComparison.Ordinal)}] {(Body.Length > 80 ? Body[..80] : Body)}";
}

/// <summary>Requests that try to make a fault: every route of the API with odd parts, and bombs of every kind.</summary>
internal static class HostileRequests
{
    private const string Json = "Content-Type: application/fhir+json\r\n";
    private const string Xml = "Content-Type: application/fhir+xml\r\n";
    private const string JsonPatch = "Content-Type: application/json-patch+json\r\n";
    private const string Form = "Content-Type: application/x-www-form-urlencoded\r\n";

    private static readonly string[] OddParts =
    [
        "%0d%0aX:1", "%", "%zz", "%C3%28", "%ED%A0%80", "..%2f..%2fetc%2fpasswd", "%2e%2e", "$", "$$", "_", "*", "a%20b", "'%20or%201=1--", "%F0%9F%92%A9", "-", ".", "true", "null", "{id}", "%7Bid%7D", "99999999999999999999", "%2F", "_search", "_history", "$meta", new('a', 65), new('a', 5_000),
    ];

    private static readonly string[] OddHeaders =
    [
        "Range: bytes=0-1\r\n", "Range: bytes=9999999999999999999-\r\n", "Range: nonsense\r\n", "If-Match: *\r\n", "If-Match: W/\"99999999999999999999\"\r\n", "If-Match: " + new string('"', 500) + "\r\n", "If-None-Match: ,,,,\r\n", "If-Modified-Since: yesterday\r\n",
        "If-None-Exist: %00\r\n", "If-None-Exist: identifier=%zz|%\r\n", "If-None-Exist: _has:_has:_has=1\r\n", "Prefer: return=;handling=,,;respond-async\r\n", "Prefer: " + new string('x', 8_000) + "\r\n", "Accept: " + string.Join(',', Enumerable.Repeat("a/b;q=9", 900)) + "\r\n",
        "Accept: */*;q=0\r\n", "Accept-Language: " + new string('-', 4_000) + "\r\n", "X-Request-Id: " + new string('~', 300) + "\r\n", "X-Request-Id: a\r\nX-Request-Id: b\r\n", "Authorization: Bearer\r\n", "Authorization: Bearer " + new string('.', 9_000) + "\r\n", "Authorization: Basic Og==\r\n",
        "Content-Encoding: gzip\r\n", "Expect: 200-ok\r\n", "X-HTTP-Method-Override: DELETE\r\n", "Cookie: " + new string('c', 7_000) + "\r\n", "X-Forwarded-Client-Cert: x\r\nX-Forwarded-For: ::ffff\r\n", "Accept-Charset: utf-7\r\n", "Content-Type: \r\n", "Content-Type: ;;;=\r\n", "Content-Type: multipart/form-data; boundary=\r\n",
    ];

    private static readonly string[] Routes = ["/fhir", "/fhir/Patient", "/fhir/Patient/1", "/fhir/Patient/1/_history", "/fhir/Patient/1/_history/1", "/fhir/Patient/_history", "/fhir/_history", "/fhir/_search", "/fhir/Patient/_search", "/fhir/Patient/1/Observation", "/fhir/Patient/1/*",
        "/fhir/Patient/1/Observation/_search", "/fhir/Patient/1/$everything", "/fhir/Observation/$lastn", "/fhir/Patient/1/$meta", "/fhir/Patient/1/$meta-add", "/fhir/Patient/1/$meta-delete", "/fhir/Binary/1", "/fhir/metadata", "/audit/proof", "/fhir/.well-known/smart-configuration", "/oauth/jwks", "/fhir/"];

    private static readonly string[] Queries =
    [
        "%", "%zz=%zz", "=", "&&&&", "a=%00", "_id=%00", "_id=%ED%A0%80", "_count=-1", "_count=99999999999999999999", "_count=1&_count=2", "_cursor=", "_cursor=AAAA", "_cursor=%F0%9F%92%A9", "_cursor=" + new string('A', 8_000), "_sort=-,-,-", "_sort=" + new string(',', 3_000), "_elements=%5B0%5D", "_summary=count&_summary=text",
        "_include=*:*:*", "_include=" + new string(':', 900), "_include:iterate:iterate=*", "_revinclude=*&_revinclude:iterate=*&_include=*&_include:iterate=*", "_filter=" + new string('(', 3_000), "_filter=((((name%20eq%20", "_filter=not%20(not%20(not%20(family%20eq%20a)))", "_content=" + new string('%', 9), "_text=%22%22%22", "_content=" + new string('(', 1_500),
        "_has=1", "_has:=1", "_has:::=1", "_has:Observation:patient:=1", "birthdate=0000-00-00", "birthdate=9999-12-31T23:59:60Z", "birthdate=gt", "birthdate=apap2020", "birthdate=ap9999-12-31", "birthdate=ap0001-01-01", "birthdate=-2020", "_lastUpdated=lt99999", "identifier=%7C%7C%7C%7C", "identifier=%5C", "identifier=" + new string('|', 1_000), "identifier:of-type=|||", "general-practitioner=http://%5B::1", "link=" + new string('/', 1_000),
        "near=1|2|3|4|5", "near=NaN|NaN|NaN|km", "_type=", "_type=Patient,,,Nobody", "_format=" + new string('x', 5_000), "_format=json&_format=xml", "_pretty=perhaps", "_total=%00", "_since=9999-12-31T23:59:59.9999999%2B14:00", "_since=0001-01-01T00:00:00%2B14:00", "_at=0001", "_before=0", "_before=99999999999", "max=99999999999", "start=9999-12-31&end=0001-01-01", "index=-1&origin=", "index=99999999999999999999&origin=a", "_list=$current-problems", "_contained=both", "_query=x", "__proto__=1", "family:phonetic=%F0%9F%92%A9", "family=" + new string('i', 2_000), "gender:in=http://nobody.example", "gender:in=http://127.0.0.1:1/",
        "a:b:c:d=1", "a.b.c.d.e.f.g.h=1", "organization.partof.partof.partof.partof.partof.partof.name=x", "organization.=1", ".=1", "general-practitioner:.name=1", new string('a', 9_000) + "=1", "identifier=" + new string('a', 12_000),
    ];

    public static IEnumerable<HostileRequest> All() => [.. OddAddresses(), .. OddMethods(), .. OddQueries(), .. OddHeaderValues(), .. Bombs(), .. OddBodies(), .. Patches(), .. Bundles()];

    private static IEnumerable<HostileRequest> OddAddresses() =>
        from part in OddParts
        from target in (string[])["/fhir/{0}", "/fhir/Patient/{0}", "/fhir/{0}/1", "/fhir/Patient/1/_history/{0}", "/fhir/Patient/1/{0}", "/fhir/Patient/{0}/_history", "/fhir/Patient/{0}/$everything", "/fhir/Patient/1/{0}/_search", "/audit/proof/{0}", "/{0}"]
        select new HostileRequest("GET", target.Replace("{0}", part, StringComparison.Ordinal));

    private static IEnumerable<HostileRequest> OddMethods() =>
        from route in Routes
        from method in (string[])["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get"]
        select new HostileRequest(method, route);

    private static IEnumerable<HostileRequest> OddQueries() =>
        from query in Queries
        from route in (string[])["/fhir/Patient", "/fhir", "/fhir/Patient/1/Observation", "/fhir/Patient/1/*", "/fhir/Patient/1", "/fhir/Patient/1/_history", "/fhir/_history", "/fhir/Patient/1/$everything", "/fhir/Observation/$lastn", "/fhir/metadata", "/audit/proof"]
        select new HostileRequest("GET", route + "?" + query);

    private static IEnumerable<HostileRequest> OddHeaderValues() =>
        from header in OddHeaders
        from request in (HostileRequest[])[new("GET", "/fhir/Patient/hostile"), new("GET", "/fhir/Patient?family=x"), new("PUT", "/fhir/Patient/hostile", Json, """{"resourceType":"Patient","id":"hostile"}"""), new("POST", "/fhir/Organization", Json, """{"resourceType":"Organization","name":"x"}"""), new("DELETE", "/fhir/Patient/hostile"), new("POST", "/fhir", Json, """{"resourceType":"Bundle","type":"batch"}"""), new("PATCH", "/fhir/Patient/hostile", JsonPatch, "[]")]
        select request with { Headers = header.StartsWith("Content-Type", StringComparison.Ordinal) ? header : request.Headers + header };

    private static IEnumerable<HostileRequest> Bombs()
    {
        yield return new("POST", "/fhir/Observation/_search", Form, "code=" + string.Join(',', Enumerable.Range(0, 9_000)));
        yield return new("POST", "/fhir/Patient/_search", Form, string.Join('&', Enumerable.Range(0, 5_000).Select(i => $"family=a{i}")));
        yield return new("POST", "/fhir/Patient/_search", Form, string.Join('&', Enumerable.Range(0, 900).Select(i => "_include=*")));
        yield return new("POST", "/fhir/Patient/_search", Form, string.Concat(Enumerable.Repeat("_has:Observation:patient:", 500)) + "code=1");
        yield return new("POST", "/fhir/Patient/_search", Form, "_filter=" + string.Join(" or ", Enumerable.Range(0, 3_000).Select(i => $"family eq a{i}")));
        yield return new("POST", "/fhir/Patient/_search", Form, "_filter=" + new string('(', 20_000) + "family eq a" + new string(')', 20_000));
        yield return new("POST", "/fhir/Patient/_search", Form, new string('%', 60_000));
        yield return new("POST", "/fhir/Patient/_search", Form, new string('a', 70_000));
        yield return new("POST", "/fhir/Patient/_search", Form, "family=\u0000&\u0001");
        yield return new("GET", "/fhir/Patient?" + string.Join('&', Enumerable.Range(0, 1_500).Select(i => "_id=a")));
        yield return new("GET", "/fhir/Patient?" + new string('&', 15_000));
        yield return new("GET", "/fhir/Observation?" + string.Join('&', Enumerable.Range(0, 20).Select(_ => "_has:Provenance:target:agent:Practitioner.organization.partof.name=x")));
        yield return new("GET", "/fhir/Patient", "", "{\"a\":1}");
        yield return new("DELETE", "/fhir/Patient/hostile", Json, "[[[[");
        yield return new("GET", "/fhir/Patient?family=x", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n");
        foreach (var type in (string[])["text/html", "a/b;c=\"\\", "*/*", "application/" + new string('x', 5_000), "image/svg+xml; charset=utf-16", "text/plain\r\nX-Security-Context: Patient/../../1", "text/plain\r\nX-Security-Context: " + new string('/', 3_000), ";", "application/fhir+json; charset=utf-16"])
        {
            yield return new("POST", "/fhir/Binary", $"Content-Type: {type}\r\n", "<script>1</script>");
            yield return new("PUT", "/fhir/Binary/hostile", $"Content-Type: {type}\r\n");
        }

        yield return new("POST", "/oauth/token", Form, "grant_type=%00&assertion=" + new string('.', 30_000));
        yield return new("POST", "/oauth/token", Form, "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=e30.e30.AA");
    }

    private static IEnumerable<HostileRequest> OddBodies()
    {
        string[] json = ["", "\u0000", "null", "[]", "1", "\"a\"", "{", "{}", "{\"resourceType\":null}", "{\"resourceType\":{}}", "{\"resourceType\":[]}", "{\"resourceType\":\"Patient\",\"id\":null}", "{\"resourceType\":\"Patient\",\"id\":{}}", "{\"resourceType\":\"Patient\",\"meta\":[]}", "{\"resourceType\":\"Patient\",\"name\":[null]}", "{\"resourceType\":\"Patient\",\"_name\":[null,null]}",
            "{\"resourceType\":\"Patient\",\"contained\":[null]}", "{\"resourceType\":\"Patient\",\"contained\":[{\"resourceType\":\"Patient\",\"contained\":[{}]}]}", "{\"resourceType\":\"Patient\",\"text\":{\"div\":1}}", "{\"resourceType\":\"Patient\",\"birthDate\":1e999}", "{\"resourceType\":\"Patient\",\"multipleBirthInteger\":1e9999999999}", "{\"resourceType\":\"Patient\",\"id\":\"\\ud800\"}", "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"\\u0000\"}]}",
            "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"valueQuantity\":{\"value\":1e999999999}}", "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"text\":\"x\"},\"valueQuantity\":{\"value\":" + new string('9', 5_000) + "}}", "{\"resourceType\":\"Patient\",\"managingOrganization\":{\"reference\":\"" + new string('/', 3_000) + "\"}}", "\uFEFF{\"resourceType\":\"Patient\"}", "{\"resourceType\":\"Patient\"}{}", "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"meta\"}]}", "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"meta\",\"valueMeta\":{\"tag\":[{}]}},{\"name\":\"meta\",\"valueMeta\":{}}]}",
            new string('[', 100_000), string.Concat(Enumerable.Repeat("{\"a\":", 100_000)), "{\"resourceType\":\"Patient\"" + string.Concat(Enumerable.Repeat(",\"a\":1", 50_000)) + "}", "{\"resourceType\":\"Patient\",\"" + new string('k', 500_000) + "\":1}"];
        string[] xml = ["", "<", "<Patient xmlns=\"http://hl7.org/fhir\">", "<?xml version=\"1.1\"?><Patient xmlns=\"http://hl7.org/fhir\"/>", "<?xml version=\"1.0\" encoding=\"utf-16\"?><Patient xmlns=\"http://hl7.org/fhir\"/>", "<?xml version=\"1.0\" encoding=\"utf-7\"?><Patient xmlns=\"http://hl7.org/fhir\"/>",
            "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;\">]><Patient xmlns=\"http://hl7.org/fhir\"><id value=\"&d;\"/></Patient>", "<!DOCTYPE p SYSTEM \"http://127.0.0.1:1/x.dtd\"><Patient xmlns=\"http://hl7.org/fhir\"/>", "<Patient xmlns=\"http://hl7.org/fhir\" xmlns:xi=\"http://www.w3.org/2001/XInclude\"><xi:include href=\"file:///etc/passwd\"/></Patient>",
            "<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"&#0;\"/></Patient>", "<Patient xmlns=\"http://hl7.org/fhir\"><id value=\"&#xD800;\"/></Patient>", "<Patient xmlns=\"http://hl7.org/fhir\">" + string.Concat(Enumerable.Repeat("<extension>", 50_000)), "<Patient xmlns=\"http://hl7.org/fhir\" " + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"a{i}=\"\" ")) + "/>"];
        string[] places = ["POST /fhir/Patient", "PUT /fhir/Patient/hostile", "POST /fhir", "POST /fhir/Patient/hostile/$meta-add", "POST /fhir/Observation/$lastn", "PUT /fhir/Patient?identifier=urn:x|1", "PATCH /fhir/Patient/hostile"];
        return from place in places
               from body in json.Select(b => (Json, b)).Concat(xml.Select(b => (Xml, b)))
               select new HostileRequest(place.Split(' ')[0], place.Split(' ')[1], body.Item1, body.b);
    }

    private static IEnumerable<HostileRequest> Patches()
    {
        var doubling = "[" + string.Join(',', Enumerable.Repeat("{\"op\":\"copy\",\"from\":\"/name\",\"path\":\"/name/0/extension\"}", 60)) + "]";
        var growing = "[{\"op\":\"add\",\"path\":\"/name\",\"value\":[{\"family\":\"" + new string('a', 50_000) + "\"}]}," + string.Join(',', Enumerable.Repeat("{\"op\":\"copy\",\"from\":\"/name/0\",\"path\":\"/name/-\"}", 900)) + "]";
        string[] bodies = ["null", "{}", "[null]", "[{}]", "[[]]", "[{\"op\":\"add\"}]", "[{\"op\":\"add\",\"path\":\"\",\"value\":null}]", "[{\"op\":\"remove\",\"path\":\"\"}]", "[{\"op\":\"move\",\"from\":\"\",\"path\":\"/name\"}]", "[{\"op\":\"copy\",\"from\":\"\",\"path\":\"/contained\"}]", "[{\"op\":\"move\",\"from\":\"/name\",\"path\":\"/name/0/given\"}]", "[{\"op\":\"replace\",\"path\":\"/resourceType\",\"value\":\"Group\"}]", "[{\"op\":\"add\",\"path\":\"/name/99999999999999999999\",\"value\":1}]", "[{\"op\":\"add\",\"path\":\"/name/-1\",\"value\":1}]", "[{\"op\":\"test\",\"path\":\"/~2\",\"value\":1}]", "[{\"op\":\"remove\",\"path\":\"/meta\"}]", doubling, growing,
            "[" + string.Join(',', Enumerable.Repeat("{\"op\":\"add\",\"path\":\"/name/-\",\"value\":{\"family\":\"a\"}}", 20_000)) + "]", "[{\"op\":\"test\",\"path\":\"" + string.Concat(Enumerable.Repeat("/a", 30_000)) + "\",\"value\":1}]"];
        foreach (var body in bodies)
        {
            yield return new("PATCH", "/fhir/Patient/hostile", JsonPatch, body);
            yield return new("PATCH", "/fhir/Patient?identifier=urn:hostile|1", JsonPatch, body);
        }

        foreach (var path in (string[])["", "Patient", "Patient.", "Patient.name.where(", "Patient.name.where(true).where(true)", "Patient.descendants()", "Patient.repeat(extension)", new string('(', 5_000), string.Join('.', Enumerable.Repeat("Patient", 2_000)), "Patient.name[99999999999]", "Patient.name[-1]", "Patient.id", "Patient.name | Patient.name", "%resource", "Patient.text.div"])
        {
            foreach (var type in (string[])["add", "insert", "delete", "replace", "move", "", "nothing"])
            {
                yield return new("PATCH", "/fhir/Patient/hostile", Json, "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"operation\",\"part\":[{\"name\":\"type\",\"valueCode\":\"" + type + "\"},{\"name\":\"path\",\"valueString\":\"" + path + "\"},{\"name\":\"name\",\"valueString\":\"id\"},{\"name\":\"index\",\"valueInteger\":99999999999},{\"name\":\"value\",\"valueString\":\"x\"}]}]}");
            }
        }
    }

    private static IEnumerable<HostileRequest> Bundles()
    {
        string[] entries = ["null", "1", "{}", "{\"request\":null}", "{\"request\":{}}", "{\"request\":{\"method\":1,\"url\":2}}", "{\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}}", "{\"resource\":null,\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}}", "{\"resource\":{},\"request\":{\"method\":\"PUT\",\"url\":\"Patient/\"}}", "{\"resource\":{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[]},\"request\":{\"method\":\"POST\",\"url\":\"\"}}",
            "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/%\"}}", "{\"request\":{\"method\":\"GET\",\"url\":\"Patient?%zz=%zz&_cursor=x\"}}", "{\"request\":{\"method\":\"GET\",\"url\":\"//x/Patient\"}}", "{\"request\":{\"method\":\"GET\",\"url\":\"../../metadata\"}}", "{\"request\":{\"method\":\"GET\",\"url\":\"Patient/1/$everything\"}}", "{\"request\":{\"method\":\"GET\",\"url\":\"" + new string('a', 50_000) + "\"}}", "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient\"}}", "{\"request\":{\"method\":\"DELETE\",\"url\":\"Patient?\"}}", "{\"request\":{\"method\":\"PATCH\",\"url\":\"Patient/hostile\"}}",
            "{\"resource\":{\"resourceType\":\"Binary\",\"contentType\":\"application/json-patch+json\",\"data\":\"!!!\"},\"request\":{\"method\":\"PATCH\",\"url\":\"Patient/hostile\"}}", "{\"resource\":{\"resourceType\":\"Binary\",\"contentType\":\"application/json-patch+json\"},\"request\":{\"method\":\"PATCH\",\"url\":\"Patient/hostile\"}}", "{\"fullUrl\":\"urn:uuid:\",\"resource\":{\"resourceType\":\"Patient\"},\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}}", "{\"fullUrl\":\"" + new string('/', 3_000) + "\",\"resource\":{\"resourceType\":\"Patient\"},\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}}",
            "{\"resource\":{\"resourceType\":\"Patient\"},\"request\":{\"method\":\"POST\",\"url\":\"Patient\",\"ifNoneExist\":\"%zz&&&=\"}}", "{\"resource\":{\"resourceType\":\"Patient\"},\"request\":{\"method\":\"PUT\",\"url\":\"Patient?_has:Observation:patient:_has:Observation:patient:code=1\"}}", "{\"resource\":{\"resourceType\":\"Patient\",\"managingOrganization\":{\"reference\":\"Organization?\"}},\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}}", "{\"resource\":{\"resourceType\":\"Patient\",\"managingOrganization\":{\"reference\":\"Organization?%00=%00\"}},\"request\":{\"method\":\"POST\",\"url\":\"Patient\"}}"];
        foreach (var type in (string[])["transaction", "batch", "history", "", "collection"])
        {
            foreach (var entry in entries)
            {
                yield return new("POST", "/fhir", Json, Samples.Bundle(type, entry));
            }
        }

        var self = Samples.Entry("urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60", """{"resourceType":"Organization","name":"a","partOf":{"reference":"urn:uuid:0b7f1a6e-3d6f-4a53-9d52-3a1d2c4e5f60"}}""", "POST", "Organization");
        yield return new("POST", "/fhir", Json, Samples.Bundle("transaction", self));
        yield return new("POST", "/fhir", Json, Samples.Bundle("transaction", self, self));
        yield return new("POST", "/fhir", Json, Samples.Bundle("batch", [.. Enumerable.Repeat("{\"request\":{\"method\":\"GET\",\"url\":\"Patient?_include=*\"}}", 20_000)]));
        yield return new("POST", "/fhir", Json, """{"resourceType":"Bundle","type":"transaction","entry":{}}""");
        yield return new("POST", "/fhir", Json, """{"resourceType":"Bundle","type":1}""");
    }
}
