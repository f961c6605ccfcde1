using System.Text.Json.Nodes;
using EHealthHub.Audit.Entries;
using EHealthHub.Exchange.Tests.Support;
using EHealthHub.Fhir.Operations;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Tests.Erasing;

/// <summary>The way of an erasure: who may take which step, in which order, and what is told and logged of it.</summary>
public sealed class ErasureCasesTests : IAsyncLifetime
{
    private const string Tckn = "10000000146";

    private static readonly ActContext Zeynep = As(PersonKind.Citizen, "citizen-zeynep", Tckn);
    private static readonly ActContext Deniz = As(PersonKind.Operator, "operator-deniz");
    private static readonly ActContext Can = As(PersonKind.Operator, "operator-can");

    private string _patient = "";

    private TestHub Hub { get; } = new();

    [Fact]
    public async Task The_patient_asks_two_operators_approve_and_the_record_is_as_if_it_had_never_been()
    {
        using var observation = TestHub.Observation(_patient);
        var id = TestHub.IdOf(await Hub.Acts.Submit.Create(TestHub.Ankara, "Observation", observation, null, default));
        var other = await Hub.Patient("Kaya");

        var asked = await Hub.Acts.Erasures.Ask(Zeynep, _patient, Say("I do not want it any more"), default);
        Assert.Equal((201, "requested"), (asked.Status, State(asked)));
        Assert.Equal(200, (await Hub.Acts.Erasures.Ask(Zeynep, _patient, OperationInput.Empty, default)).Status);

        Assert.Equal("approved-once", State(await Hub.Acts.Erasures.Approve(Deniz, Case(1), default)));
        Assert.Equal(409, (await Hub.Acts.Erasures.Execute(Deniz, Case(1), default)).Status);
        Assert.Equal(403, (await Hub.Acts.Erasures.Approve(Deniz, Case(1), default)).Status);
        Assert.Equal("ready", State(await Hub.Acts.Erasures.Approve(Can, Case(1), default)));

        Hub.Entries();
        var done = await Hub.Acts.Erasures.Execute(Can, Case(1), default);
        Assert.Equal((200, "erased"), (done.Status, State(done)));
        Assert.Equal(2, (int)Part(done, "versions")!["valueInteger"]!);

        var entries = Hub.Entries();
        Assert.Equal(["$execute-erasure", "erased"], entries.Select(e => e.Interaction));
        Assert.All(entries, e => Assert.Equal([_patient], e.Patients.AsEnumerable()));
        Assert.Equal((string)Part(done, "envelopes")!["valueString"]!, Convert.ToHexStringLower(entries[1].Hashes.Span));

        foreach (var (type, gone) in new[] { ("Patient", _patient), ("Observation", id) })
        {
            Assert.Equal(404, (await Hub.Acts.Read.Execute(TestHub.Ministry, type, gone, null, default)).Status);
            Assert.Equal(404, (await Hub.Acts.Read.Execute(TestHub.Ankara, type, gone, 1, default)).Status);
        }

        Assert.Equal(200, (await Hub.Acts.Read.Execute(TestHub.Ankara, "Patient", other, null, default)).Status);

        // The case stays, without the patient.
        var listed = (await Hub.Acts.Erasures.List(Deniz, default)).Body;
        var text = System.Text.Encoding.UTF8.GetString(listed.Span);
        Assert.DoesNotContain(_patient, text, StringComparison.Ordinal);
        Assert.DoesNotContain("citizen-zeynep", text, StringComparison.Ordinal);
        Assert.Contains("\"erased\"", text, StringComparison.Ordinal);
        Assert.Equal(409, (await Hub.Acts.Erasures.Execute(Can, Case(1), default)).Status);
    }

    [Fact]
    public async Task A_legal_hold_stops_what_two_approved_of_until_it_is_lifted()
    {
        await Hub.Acts.Erasures.Ask(Zeynep, _patient, OperationInput.Empty, default);
        Assert.Equal((201, "in-force"), (await Hub.Acts.Erasures.Hold(TestHub.Ministry, _patient, Say("court 2026/77"), default)) is var held ? (held.Status, State(held)) : default);
        await Hub.Acts.Erasures.Approve(Deniz, Case(1), default);
        await Hub.Acts.Erasures.Approve(Can, Case(1), default);

        var stopped = await Hub.Acts.Erasures.Execute(Can, Case(1), default);
        Assert.Equal((409, "legal-hold"), (stopped.Status, stopped.Failure!.Issues[0].Code));
        Assert.Equal(200, (await Hub.Acts.Read.Execute(TestHub.Ankara, "Patient", _patient, null, default)).Status);

        Assert.Equal(403, (await Hub.Acts.Erasures.Lift(Can, Case(2), default)).Status);
        Assert.Equal("lifted", State(await Hub.Acts.Erasures.Lift(TestHub.Ministry, Case(2), default)));
        Assert.Equal(200, (await Hub.Acts.Erasures.Execute(Can, Case(1), default)).Status);
    }

    [Fact]
    public async Task Whom_it_does_not_concern_is_told_nothing_and_may_do_nothing()
    {
        var stranger = As(PersonKind.Citizen, "citizen-other", "12345678950");
        var refused = await Hub.Acts.Erasures.Ask(stranger, _patient, OperationInput.Empty, default);
        var unknown = await Hub.Acts.Erasures.Ask(stranger, "nobody", OperationInput.Empty, default);
        Assert.Equal((404, unknown.Failure!.Issues[0].Diagnostics), (refused.Status, refused.Failure!.Issues[0].Diagnostics));

        await Hub.Acts.Erasures.Ask(Zeynep, _patient, OperationInput.Empty, default);
        foreach (var context in (ActContext[])[Zeynep, TestHub.Ankara, TestHub.Ministry, As(PersonKind.Clinician, "dr-ayse"), As(PersonKind.Auditor, "auditor")])
        {
            Assert.Equal(403, (await Hub.Acts.Erasures.Approve(context, Case(1), default)).Status);
            Assert.Equal(403, (await Hub.Acts.Erasures.Execute(context, Case(1), default)).Status);
            Assert.Equal(403, (await Hub.Acts.Erasures.Refuse(context, Case(1), default)).Status);
        }

        Assert.Equal(403, (await Hub.Acts.Erasures.List(TestHub.Ankara, default)).Status);
        Assert.Equal(403, (await Hub.Acts.Erasures.List(Zeynep, default)).Status);
        Assert.Equal(403, (await Hub.Acts.Erasures.Hold(TestHub.Ankara, _patient, OperationInput.Empty, default)).Status);
    }

    [Fact]
    public async Task One_operator_refuses_and_the_patient_may_ask_again()
    {
        await Hub.Acts.Erasures.Ask(Zeynep, _patient, OperationInput.Empty, default);
        Assert.Equal("refused", State(await Hub.Acts.Erasures.Refuse(Deniz, Case(1), default)));
        Assert.Equal(409, (await Hub.Acts.Erasures.Approve(Can, Case(1), default)).Status);
        Assert.Equal(201, (await Hub.Acts.Erasures.Ask(Zeynep, _patient, OperationInput.Empty, default)).Status);
    }

    [Fact]
    public async Task What_is_not_a_case_or_not_a_reason_is_refused()
    {
        Assert.Equal(404, (await Hub.Acts.Erasures.Approve(Deniz, Case(99), default)).Status);
        Assert.Equal(404, (await Hub.Acts.Erasures.Approve(Deniz, OperationInput.Empty.With("number", "x"), default)).Status);
        Assert.Equal(400, (await Hub.Acts.Erasures.Ask(Zeynep, _patient, Say(new string('x', 1_001)), default)).Status);
        Assert.Equal(400, (await Hub.Acts.Erasures.Ask(Zeynep, _patient, OperationInput.Empty.With("other", "x"), default)).Status);
    }

    public async Task InitializeAsync()
    {
        using var patient = TestHub.Resource("{\"resourceType\":\"Patient\",\"identifier\":[{\"system\":\"" + DecisionFacts.NationalIdSystem + "\",\"value\":\"" + Tckn + "\"}],\"name\":[{\"family\":\"Yılmaz\"}]}");
        _patient = TestHub.IdOf(await Hub.Acts.Submit.Create(TestHub.Ankara, "Patient", patient, null, default));
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    private static ActContext As(PersonKind kind, string person, string? nationalId = null) => new(
        new Caller { Person = person, PersonKind = kind, NationalId = nationalId, Scopes = ["user/*.cruds"], Purpose = kind == PersonKind.Citizen ? "PATRQT" : "HOPERAT", Certificate = new string('0', 64) }, "request", "127.0.0.0/24");

    private static OperationInput Say(string reason) => OperationInput.Empty.With("reason", reason);

    private static OperationInput Case(int number) => OperationInput.Empty.With("number", number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static string? State(ActResult result) => (string?)Part(result, "state")?["valueCode"];

    private static JsonNode? Part(ActResult result, string name) =>
        result.Body.IsEmpty ? null : JsonNode.Parse(result.Body.Span)!["parameter"]![0]!["part"]!.AsArray().FirstOrDefault(p => (string)p!["name"]! == name);
}
