using System.Text.Json;
using EHealthHub.Operator.Connecting;
using EHealthHub.Operator.Load;

namespace EHealthHub.Operator.Demonstration;

/// <summary>The physicians: who sees the patient, and from when to when.</summary>
internal sealed class ClinicianSteps(DemoStage stage)
{
    private DemoPatient Patient => stage.Patient ?? throw new InvalidDataException("No patient was submitted.");

    /// <summary>A token by card, and a refusal: no encounter is open.</summary>
    public async Task<StepOutcome> TooEarly(CancellationToken cancel)
    {
        if (await stage.Ayse.Token(cancel).ConfigureAwait(false) is not { } token)
        {
            return StepOutcome.Broken($"dr-ayse got no token: {stage.Ayse.LastAnswer?.Summary}");
        }

        var elsewhere = await stage.Izmir.Get("/fhir/Patient/" + Patient.Id, token, cancel).ConfigureAwait(false);
        if (elsewhere.IsGood || elsewhere.Reason != "token-not-bound")
        {
            return StepOutcome.Broken($"dr-ayse's token was taken on hospital-izmir's connection: {elsewhere.Summary}");
        }

        var early = await stage.Ankara.Get("/fhir/Patient/" + Patient.Id, token, cancel).ConfigureAwait(false);
        if (!IsRefusal(early))
        {
            return StepOutcome.Broken($"dr-ayse read the patient without an open encounter: {early.Summary}");
        }

        Keep("dr-ayse before the encounter", early, stage.Ayse, granted: false);
        return StepOutcome.Holds(
            $"dr-ayse signed in with her card through hospital-ankara; her token on another hospital's connection: {elsewhere.Summary}; the patient, with no encounter open: {early.Summary}",
            "a token works on the connection it was given to alone, and proving who one is does not yet open a record");
    }

    /// <summary>The encounter begins.</summary>
    public async Task<StepOutcome> OpenEncounter(CancellationToken cancel)
    {
        stage.EncounterStart = stage.Time.GetUtcNow();
        var response = await stage.Ankara.Post("/fhir/Encounter", FhirBodies.Encounter(Patient.Id, null, stage.EncounterStart, null), null, cancel).ConfigureAwait(false);
        if (response.Status != 201 || response.Location is not { } location)
        {
            return StepOutcome.Broken($"The encounter was not accepted: {response.Summary}");
        }

        stage.EncounterId = TransactionResult.ResourceOf(location).Split('/')[1];
        stage.Kept.Add(new KeptAnswer("hospital-ankara opens an encounter", response, "", true));
        return StepOutcome.Holds($"hospital-ankara opened an encounter (in progress) for Patient/{Patient.Id}", "a treatment relationship is an event that a hospital submits, not a switch that somebody sets");
    }

    /// <summary>Now she reads and searches.</summary>
    public async Task<StepOutcome> Read(CancellationToken cancel)
    {
        if (await stage.Ayse.Token(cancel).ConfigureAwait(false) is not { } token)
        {
            return StepOutcome.Broken($"dr-ayse got no token: {stage.Ayse.LastAnswer?.Summary}");
        }

        var read = await stage.Ankara.Get("/fhir/Patient/" + Patient.Id, token, cancel).ConfigureAwait(false);
        if (!read.IsGood || read.Json.GetProperty("id").GetString() != Patient.Id)
        {
            return StepOutcome.Broken($"dr-ayse could not read the patient: {read.Summary}");
        }

        Keep("dr-ayse reads the patient", read, stage.Ayse, granted: true);
        var others = Patient.Locations.Where(l => l?.StartsWith("Observation/", StringComparison.Ordinal) == true || l?.StartsWith("Condition/", StringComparison.Ordinal) == true).Take(10).ToList();
        foreach (var resource in others)
        {
            var response = await stage.Ankara.Get("/fhir/" + resource, token, cancel).ConfigureAwait(false);
            if (!response.IsGood)
            {
                return StepOutcome.Broken($"dr-ayse could not read {resource}: {response.Summary}");
            }

            Keep($"dr-ayse reads {resource!.Split('/')[0]}", response, stage.Ayse, granted: true);
        }

        return StepOutcome.Holds($"dr-ayse read the patient and {others.Count} observations and conditions with the same token", "card, hospital, purpose and open encounter together open the record");
    }

    /// <summary>Search finds exactly what was posted.</summary>
    public async Task<StepOutcome> Search(CancellationToken cancel)
    {
        if (await stage.Ayse.Token(cancel).ConfigureAwait(false) is not { } token)
        {
            return StepOutcome.Broken($"dr-ayse got no token: {stage.Ayse.LastAnswer?.Summary}");
        }

        var observations = Patient.Entries.Where(e => e.GetProperty("resourceType").GetString() == "Observation").ToList();
        var coding = observations.Select(FirstCoding).FirstOrDefault(c => c is not null);
        var searches = new List<(string Query, int Expected)> { ($"/fhir/Observation?patient={Patient.Id}&_count=100", observations.Count) };
        if (coding is not null)
        {
            searches.Add(($"/fhir/Observation?patient={Patient.Id}&code={Uri.EscapeDataString(coding)}&_count=100", observations.Count(o => Codings(o).Contains(coding))));
        }

        foreach (var (query, expected) in searches)
        {
            var response = await stage.Ankara.Get(query, token, cancel).ConfigureAwait(false);
            if (!response.IsGood || Fault(response.Json, expected) is { } fault)
            {
                return StepOutcome.Broken($"{query}: {(response.IsGood ? Fault(response.Json, expected) : response.Summary)}");
            }

            Keep("dr-ayse searches observations", response, stage.Ayse, granted: true);
        }

        return StepOutcome.Holds(
            $"dr-ayse searched the patient's observations: {string.Join(" and ", searches.Select(s => s.Expected))} found{(coding is null ? "" : $" (all, and those with {coding})")}",
            "search over sealed records finds exactly what was posted, and nothing of anybody else");
    }

    /// <summary>The encounter ends, and with it the right to look.</summary>
    public async Task<StepOutcome> FinishEncounter(CancellationToken cancel)
    {
        var body = FhirBodies.Encounter(Patient.Id, stage.EncounterId, stage.EncounterStart, stage.Time.GetUtcNow());
        var finished = await stage.Ankara.Put("/fhir/Encounter/" + stage.EncounterId, body, null, cancel).ConfigureAwait(false);
        if (!finished.IsGood || await stage.Ayse.Token(cancel).ConfigureAwait(false) is not { } token)
        {
            return StepOutcome.Broken($"The encounter could not be finished: {finished.Summary}");
        }

        stage.Kept.Add(new KeptAnswer("hospital-ankara finishes the encounter", finished, "", true));
        var next = await stage.Ankara.Get("/fhir/Patient/" + Patient.Id, token, cancel).ConfigureAwait(false);
        if (!IsRefusal(next))
        {
            return StepOutcome.Broken($"dr-ayse still read the patient after the encounter: {next.Summary}");
        }

        Keep("dr-ayse after the encounter", next, stage.Ayse, granted: false);
        return StepOutcome.Holds($"hospital-ankara finished the encounter; dr-ayse's next read, with the same token: {next.Summary}", "the right to look ends with the treatment, at once, whatever token is still good");
    }

    /// <summary>A physician elsewhere, without a relationship.</summary>
    public async Task<StepOutcome> Stranger(CancellationToken cancel)
    {
        if (await stage.Mehmet.Token(cancel).ConfigureAwait(false) is not { } token)
        {
            return StepOutcome.Broken($"dr-mehmet got no token: {stage.Mehmet.LastAnswer?.Summary}");
        }

        var read = await stage.Izmir.Get("/fhir/Patient/" + Patient.Id, token, cancel).ConfigureAwait(false);
        var search = await stage.Izmir.Get($"/fhir/Observation?patient={Patient.Id}", token, cancel).ConfigureAwait(false);
        if (!IsRefusal(read) || !IsRefusal(search))
        {
            return StepOutcome.Broken($"dr-mehmet was not refused: read {read.Summary}, search {search.Summary}");
        }

        Keep("dr-mehmet without a relationship", read, stage.Mehmet, granted: false);
        Keep("dr-mehmet searches without a relationship", search, stage.Mehmet, granted: false);
        return StepOutcome.Holds($"dr-mehmet at hospital-izmir, who does not treat the patient: read {read.Summary}, search {search.Summary}", "a good card alone opens nothing, and a search tells no more than a read would");
    }

    private void Keep(string claim, HubResponse response, ClinicianSession by, bool granted) => stage.Kept.Add(new KeptAnswer(claim, response, by.Clinician, granted));

    private static bool IsRefusal(HubResponse response) =>
        response.Status is 403 or 404 && response.Receipt is not null && response.Json.TryGetProperty("resourceType", out var type) && type.GetString() == "OperationOutcome";

    /// <summary>What is wrong with a page; null when it holds as many as expected and all of the patient.</summary>
    private string? Fault(JsonElement page, int expected)
    {
        var total = page.TryGetProperty("total", out var number) ? number.GetInt32() : -1;
        if (total != expected)
        {
            return $"{total} found where {expected} were posted";
        }

        return page.TryGetProperty("entry", out var entries)
            && entries.EnumerateArray().Any(e => e.GetProperty("resource").GetProperty("subject").GetProperty("reference").GetString()?.EndsWith("Patient/" + Patient.Id, StringComparison.Ordinal) != true)
            ? "something of another patient was found"
            : null;
    }

    private static string? FirstCoding(JsonElement observation) => Codings(observation).FirstOrDefault();

    private static IEnumerable<string> Codings(JsonElement observation)
    {
        if (!observation.TryGetProperty("code", out var code) || !code.TryGetProperty("coding", out var codings))
        {
            yield break;
        }

        foreach (var coding in codings.EnumerateArray())
        {
            if (coding.TryGetProperty("system", out var system) && coding.TryGetProperty("code", out var value))
            {
                yield return $"{system.GetString()}|{value.GetString()}";
            }
        }
    }
}
