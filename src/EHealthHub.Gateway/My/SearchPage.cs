using System.Text.Json;
using EHealthHub.Exchange.Search;

namespace EHealthHub.Gateway.My;

/// <summary>What the pages read of a searchset.</summary>
internal static class SearchPage
{
    private const string CursorParameter = "_cursor";

    public static IEnumerable<JsonElement> Matches(JsonElement bundle) => bundle.TryGetProperty("entry", out var entries)
        ? entries.EnumerateArray().Where(e => e.TryGetProperty("search", out var search) && search.GetProperty("mode").ValueEquals("match")).Select(e => e.GetProperty("resource"))
        : [];

    public static long Total(JsonElement bundle) => bundle.TryGetProperty("total", out var total) ? total.GetInt64() : Matches(bundle).Count();

    /// <summary>Where to go on; null on the last page.</summary>
    public static string? NextCursor(JsonElement bundle)
    {
        foreach (var link in bundle.TryGetProperty("link", out var links) ? links.EnumerateArray() : default)
        {
            if (link.GetProperty("relation").ValueEquals("next"))
            {
                var address = link.GetProperty("url").GetString()!;
                return QueryText.Parse(address[(address.IndexOf('?', StringComparison.Ordinal) + 1)..]).Single(p => p.Key == CursorParameter).Value;
            }
        }

        return null;
    }
}
