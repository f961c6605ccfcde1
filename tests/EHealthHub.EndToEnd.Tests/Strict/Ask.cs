using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>Questions that the strict tests ask again and again.</summary>
internal static class Ask
{
    /// <summary>Creates a resource and gives its id.</summary>
    public static async Task<string> Create(this FhirClient client, string type, string json) => (await client.Post($"fhir/{type}", json)).Expect(201).IdFromLocation();

    /// <summary>Creates resources and gives their ids.</summary>
    public static async Task<string[]> CreateAll(this FhirClient client, string type, params string[] bodies)
    {
        var ids = new string[bodies.Length];
        for (var i = 0; i < bodies.Length; i++)
        {
            ids[i] = await client.Create(type, bodies[i]);
        }

        return ids;
    }

    /// <summary>Which of <paramref name="known"/> a search finds, as their indexes in order; <c>?</c> for one that it should not know.</summary>
    public static async Task<string> Found(this FhirClient client, string search, string[] known)
    {
        var page = (await client.Get("fhir/" + search)).Expect(200);
        return string.Join(',', Matches(page).Select(id => Array.IndexOf(known, id)).Order());
    }

    /// <summary>Ids of the matches on a page.</summary>
    public static IEnumerable<string> Matches(FhirAnswer page) => Entries(page, "match");

    /// <summary>Ids of what came along on a page.</summary>
    public static IEnumerable<string> Included(FhirAnswer page) => Entries(page, "include");

    /// <summary>A part of a value, escaped for a URL.</summary>
    public static string Esc(string text) => Uri.EscapeDataString(text);

    private static IEnumerable<string> Entries(FhirAnswer page, string mode) =>
        (page.Json["entry"]?.AsArray() ?? []).Where(e => (string?)e!["search"]!["mode"] == mode).Select(e => (string)e!["resource"]!["id"]!);
}
