using EHealthHub.Audit.Entries;
using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Trust.Apps;

namespace EHealthHub.Gateway.Pages;

/// <summary>The pages that people open in a browser with their card. They prove whom they meet by themselves, so that a refusal is a page too; each is one entry in the log, written before it leaves.</summary>
internal sealed class PageEndpoints(HubParts parts, TrustParts trust, GatewayMetrics metrics)
{
    private const string Interaction = "identity-page";

    public void Map(IEndpointRouteBuilder routes)
    {
        var open = new OpenEndpoint();
        routes.MapMethods("/", ["GET", "HEAD"], Identity).WithMetadata(open);
        routes.MapMethods("/me", ["GET", "HEAD"], Identity).WithMetadata(open);
    }

    private async Task Identity(HttpContext http)
    {
        var request = HubRequest.Of(http);
        var t = PageLanguage.Of(http, request);
        if (await Prove(http, request, t).ConfigureAwait(false) is not { } person)
        {
            return;
        }

        var certificate = http.Connection.ClientCertificate!;
        var entry = parts.Acts.Journal.Entry(request.Act(), EntryKind.Administration, Interaction, "", "", "page-shown", []);
        request.Receipt = await parts.Acts.Journal.Record(entry, http.RequestAborted).ConfigureAwait(false);
        var shown = new ShownIdentity(person, certificate, trust.Gate.StandingOf(certificate), trust.Registry.Current, parts.Time.GetUtcNow());
        await PageAnswer.Send(http, request, StatusCodes.Status200OK, IdentityPage.Write(t, shown, PageLanguage.Other(http, t), request.Receipt.ToString()), t.Language).ConfigureAwait(false);
    }

    /// <summary>Who sits before the browser; null when they were refused, and were told so.</summary>
    private async ValueTask<SignedInPerson?> Prove(HttpContext http, HubRequest request, Words t)
    {
        var certificate = http.Connection.ClientCertificate;
        await trust.Gate.Meet(certificate, http.RequestAborted).ConfigureAwait(false);
        var reason = trust.Persons.Prove(certificate, out var person);
        if (person is not null)
        {
            request.Caller = person.Caller;
            return person;
        }

        metrics.Refused(reason);
        await RefusalPage.Send(parts, http, request, t, reason, Interaction).ConfigureAwait(false);
        return null;
    }
}
