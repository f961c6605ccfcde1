using System.Buffers;
using System.Text;
using System.Text.Json;
using EHealthHub.Exchange.AuditEvents;
using EHealthHub.Exchange.Reports;
using EHealthHub.Exchange.Tests.Support;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace EHealthHub.Exchange.Tests.AuditEvents;

/// <summary>Every entry of the log is an AuditEvent by IHE BALP's patterns, and tells a patient nothing that only auditors may know.</summary>
public sealed class EventWriterTests
{
    private static readonly EventWriter Writer = new("https://localhost:8443", new ReportNames(People.Registry));

    public static TheoryData<string> Names { get; } = [.. SampleEntries.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_entry_is_a_valid_event_to_auditors_and_to_the_patient(string name)
    {
        foreach (var viewer in Viewers(name))
        {
            using var resource = Resource(Write(name, viewer));
            var issues = new Validator().Validate(resource, new FhirLimits());
            Assert.True(issues.IsEmpty, string.Join("; ", issues.Select(i => $"{i.Code} {i.Expression} {i.Diagnostics}")));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Another_reader_takes_every_event(string name)
    {
        var reader = new FhirJsonDeserializer(new DeserializerSettings().UsingMode(DeserializationMode.Strict));
        foreach (var viewer in Viewers(name))
        {
            var read = reader.Deserialize<AuditEvent>(Encoding.UTF8.GetString(Write(name, viewer)));
            Assert.Equal(42.ToString(System.Globalization.CultureInfo.InvariantCulture), read.Id);
            Assert.NotEmpty(read.Agent);
        }
    }

    [GuidesTheory]
    [MemberData(nameof(Names))]
    public void An_event_satisfies_the_patterns_of_IHE_that_it_claims(string name)
    {
        foreach (var viewer in Viewers(name))
        {
            var bytes = Write(name, viewer);
            using var resource = Resource(bytes);
            Assert.All(Claims(bytes), claim => Assert.Contains(claim, GuideData.Profiles.Urls));
            var issues = new Validator { Profiles = GuideData.Profiles }.Validate(resource, new FhirLimits());
            Assert.True(issues.IsEmpty, $"{viewer}: " + string.Join("; ", issues.Select(i => $"{i.Code} {i.Expression} {i.Diagnostics}")) + Encoding.UTF8.GetString(bytes));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_act_claims_its_pattern(string name)
    {
        var claims = Claims(Write(name, EventViewer.Auditor)).Select(c => c[(c.LastIndexOf("/IHE.", StringComparison.Ordinal) + 5)..]);
        Assert.Equal(SampleEntries.All[name].Profiles, claims);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_patient_sees_no_query_no_token_no_certificate_no_address_no_request_and_no_other_patient(string name)
    {
        var entry = SampleEntries.All[name].Entry;
        foreach (var viewer in Viewers(name).Where(v => !v.SeesAll))
        {
            var text = Encoding.UTF8.GetString(Write(name, viewer));
            foreach (var secret in new[] { entry.TokenId, entry.Certificate, entry.Source, entry.RequestId, entry.Detail, Convert.ToBase64String(Encoding.UTF8.GetBytes(entry.Detail)) }.Concat(entry.Patients.Where(p => p != viewer.Patient)).Where(s => s.Length > 3))
            {
                Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_search_shows_auditors_its_criteria_and_each_patient_an_event_of_their_own()
    {
        var first = Encoding.UTF8.GetString(Write("search released", EventViewer.Auditor, 0));
        var second = Encoding.UTF8.GetString(Write("search released", EventViewer.Auditor, 1));
        Assert.Contains(Convert.ToBase64String("Observation?patient=p-1&code=718-7"u8), first, StringComparison.Ordinal);
        Assert.Contains("Patient/p-1", first, StringComparison.Ordinal);
        Assert.DoesNotContain("Patient/p-2", first, StringComparison.Ordinal);
        Assert.Contains("Patient/p-2", second, StringComparison.Ordinal);
        Assert.DoesNotContain("Patient/p-1", second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read", "0")]
    [InlineData("refused by consent", "4")]
    [InlineData("create that met a conflict", "4")]
    [InlineData("failed", "8")]
    public void What_was_refused_is_4_and_what_failed_is_8(string name, string outcome)
    {
        using var document = JsonDocument.Parse(Write(name, EventViewer.Auditor));
        Assert.Equal(outcome, document.RootElement.GetProperty("outcome").GetString());
    }

    [Fact]
    public void A_broken_glass_bears_its_purpose_and_the_reason_in_words()
    {
        using var document = JsonDocument.Parse(Write("glass broken", EventViewer.Auditor));
        var purpose = document.RootElement.GetProperty("purposeOfEvent")[0];
        Assert.Equal("BTG", purpose.GetProperty("coding")[0].GetProperty("code").GetString());
        Assert.Equal("Bilinci kapalı, yakını yok", purpose.GetProperty("text").GetString());
        Assert.Equal("110127", document.RootElement.GetProperty("subtype")[0].GetProperty("code").GetString());
    }

    private static EventViewer[] Viewers(string name) => SampleEntries.All[name].Entry.Patients is [.., var patient] ? [EventViewer.Auditor, new EventViewer(patient)] : [EventViewer.Auditor];

    private static byte[] Write(string name, EventViewer viewer, int ordinal = 0)
    {
        var output = new ArrayBufferWriter<byte>();
        Writer.Write(output, "42", SampleEntries.Logged(name), ordinal, viewer, "tr");
        return output.WrittenSpan.ToArray();
    }

    private static string[] Claims(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.GetProperty("meta").TryGetProperty("profile", out var profiles) ? [.. profiles.EnumerateArray().Select(p => p.GetString()!)] : [];
    }

    private static FhirResource Resource(byte[] bytes) =>
        FhirReader.Read(bytes, new FhirLimits()).Try(out var resource, out var failure) ? resource : throw new InvalidOperationException(failure.Issues[0].Diagnostics);
}
