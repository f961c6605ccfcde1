using System.Text.Json;
using System.Text.Json.Nodes;
using EHealthHub.Exchange;
using EHealthHub.Exchange.Submit;
using EHealthHub.Fhir.Reading;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pages;
using EHealthHub.Trust;
using EHealthHub.Trust.Clinicians;
using EHealthHub.Trust.Institutions;

namespace EHealthHub.Gateway.My;

/// <summary>What the patient permits and refuses, and who cares for them: each is a FHIR Consent, written and withdrawn by the acts of the API.</summary>
internal sealed class ConsentPages(HubParts parts, MyGate gate, IRegistry registry)
{
    public const string Path = "/consents";

    private const string InstitutionSystem = "https://ehealthhub.example/fhir/sid/institution";

    public async Task Page(MyVisit visit)
    {
        if (visit.Patient is not { } patient)
        {
            await MyAnswers.NoRecord(visit, gate, Path).ConfigureAwait(false);
            return;
        }

        var result = await parts.Acts.Search.ExecuteInCompartment(visit.Act, "Patient", patient, "Consent", [new("status", "active"), new("_sort", "-date"), new("_count", "200")], strict: true, visit.Aborted).ConfigureAwait(false);
        if (result.Failure is not null)
        {
            await MyAnswers.Refused(visit, result).ConfigureAwait(false);
            return;
        }

        visit.Request.Receipt = result.Receipt;
        using var bundle = JsonDocument.Parse(result.Body);
        var t = visit.Words;
        await visit.Show(StatusCodes.Status200OK, t.Say("Onaylarım", "My consents"), Path, html =>
        {
            html.Write($"<p>{t.Say("Burada verdiğiniz ve geri aldığınız her onay bir sonraki istekten itibaren geçerlidir.", "What you permit, refuse or withdraw here holds from the next request on.")}</p><h2>{t.Say("Yürürlükte olanlar", "In force")}</h2><ul>");
            foreach (var consent in SearchPage.Matches(bundle.RootElement))
            {
                WriteConsent(html, visit, consent);
            }

            html.Write($"</ul>");
            WriteForms(html, visit);
        }).ConfigureAwait(false);
    }

    /// <summary>Gives a consent, or withdraws one.</summary>
    public async Task Act(MyVisit visit, MyForm form)
    {
        if (visit.Patient is not { } patient)
        {
            await MyAnswers.NoRecord(visit, gate, Path).ConfigureAwait(false);
            return;
        }

        ActResult result;
        if (form["withdraw"] is { Length: > 0 } id)
        {
            result = await parts.Acts.Submit.Patch(visit.Act, "patch", "Consent", id, PatchForms.Json("""[{"op":"replace","path":"/status","value":"inactive"}]"""u8.ToArray(), parts.Limits), null, visit.Aborted).ConfigureAwait(false);
        }
        else
        {
            if (Made(form, patient) is not { } made || !FhirReader.Read(JsonSerializer.SerializeToUtf8Bytes(made), parts.Limits).Try(out var resource, out _))
            {
                await gate.Record(visit, "form-incomplete").ConfigureAwait(false);
                var t = visit.Words;
                await visit.Show(StatusCodes.Status400BadRequest, t.Say("Form eksik ya da yanlış", "The form is incomplete or wrong"), Path, html => html.Write($"""<p>{t.Say("Bir kurum ya da geçerli bir T.C. kimlik numarası seçin.", "Choose an institution, or give a valid national id.")} <a href="{visit.Link(Path)}">{t.Say("Onaylarıma dön", "Back to my consents")}</a></p>""")).ConfigureAwait(false);
                return;
            }

            using (resource)
            {
                result = await parts.Acts.Submit.Create(visit.Act, "Consent", resource, null, visit.Aborted).ConfigureAwait(false);
            }
        }

        await (result.Failure is null ? Page(visit) : MyAnswers.Refused(visit, result)).ConfigureAwait(false);
    }

    private JsonObject? Made(MyForm form, string patient)
    {
        var (permits, identifier, name) = (form["give"] is "permit" or "caregiver", (System: "", Value: ""), "");
        if (form["give"] is "permit" or "deny" && registry.Current.InstitutionById(form["institution"]) is { Kind: InstitutionKind.Provider } institution)
        {
            (identifier, name) = ((InstitutionSystem, institution.Id), institution.Name);
        }
        else if (form["give"] == "caregiver" && NationalId.IsValid(form["person"]))
        {
            (identifier, name) = ((DecisionFacts.NationalIdSystem, form["person"]), form["person"]);
        }
        else
        {
            return null;
        }

        var self = new JsonObject { ["reference"] = "Patient/" + patient };
        return new JsonObject
        {
            ["resourceType"] = "Consent",
            ["status"] = "active",
            ["scope"] = Concept("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"),
            ["category"] = new JsonArray(Concept("http://loinc.org", "59284-0")),
            ["patient"] = self,
            ["dateTime"] = parts.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["performer"] = new JsonArray(self.DeepClone()),
            ["policyRule"] = Concept("http://terminology.hl7.org/CodeSystem/v3-ActCode", permits ? "OPTIN" : "OPTOUT"),
            ["provision"] = new JsonObject
            {
                ["type"] = permits ? "permit" : "deny",
                ["actor"] = new JsonArray(new JsonObject
                {
                    ["role"] = Concept("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP"),
                    ["reference"] = new JsonObject { ["identifier"] = new JsonObject { ["system"] = identifier.System, ["value"] = identifier.Value }, ["display"] = name },
                }),
            },
        };
    }

    private static JsonObject Concept(string system, string code) => new() { ["coding"] = new JsonArray(new JsonObject { ["system"] = system, ["code"] = code }) };

    private static void WriteConsent(Html html, MyVisit visit, JsonElement consent)
    {
        var t = visit.Words;
        var id = consent.GetProperty("id").GetString()!;
        var provision = consent.TryGetProperty("provision", out var said) ? said : default;
        var permits = provision.ValueKind == JsonValueKind.Object && provision.TryGetProperty("type", out var type) && type.ValueEquals("permit");
        var who = provision.ValueKind == JsonValueKind.Object && provision.TryGetProperty("actor", out var actors) ? string.Join(", ", actors.EnumerateArray().Select(a => a.TryGetProperty("reference", out var r) ? ResourceText.Say(r) : "")) : "";
        html.Write($"""<li>{(permits ? t.Say("İzin", "Permitted") : t.Say("Ret", "Refused"))}: <strong>{(who.Length > 0 ? who : t.Say("ayrıntıya bakın", "see the details"))}</strong> <a href="{visit.Link("/record/Consent/" + id)}">{t.Say("Ayrıntı", "Details")}</a> <form method="post" action="{visit.Link(Path)}"><input type="hidden" name="{MyVisit.SealField}" value="{visit.Seal}"><button name="withdraw" value="{id}">{t.Say("Geri al", "Withdraw")}</button></form></li>""");
    }

    private void WriteForms(Html html, MyVisit visit)
    {
        var t = visit.Words;
        html.Write($"""<h2>{t.Say("Bir kuruma izin ver ya da erişimini kapat", "Permit an institution, or close your record to it")}</h2><form class="stack" method="post" action="{visit.Link(Path)}"><input type="hidden" name="{MyVisit.SealField}" value="{visit.Seal}"><p><label for="institution">{t.Say("Kurum", "Institution")}</label><select id="institution" name="institution">""");
        foreach (var institution in registry.Current.Institutions.Where(i => i is { Kind: InstitutionKind.Provider, Suspended: false }).Take(1_000))
        {
            html.Write($"""<option value="{institution.Id}">{institution.Name}</option>""");
        }

        html.Write($"""
            </select></p><p><button class="yes" name="give" value="permit">{t.Say("İzin ver", "Permit")}</button><button name="give" value="deny">{t.Say("Erişimini kapat", "Close it")}</button></p></form>
            <h2>{t.Say("Bakım veren", "Caregiver")}</h2><form class="stack" method="post" action="{visit.Link(Path)}"><input type="hidden" name="{MyVisit.SealField}" value="{visit.Seal}"><p><label for="person">{t.Say("T.C. kimlik numarası", "National id")} <span class="hint">{t.Say("Bu kişi kaydınıza sizin için bakabilir; sizin yerinize karar veremez ve başkasını atayamaz.", "This person may look at your record for you, decides nothing in your place, and appoints nobody else.")}</span></label><input type="text" id="person" name="person" inputmode="numeric" autocomplete="off" maxlength="11"></p><p><button class="yes" name="give" value="caregiver">{t.Say("Bakım veren olarak ekle", "Add as caregiver")}</button></p></form>
            """);
    }
}
