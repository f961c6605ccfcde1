using System.Text.RegularExpressions;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Citizen;

/// <summary>The citizens' pages, as any client gets them: whose record, who else, forged forms, and the download.</summary>
public sealed partial class OwnRecordPagesTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [Fact]
    public async Task A_citizen_sees_the_own_record_by_kind_entry_by_entry_and_markup_in_it_stays_text()
    {
        var patient = await Zeynep.Record(hub);
        using var zeynep = hub.Client(Zeynep.Name);
        var home = (await zeynep.Get("my?lang=tr")).Expect(200);
        Assert.Contains("<h1>Sağlık kaydım</h1>", home.Text, StringComparison.Ordinal);
        Assert.Matches("Ölçüm ve tahliller</span><span class=\"count\">3</span>", home.Text);

        var observations = (await zeynep.Get("my/record/Observation?lang=en")).Expect(200);
        Assert.Contains("72.50 /min", observations.Text, StringComparison.Ordinal);
        Assert.True(observations.Text.IndexOf("8310-5", StringComparison.Ordinal) < observations.Text.IndexOf("29463-7", StringComparison.Ordinal), "the newest first");

        var conditions = (await zeynep.Get("my/record/Condition")).Expect(200);
        Assert.Contains("Migren &lt;b&gt;aurasız&lt;/b&gt;", conditions.Text, StringComparison.Ordinal);
        var entry = (await zeynep.Get(EntryLink().Match(conditions.Text).Groups[1].Value)).Expect(200);
        Assert.Contains("<dt>Recorded</dt><dd>2026-11-20</dd>", entry.Text, StringComparison.Ordinal);
        Assert.Contains(Zeynep.NationalId(hub), (await zeynep.Get($"my/record/Patient/{patient}")).Expect(200).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_s_record_is_not_there_and_looks_like_none()
    {
        await Zeynep.Record(hub);
        var (other, doctor) = await hub.TreatedPatient("Başka");
        doctor.Dispose();
        using var zeynep = hub.Client(Zeynep.Name);
        var existing = (await zeynep.Get($"my/record/Patient/{other}")).Expect(404);
        var missing = (await zeynep.Get("my/record/Patient/01997a2e-0000-7000-8000-000000000000")).Expect(404);
        Assert.Equal(WithoutReceipt(existing).Replace(other, "", StringComparison.Ordinal), WithoutReceipt(missing).Replace("01997a2e-0000-7000-8000-000000000000", "", StringComparison.Ordinal));
        Assert.DoesNotContain("Başka", existing.Text, StringComparison.Ordinal);
        (await zeynep.Get("my/record/Nonsense")).Expect(404);
        (await zeynep.Get("my/record/Observation?_cursor=x")).Expect(400);
    }

    [Fact]
    public async Task Only_citizens_have_pages_of_their_own()
    {
        foreach (var name in (string?[])["dr-ayse", "hospital-ankara", "auditor", null])
        {
            using var client = hub.Client(name);
            var page = (await client.Get("my")).Expect(403);
            Assert.Contains("You are not let in", page.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Forms_that_are_not_of_one_s_own_page_do_nothing()
    {
        await Zeynep.Record(hub);
        using var zeynep = hub.Client(Zeynep.Name);
        var seal = Seal((await zeynep.Get("my/download")).Expect(200).Text);
        foreach (var (sent, headers) in new (string, (string, string)[])[]
        {
            ("", []), ("AAAA", []), (seal[..^2] + "AA", []), (seal, [("Origin", "https://evil.example")]), (seal, [("Sec-Fetch-Site", "cross-site")]),
        })
        {
            var answer = await zeynep.Send(HttpMethod.Post, "my/download", new FormUrlEncodedContent([KeyValuePair.Create("seal", sent)]), headers);
            Assert.Contains("The form was not accepted", answer.Expect(403).Text, StringComparison.Ordinal);
        }

        (await zeynep.Post("my/download", "{}")).Expect(403);
        (await zeynep.Form("my/download", ("seal", seal))).Expect(200);
        using var ayse = hub.Client("dr-ayse");
        (await ayse.Form("my/download", ("seal", seal))).Expect(403);
        await AuditEntries.Find(hub.Files.Layout, e => e.Reason == "form-not-ours" && e.Person == Zeynep.Name);
    }

    [Fact]
    public async Task The_download_is_a_valid_document_with_everything_in_it_and_the_same_by_the_api()
    {
        var patient = await Zeynep.Record(hub);
        using var zeynep = hub.Client(Zeynep.Name);
        var file = (await zeynep.Form("my/download", ("seal", Seal((await zeynep.Get("my/download")).Expect(200).Text)))).Expect(200);
        Assert.Equal("application/fhir+json", file.ContentType);
        var document = file.Json;
        Assert.Equal("document", (string?)document["type"]);
        Assert.Equal("Composition", (string?)document["entry"]![0]!["resource"]!["resourceType"]);
        var everything = Zeynep.Keys((await zeynep.Get($"fhir/Patient/{patient}/$everything")).Expect(200).Json);
        var held = Zeynep.Keys(document);
        Assert.Superset(everything, held);
        Assert.Equal(everything.Count + 2, held.Count);

        var listed = document["entry"]![0]!["resource"]!["section"]!.AsArray().SelectMany(s => s!["entry"]!.AsArray()).Select(e => (string)e!["reference"]!).ToHashSet();
        Assert.Equal(everything, listed);
        using var ankara = hub.Client("hospital-ankara");
        var verdict = (await ankara.Post("fhir/Bundle/$validate", file.Text)).Expect(200).Json;
        Assert.DoesNotContain(verdict["issue"]!.AsArray(), i => (string?)i!["severity"] is "error" or "fatal");

        var byApi = (await zeynep.Get($"fhir/Patient/{patient}/$document")).Expect(200).Json;
        Assert.Equal(held.Count(k => !k.StartsWith("Composition", StringComparison.Ordinal)), Zeynep.Keys(byApi).Count(k => !k.StartsWith("Composition", StringComparison.Ordinal)));
        using var mehmet = await hub.Clinician("dr-mehmet", "hospital-izmir");
        (await mehmet.Get($"fhir/Patient/{patient}/$document")).Refused(404, "not-found");
        await AuditEntries.Find(hub.Files.Layout, e => e.Interaction == "$document" && e.Person == Zeynep.Name && e.Patients.Contains(patient));
    }

    [Fact]
    public async Task The_report_page_names_whoever_looked_and_whoever_was_refused_with_the_reason_in_words()
    {
        var patient = await Zeynep.Record(hub);
        using var mehmet = await hub.Clinician("dr-mehmet", "hospital-izmir");
        (await mehmet.Get($"fhir/Patient/{patient}")).Refused(404, "not-found");
        using var zeynep = hub.Client(Zeynep.Name);
        var page = (await zeynep.Get("my/report?lang=en")).Expect(200);
        Assert.Contains("<h1>Who looked</h1>", page.Text, StringComparison.Ordinal);
        Assert.Matches("Mehmet Kaya<span class=\"hint\">İzmir Devlet Hastanesi \\(gösterim\\)</span></th><td>treatment</td><td>[^<]*read[^<]*</td><td><span class=\"bad\">refused</span><span class=\"hint\">[^<]{10,}", page.Text);
        Assert.Contains(">You</th>", page.Text, StringComparison.Ordinal);
        Assert.Contains("Ankara Şehir Hastanesi (gösterim)", page.Text, StringComparison.Ordinal);
        (await zeynep.Get("my/report?_cursor=x")).Expect(400);

        var file = (await zeynep.Form("my/report", ("seal", Seal(page.Text)))).Expect(200);
        Assert.Contains(file.Json["parameter"]!.AsArray(), p => (string?)p!["name"] == "proof");
    }

    [Fact]
    public async Task A_refusal_closes_the_record_on_the_next_read_and_its_withdrawal_opens_it()
    {
        var patient = await Zeynep.Record(hub);
        using var ankara = hub.Client("hospital-ankara");
        (await ankara.Post("fhir/Encounter", Samples.Encounter($"Patient/{patient}", "in-progress"))).Expect(201);
        using var ayse = await hub.Clinician("dr-ayse", "hospital-ankara");
        (await ayse.Get($"fhir/Patient/{patient}")).Expect(200);
        using var zeynep = hub.Client(Zeynep.Name);
        var seal = Seal((await zeynep.Get("my/consents")).Expect(200).Text);
        var given = (await zeynep.Form("my/consents", ("seal", seal), ("give", "deny"), ("institution", "hospital-ankara"))).Expect(200);
        (await ayse.Get($"fhir/Patient/{patient}")).Refused(404, "not-found");
        var id = Regex.Match(given.Text, "name=\"withdraw\" value=\"([^\"]+)\"").Groups[1].Value;
        (await zeynep.Form("my/consents", ("seal", seal), ("withdraw", id))).Expect(200);
        (await ayse.Get($"fhir/Patient/{patient}")).Expect(200);
        (await zeynep.Form("my/consents", ("seal", seal), ("give", "caregiver"), ("person", "12345678951"))).Expect(400);
        Assert.Contains("12345678950", (await zeynep.Form("my/consents", ("seal", seal), ("give", "caregiver"), ("person", "12345678950"))).Expect(200).Text, StringComparison.Ordinal);
    }

    internal static string Seal(string page) => SealField().Match(page).Groups[1].Value;

    private static string WithoutReceipt(FhirAnswer page) => ReceiptText().Replace(page.Text, "");

    [GeneratedRegex("name=\"seal\" value=\"([^\"]+)\"")]
    private static partial Regex SealField();

    [GeneratedRegex("<code>ehealthhub/[^<]*</code>")]
    private static partial Regex ReceiptText();

    [GeneratedRegex("href=\"/(my/record/Condition/[^\"?]+)")]
    private static partial Regex EntryLink();
}
