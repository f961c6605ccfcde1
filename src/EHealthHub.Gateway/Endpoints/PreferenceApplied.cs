using EHealthHub.Exchange;
using EHealthHub.Fhir.Http;

namespace EHealthHub.Gateway.Endpoints;

/// <summary>Says which wishes of the Prefer header were followed (RFC 7240 3).</summary>
internal static class PreferenceApplied
{
    public static void Tell(HttpContext http, FhirRoute route, ActResult result)
    {
        if (http.Request.Headers["Prefer"] is not { Count: > 0 } header || result.Failure is not null)
        {
            return;
        }

        var wish = Preference.Parse(header);
        var applied = result.Deferred is { IsAccepted: true } ? "respond-async" : Of(route.Interaction, wish);
        if (applied is not null)
        {
            http.Response.Headers["Preference-Applied"] = applied;
        }
    }

    private static string? Of(string interaction, Preference wish) => interaction switch
    {
        "create" or "update" or "patch" or "delete" or "transaction|batch" => wish.Return switch
        {
            ReturnPreference.Minimal => "return=minimal",
            ReturnPreference.Representation => "return=representation",
            ReturnPreference.OperationOutcome => "return=OperationOutcome",
            _ => null,
        },
        "search-type" or "search-system" or "search-compartment" or "$lastn" => wish.Handling switch
        {
            HandlingPreference.Strict => "handling=strict",
            HandlingPreference.Lenient => "handling=lenient",
            _ => null,
        },
        _ => null,
    };
}
