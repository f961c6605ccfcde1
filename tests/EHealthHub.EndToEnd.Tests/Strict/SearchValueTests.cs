using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>What values mean in searches: dates, numbers, tokens, strings, escapes (R4 3.1.1.4). Expected are the indexes of the resources, in the order they were made.</summary>
public sealed class SearchValueTests(HubFixture hub) : IClassFixture<HubFixture>
{
    // R4 3.1.1.4.5 to .7; E20.
    [Fact]
    public async Task Dates_are_stretches_of_time()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Tarihli"));
        string Observation(string effective) => $$$"""{"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/{{{patient}}}"},{{{effective}}}}""";
        var all = await ministry.CreateAll(
            "Observation",
            Observation("\"effectiveDateTime\":\"2013-01-14\""),
            Observation("\"effectiveDateTime\":\"2013-01-14T09:00:00Z\""),
            Observation("\"effectivePeriod\":{\"start\":\"2013-01-10\"}"),
            Observation("\"effectivePeriod\":{\"end\":\"2013-01-12\"}"),
            Observation("\"effectiveDateTime\":\"2013-01\""));
        await Expect("Observation", "date=2013-01-14", "0,1");
        await Expect("Observation", "date=eq2013-01", "0,1,4");
        await Expect("Observation", "date=ne2013-01", "2,3");
        await Expect("Observation", "date=lt2013-01-14T10:00:00Z", "0,1,2,3,4");
        await Expect("Observation", "date=sa2013-01-12", "0,1");
        await Expect("Observation", "date=eb2013-01-13", "3");
        await Expect("Observation", "date=ge2013-02-05", "2");
        await Expect("Observation", "date=gt2013-01-14", "2,4");
        await Expect("Observation", "date=le2013-01-11", "2,3,4");
        await Expect("Observation", "date=2013-01-14T09:00Z", "1");

        string Order(params string[] days) => $$$"""{"resourceType":"ServiceRequest","status":"active","intent":"order","subject":{"reference":"Patient/{{{patient}}}"},"occurrenceTiming":{"event":[{{{string.Join(',', days.Select(d => $"\"{d}\""))}}}]}}""";
        all = await ministry.CreateAll("ServiceRequest", Order("2013-01-01", "2013-03-01"), Order("2013-02-10"));
        await Expect("ServiceRequest", "occurrence=2013-02", "1");
        await Expect("ServiceRequest", "occurrence=2013", "0,1");
        await Expect("ServiceRequest", "occurrence=ge2013-02-15", "0");

        async Task Expect(string type, string query, string found) => Assert.Equal((query, found), (query, await ministry.Found($"{type}?patient={patient}&{query}", all)));
    }

    // R4 3.1.1.4.6; E21.
    [Fact]
    public async Task Numbers_are_as_exact_as_they_are_written()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Sayılı"));
        var all = await ministry.CreateAll("Observation", [.. ((string[])["99.4", "99.5", "100", "100.4", "100.5"]).Select(v => Samples.Observation($"Patient/{patient}", value: v))]);
        (string Query, string Found)[] cases = [("100", "1,2,3"), ("100.00", "2"), ("1e2", "0,1,2,3,4"), ("ne100", "0,4"), ("lt100", "0,1"), ("le100", "0,1,2"), ("gt100", "3,4"), ("ge100", "2,3,4"), ("100|http://unitsofmeasure.org|/min", "1,2,3"), ("100||/min", "1,2,3"), ("100|http://unitsofmeasure.org|kg", "")];
        foreach (var (query, found) in cases)
        {
            Assert.Equal((query, found), (query, await ministry.Found($"Observation?patient={patient}&value-quantity={Ask.Esc(query)}", all)));
        }

        var risks = await ministry.CreateAll("RiskAssessment", [.. ((string[])["0.04", "0.1", "0.14"]).Select(p => $$$"""{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Patient/{{{patient}}}"},"prediction":[{"probabilityDecimal":{{{p}}}}]}""")]);
        Assert.Equal("1,2", await ministry.Found($"RiskAssessment?patient={patient}&probability=0.1", risks));
        Assert.Equal("1", await ministry.Found($"RiskAssessment?patient={patient}&probability=0.10", risks));
        Assert.Equal("2", await ministry.Found($"RiskAssessment?patient={patient}&probability=gt0.1", risks));
    }

    // R4 datatypes, decimal; E21.
    [Fact]
    public async Task Every_digit_of_a_decimal_survives_patch_and_xml()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Hane"));
        foreach (var digits in (string[])["0.010", "1.00E-3", "-0.0", "123456789012345678.90"])
        {
            var id = await ministry.Create("Observation", Samples.Observation($"Patient/{patient}", value: digits));
            using var patch = new StringContent("""[{"op":"replace","path":"/status","value":"amended"}]""", null, "application/json-patch+json");
            (await ministry.Send(HttpMethod.Patch, $"fhir/Observation/{id}", patch, [])).Expect(200);
            Assert.Contains($"\"value\":{digits},", (await ministry.Get($"fhir/Observation/{id}")).Expect(200).Text, StringComparison.Ordinal);
            Assert.Contains($"<value value=\"{digits}\"/>", (await ministry.Get($"fhir/Observation/{id}?_format=xml")).Expect(200).Text, StringComparison.Ordinal);
        }
    }

    // R4 3.1.1.4.10, .12; E22 and E23.
    [Fact]
    public async Task Tokens_have_four_forms_and_not_works_on_the_whole_set()
    {
        using var ministry = hub.Client("ministry");
        string Patient(string more) => $$$"""{"resourceType":"Patient","name":[{"family":"Jetonlu"}]{{{more}}}}""";
        var all = await ministry.CreateAll(
            "Patient",
            Patient(",\"identifier\":[{\"system\":\"urn:s\",\"value\":\"A1\"}],\"active\":true,\"gender\":\"male\""),
            Patient(",\"identifier\":[{\"value\":\"A1\"}],\"active\":false,\"gender\":\"female\""),
            Patient(",\"identifier\":[{\"system\":\"urn:t\",\"value\":\"A1\",\"type\":{\"coding\":[{\"system\":\"urn:k\",\"code\":\"MR\"}]}},{\"system\":\"urn:t\",\"value\":\"MÜ1\"}],\"telecom\":[{\"system\":\"phone\",\"value\":\"5551234\"}]"));
        (string Query, string Found)[] cases =
        [
            ("identifier=A1", "0,1,2"), ("identifier=urn:s|A1", "0"), ("identifier=|A1", "1"), ("identifier=urn:s|", "0"), ("identifier=urn:s|A1,urn:t|A1", "0,2"), ("identifier=urn:s|A1&identifier=urn:t|A1", ""),
            ("identifier=urn:t|MU1", ""), ("identifier=urn:t|M%C3%9C1", "2"), ("active=true", "0"), ("active=false", "1"), ("gender=female", "1"), ("telecom=5551234", "2"), ("phone=5551234", "2"), ("email=5551234", ""),
            ("gender:not=male", "1,2"), ("gender:missing=true", "2"), ("gender:missing=false", "0,1"), ("active:not=true", "1,2"), ("identifier:not=urn:t|A1", "0,1"), ("identifier:of-type=urn:k|MR|A1", "2"), ("identifier:of-type=urn:k|MR|A2", ""),
        ];
        foreach (var (query, found) in cases)
        {
            Assert.Equal((query, found), (query, await ministry.Found("Patient?family=Jetonlu&" + query, all)));
        }

        (await ministry.Get("fhir/Patient?identifier:of-type=urn:k|A1")).Refused(400);
        (await ministry.Get("fhir/Observation?subject:identifier.family=Jetonlu")).Refused(400);
    }

    // R4 3.1.1.4.10: male with another coding beside it is excluded by :not; E23.
    [Fact]
    public async Task Not_excludes_whoever_has_the_code_among_others_and_identifier_matches_what_is_no_link()
    {
        using var ministry = hub.Client("ministry");
        var patient = await ministry.Create("Patient", Samples.Patient("Kümeli"));
        string With(string more) => Samples.Observation($"Patient/{patient}").Replace("\"coding\":[{\"system\":\"http://loinc.org\",", "\"coding\":[" + more + "{\"system\":\"http://loinc.org\",", StringComparison.Ordinal);
        var all = await ministry.CreateAll(
            "Observation",
            With("{\"system\":\"urn:own\",\"code\":\"x\"},"),
            With(""),
            Samples.Observation($"Patient/{patient}").Insert(1, "\"performer\":[{\"identifier\":{\"system\":\"urn:doc\",\"value\":\"7\"}}],"));
        Assert.Equal("1,2", await ministry.Found($"Observation?patient={patient}&code:not=urn:own|x", all));
        Assert.Equal("", await ministry.Found($"Observation?patient={patient}&code:not=8867-4", all));
        Assert.Equal("2", await ministry.Found($"Observation?patient={patient}&performer:identifier=urn:doc|7", all));
        Assert.Equal("0,1", await ministry.Found($"Observation?patient={patient}&performer:missing=true", all));
    }

    // R4 3.1.1.4.8; E24 and B14.
    [Fact]
    public async Task Strings_fold_case_and_marks_but_exact_keeps_them()
    {
        using var ministry = hub.Client("ministry");
        string Patient(string family) => $$$"""{"resourceType":"Patient","identifier":[{"system":"urn:dizi","value":"1"}],"name":[{"family":"{{{family}}}"}]}""";
        var all = await ministry.CreateAll("Patient", [.. ((string[])["Müller", "Carreño Quiñones", "O'Neil", "Işık", "İrfan", "irfan", "Παπαδόπουλος", "山田"]).Select(Patient)]);
        (string Query, string Found)[] cases =
        [
            ("family=muller", "0"), ("family=MÜL", "0"), ("family=uller", ""), ("family:contains=ULL", "0"), ("family:exact=Müller", "0"), ("family:exact=Muller", ""), ("family:exact=müller", ""),
            ("family=carreno", "1"), ("family=Carreño Qui", "1"), ("family=oneil", "2"), ("family=O'Neil", "2"),
            ("family=ışık", "3"), ("family=IŞIK", "3"), ("family=isik", "3"), ("family:exact=Isık", ""), ("family:exact=Işık", "3"), ("family=irfan", "4,5"), ("family=İRFAN", "4,5"), ("family:exact=irfan", "5"), ("family:exact=İrfan", "4"),
            ("family=παπαδοπουλος", "6"), ("family:contains=ΔΌΠΟΥ", "6"), ("family:contains=田", "7"), ("name=MULLER", "0"),
        ];
        foreach (var (query, found) in cases)
        {
            var (name, value) = (query[..query.IndexOf('=', StringComparison.Ordinal)], query[(query.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            Assert.Equal((query, found), (query, await ministry.Found($"Patient?identifier=urn:dizi|1&{name}={Ask.Esc(value)}", all)));
        }
    }

    // R4 3.1.1.4.17, .19; E28.
    [Fact]
    public async Task Escapes_and_composites_are_read_as_written()
    {
        using var ministry = hub.Client("ministry");
        const string odd = @"a,b|c$d\e";
        var all = await ministry.CreateAll(
            "Organization",
            """{"resourceType":"Organization","identifier":[{"system":"urn:kacis","value":"a,b|c$d\\e"}],"name":"Kaçış"}""",
            """{"resourceType":"Organization","identifier":[{"system":"urn:kacis","value":"a"}],"name":"Virgül, Nokta"}""");
        var escaped = odd.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(",", @"\,", StringComparison.Ordinal).Replace("|", @"\|", StringComparison.Ordinal).Replace("$", @"\$", StringComparison.Ordinal);
        Assert.Equal("0", await ministry.Found("Organization?identifier=" + Ask.Esc("urn:kacis|" + escaped), all));
        Assert.Equal("0,1", await ministry.Found("Organization?identifier=" + Ask.Esc($"urn:kacis|{escaped},urn:kacis|a"), all));
        Assert.Equal("1", await ministry.Found("Organization?identifier=urn:kacis|&name:exact=" + Ask.Esc(@"Virgül\, Nokta"), all));

        var patient = await ministry.Create("Patient", Samples.Patient("Bileşik"));
        string Component(string code, int value) => $$$"""{"code":{"coding":[{"system":"http://loinc.org","code":"{{{code}}}"}]},"valueQuantity":{"value":{{{value}}},"system":"http://unitsofmeasure.org","code":"mm[Hg]"}}""";
        all = await ministry.CreateAll("Observation", $$$"""{"resourceType":"Observation","status":"final","code":{"text":"BP"},"subject":{"reference":"Patient/{{{patient}}}"},"component":[{{{Component("8480-6", 107)}}},{{{Component("8462-4", 60)}}}]}""");
        Assert.Equal("0", await ministry.Found($"Observation?patient={patient}&component-code-value-quantity={Ask.Esc("http://loinc.org|8480-6$107")}", all));
        Assert.Equal("", await ministry.Found($"Observation?patient={patient}&component-code-value-quantity={Ask.Esc("8480-6$60")}", all));
        Assert.Equal("0", await ministry.Found($"Observation?patient={patient}&component-code-value-quantity={Ask.Esc("8480-6$60,8480-6$gt100")}", all));
        Assert.Equal("", await ministry.Found($"Observation?patient={patient}&component-code-value-quantity={Ask.Esc("8480-6$lt100")}&component-code-value-quantity={Ask.Esc("8480-6$107")}", all));
    }
}
