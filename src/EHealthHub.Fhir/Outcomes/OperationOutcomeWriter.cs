using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace EHealthHub.Fhir.Outcomes;

/// <summary>Writes a <see cref="Failure"/> as an R4 <c>OperationOutcome</c>.</summary>
public static class OperationOutcomeWriter
{
    /// <summary>The code system of <see cref="Issue.Code"/>.</summary>
    public const string CodeSystem = "https://ehealthhub.example/fhir/CodeSystem/outcome-code";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>UTF-8 JSON of the outcome. <paramref name="language"/> is <c>tr</c> or <c>en</c>.</summary>
    public static byte[] Write(Failure failure, string language = "en") => Write(failure.Issues, language);

    /// <summary>UTF-8 JSON of an outcome with these issues; for none, one that says that all is well.</summary>
    public static byte[] Write(IReadOnlyList<Issue> issues, string language = "en")
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, Options))
        {
            Write(json, issues, language);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes the outcome as the next value of <paramref name="json"/>.</summary>
    internal static void Write(Utf8JsonWriter json, IReadOnlyList<Issue> issues, string language)
    {
        json.WriteStartObject();
        json.WriteString("resourceType"u8, "OperationOutcome"u8);
        json.WriteString("language"u8, language == "tr" ? "tr"u8 : "en"u8);
        json.WriteStartArray("issue"u8);
        foreach (var issue in issues.Count > 0 ? issues : [new Issue("information", "informational", "allok", "No issues.")])
        {
            Write(json, issue, language);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Issue issue, string language)
    {
        json.WriteStartObject();
        json.WriteString("severity"u8, issue.Severity);
        json.WriteString("code"u8, issue.Type);
        json.WriteStartObject("details"u8);
        json.WriteStartArray("coding"u8);
        json.WriteStartObject();
        json.WriteString("system"u8, CodeSystem);
        json.WriteString("code"u8, issue.Code);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("text"u8, OutcomeTexts.For(issue, language));
        json.WriteEndObject();
        if (issue.Diagnostics.Length > 0)
        {
            json.WriteString("diagnostics"u8, issue.Diagnostics);
        }

        if (issue.Expression is { Length: > 0 } expression)
        {
            json.WriteStartArray("expression"u8);
            json.WriteStringValue(expression);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
