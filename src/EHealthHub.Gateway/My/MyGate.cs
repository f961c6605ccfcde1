using EHealthHub.Audit.Entries;
using EHealthHub.Exchange;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pages;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Gateway.SignIn;
using EHealthHub.Trust;
using EHealthHub.Trust.Apps;

namespace EHealthHub.Gateway.My;

/// <summary>The door of the citizens' pages: who sits before the browser, whose record that is, and whether a form is one of ours.</summary>
internal sealed class MyGate(HubParts parts, TrustParts trust, GatewayMetrics metrics, PageSignIn signIn, PageSeal seal)
{
    private const string Interaction = "my-pages";

    /// <summary>The citizen; null when the request was refused and answered. A posted form must carry the seal of a page that this person saw.</summary>
    public async ValueTask<MyVisit?> Enter(HttpContext http)
    {
        var request = HubRequest.Of(http);
        var t = PageLanguage.Of(http, request);
        var (reason, person, binding) = await Prove(http).ConfigureAwait(false);
        if (reason == TrustReason.NotSignedIn && HttpMethods.IsGet(http.Request.Method))
        {
            await signIn.SendToSignIn(http, request).ConfigureAwait(false);
            return null;
        }

        if (person is null)
        {
            metrics.Refused(reason);
            await RefusalPage.Send(parts, http, request, t, reason, Interaction).ConfigureAwait(false);
            return null;
        }

        request.Caller = person.Citizen;
        return new MyVisit(http, request, t, person, binding, await PatientOf(person, http.RequestAborted).ConfigureAwait(false), seal.Make(binding));
    }

    /// <summary>The same for a form, with its fields; null when it was refused and answered.</summary>
    public async ValueTask<(MyVisit Visit, MyForm Form)?> EnterWithForm(HttpContext http)
    {
        if (await Enter(http).ConfigureAwait(false) is not { } visit)
        {
            return null;
        }

        var form = await MyForm.Read(http).ConfigureAwait(false);
        if (form is not null && PageSignIn.IsFromHere(http.Request, parts.Hub.BaseUrl) && seal.Holds(form[MyVisit.SealField], visit.Binding))
        {
            return (visit, form);
        }

        var entry = parts.Acts.Journal.Entry(visit.Act, EntryKind.Refusal, Interaction, "", "", "form-not-ours", [], StatusCodes.Status403Forbidden);
        visit.Request.Receipt = await parts.Acts.Journal.Record(entry, visit.Aborted).ConfigureAwait(false);
        var t = visit.Words;
        await visit.Show(StatusCodes.Status403Forbidden, t.Say("Form kabul edilmedi", "The form was not accepted"), "", html => html.Write($"<p>{t.Say("Form çok eski ya da bu sayfalardan gelmiyor. Sayfayı yeniden açıp bir daha deneyin.", "The form is too old, or does not come from these pages. Open the page again and try once more.")}</p>")).ConfigureAwait(false);
        return null;
    }

    /// <summary>Records that a page was shown that no act stands for.</summary>
    public async ValueTask Record(MyVisit visit, string rule) =>
        visit.Request.Receipt = await parts.Acts.Journal.Record(parts.Acts.Journal.Entry(visit.Act, EntryKind.Administration, Interaction, "", "", rule, []), visit.Aborted).ConfigureAwait(false);

    /// <summary>By the card of the connection, at this door as a citizen; without one by the session of a provider's sign-in.</summary>
    private async ValueTask<(TrustReason Reason, SignedInPerson? Person, string Binding)> Prove(HttpContext http)
    {
        if (http.Connection.ClientCertificate is null && signIn.Provider is not null)
        {
            var found = await signIn.Prove(http).ConfigureAwait(false);
            return found.Person is { Citizen: null } ? (TrustReason.Unregistered, null, "") : found;
        }

        await trust.Gate.Meet(http.Connection.ClientCertificate, http.RequestAborted).ConfigureAwait(false);
        var reason = trust.Persons.ProveCitizen(http.Connection.ClientCertificate, out var person);
        return (reason, person, person?.Certificate ?? "");
    }

    private async ValueTask<string?> PatientOf(SignedInPerson person, CancellationToken cancellationToken)
    {
        var found = await parts.Records.LocateByIdentifier(new IdentifierCondition("Patient", DecisionFacts.NationalIdSystem, person.Person.NationalId!), cancellationToken).ConfigureAwait(false);
        return found is [var only] ? only : null;
    }
}
