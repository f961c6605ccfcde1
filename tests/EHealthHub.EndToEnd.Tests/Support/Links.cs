namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>Links of a Bundle.</summary>
internal static class Links
{
    public static string? Next(FhirAnswer page) => Of(page, "next");

    public static string? Of(FhirAnswer page, string relation) =>
        (string?)page.Json["link"]?.AsArray().FirstOrDefault(l => (string?)l!["relation"] == relation)?["url"];
}
