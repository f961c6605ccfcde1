using System.Text;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Derived;
using EHealthHub.Exchange.Tests.Support;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Tests.Derived;

/// <summary>Figures over many: who gets them, who counts in them, what is not told, and what the log says.</summary>
public sealed class AggregateTests : IAsyncLifetime
{
    private TestHub _hub = null!;

    public async Task InitializeAsync() => _hub = await new TestHub().WithRegistry();

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    [Fact]
    public async Task Public_health_counts_patients_by_three_dimensions_and_small_groups_are_not_there()
    {
        await Patients(0, 24);
        await Patients(100, 7, sex: "male", province: "Iğdır");
        var cells = await Count("by=sex,province,year");
        Assert.Equal(["female Ankara 2024"], cells.Keys);
        Assert.True(cells["female Ankara 2024"] is 20 or 25);
        Assert.Empty(await Count("by=sex&code=http://hl7.org/fhir/sid/icd-10|I10"));
        Assert.Equal(["E11"], (await Count("by=code")).Keys);
        Assert.Equal(["40-49"], (await Count("by=age")).Keys);
        Assert.Equal(["2024-05"], (await Count("by=month&onset-date=2024")).Keys);
        Assert.Single(await Count(""));
        Assert.Equal(["female"], (await Count("by=sex", type: "Patient")).Keys);
    }

    [Fact]
    public async Task Nothing_tells_a_small_group_from_none()
    {
        await Patients(0, 9);
        var small = await Ask("by=sex,code");
        var none = await Ask("by=sex,code&code=I99");
        Assert.Equal(Encoding.UTF8.GetString(none.Body.Span), Encoding.UTF8.GetString(small.Body.Span));
        Assert.DoesNotContain("cell", Encoding.UTF8.GetString(small.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_people_have_the_same_figure_whatever_was_asked()
    {
        await Patients(0, 23);
        var first = Assert.Single(await Count("")).Value;
        foreach (var same in new[] { "code=E11", "code:not=I10", "onset-date=2024", "onset-date=2024-05&code=E11,I10", "clinical-status:missing=true" })
        {
            Assert.Equal(first, Assert.Single(await Count(same)).Value);
        }
    }

    [Fact]
    public async Task Whose_will_is_against_it_is_not_counted_and_not_named()
    {
        await Patients(0, 30);
        for (var i = 0; i < 30; i += 2)
        {
            await Cohort.Consent(_hub, i, "deny", "PUBHLTH");
        }

        _hub.Entries();
        Assert.True(Assert.Single(await Count("")).Value is 10 or 15 or 20);
        Assert.Equal(Enumerable.Range(0, 15).Select(i => $"p{(i * 2) + 1}"), _hub.Entries()[1].Patients.OrderBy(p => int.Parse(p[1..], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Research_counts_those_alone_who_permit_it_by_purpose()
    {
        await Patients(0, 30);
        Assert.Empty(await Count("", Cohort.Research));
        for (var i = 0; i < 16; i++)
        {
            await Cohort.Consent(_hub, i);
        }

        _hub.Entries();
        Assert.True(Assert.Single(await Count("", Cohort.Research)).Value is 15 or 20);
        Assert.Equal(16, _hub.Entries()[1].Patients.Length);
    }

    [Fact]
    public async Task Sensitive_records_count_for_public_health_and_not_for_research()
    {
        const string hiv = """ "meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"},{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"HIV"}]}, """;
        for (var i = 0; i < 20; i++)
        {
            await Cohort.Patient(_hub, i, "B20", members: hiv);
            await Cohort.Consent(_hub, i);
        }

        Assert.Single(await Count("code=B20"));
        Assert.Empty(await Count("code=B20", Cohort.Research));
        const string secret = """ "meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"V"}]}, """;
        for (var i = 0; i < 20; i++)
        {
            await Cohort.Patient(_hub, i, "B21", members: secret);
        }

        Assert.Empty(await Count("code=B21"));
    }

    [Fact]
    public async Task The_question_is_logged_before_and_everybody_who_was_counted_before_the_answer()
    {
        await Patients(0, 12);
        _hub.Entries();
        var result = await Ask("by=sex");
        var entries = _hub.Entries();
        Assert.Equal([EntryKind.SearchAsked, EntryKind.SearchReleased], entries.Select(e => e.Kind));
        Assert.All(entries, e => Assert.Equal(("$aggregate", "PUBHLTH", "ministry", "public-health", "public-health"), (e.Interaction, e.Purpose, e.Institution, e.Reason, e.Statement)));
        Assert.Equal("Condition/$aggregate?by=sex", entries[0].Detail);
        Assert.Empty(entries[0].Patients);
        Assert.Equal(12, entries[1].Patients.Length);
        Assert.Empty(entries[1].Detail);
        Assert.Contains("AGGRED", Encoding.UTF8.GetString(result.Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_else_gets_figures()
    {
        await Patients(0, 12);
        _hub.Entries();
        foreach (var (context, rule) in new[]
        {
            (TestHub.Ministry, "purpose-not-allowed"), (TestHub.Ankara, "purpose-not-allowed"), (Confidential.Ward.Ayse, "purpose-not-allowed"),
            (Cohort.As("hospital-izmir", InstitutionKind.Provider, "PUBHLTH", "public-health"), "purpose-not-allowed"),
            (Cohort.As("insurer", InstitutionKind.Insurer, "HRESCH", "research/x"), "purpose-not-allowed"),
            (Cohort.As("hospital-izmir", InstitutionKind.Provider, "HRESCH"), "project-missing"),
            (Cohort.As("hospital-izmir", InstitutionKind.Provider, "HRESCH", "research/a", "research/b"), "project-missing"),
            (Cohort.PublicHealth with { Caller = Cohort.PublicHealth.Caller with { Scopes = ["system/Observation.r", "public-health"] } }, "scope-missing"),
        })
        {
            Assert.Equal(403, (await Ask("", context)).Status);
            var entry = Assert.Single(_hub.Entries());
            Assert.Equal((EntryKind.Refusal, rule), (entry.Kind, entry.Reason));
        }
    }

    [Theory]
    [InlineData("subject=Patient/p1")]
    [InlineData("patient=p1")]
    [InlineData("_id=c1")]
    [InlineData("identifier=x|y")]
    [InlineData("_has:Observation:patient:code=x")]
    [InlineData("subject:Patient.name=a")]
    [InlineData("_filter=code eq E11")]
    [InlineData("_content=gizli")]
    [InlineData("_lastUpdated=2026")]
    [InlineData("onset-date=2024-05-02")]
    [InlineData("onset-date=ge2024-05-02")]
    [InlineData("onset-date=ap2024")]
    [InlineData("code:text=a")]
    [InlineData("onset-age=lt5")]
    [InlineData("_count=1")]
    [InlineData("_security=x")]
    [InlineData("by=birthdate")]
    [InlineData("by=sex,age,year,code")]
    [InlineData("by=sex&by=sex")]
    [InlineData("by=")]
    [InlineData("nonsense=1")]
    public async Task What_could_single_somebody_out_is_no_criterion(string query)
    {
        _hub.Entries();
        var result = await Ask(query);
        Assert.Equal(400, result.Status);
        Assert.Equal(EntryKind.Refusal, Assert.Single(_hub.Entries()).Kind);
    }

    [Fact]
    public async Task A_project_asks_so_often_a_day_and_no_more()
    {
        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(200, (await Ask("")).Status);
        }

        var late = await Ask("");
        Assert.Equal((429, "questions-too-many"), (late.Status, late.Failure!.Issues[0].Code));
        Assert.Equal(200, (await Ask("", Cohort.Research)).Status);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(0)]
    [InlineData(1_001)]
    public void No_configuration_lets_figures_tell_of_a_few(int patients) => Assert.Throws<ArgumentOutOfRangeException>(() => new DerivedBounds { PatientsMin = patients });

    private async Task Patients(int from, int count, string sex = "female", string province = "Ankara")
    {
        for (var i = from; i < from + count; i++)
        {
            await Cohort.Patient(_hub, i, sex: sex, province: province);
        }
    }

    private async Task<Dictionary<string, int>> Count(string query, ActContext? context = null, string type = "Condition") => Cohort.Cells(await Ask(query, context, type));

    private ValueTask<ActResult> Ask(string query, ActContext? context = null, string type = "Condition") => _hub.Acts.Aggregate.Execute(context ?? Cohort.PublicHealth, type, Cohort.Ask(query), default);
}
