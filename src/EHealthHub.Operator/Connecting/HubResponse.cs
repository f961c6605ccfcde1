using System.Text;
using System.Text.Json;

namespace EHealthHub.Operator.Connecting;

/// <summary>What the hub answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Body bytes.</param>
/// <param name="Receipt">EHealthHub-Receipt; null when there was none.</param>
/// <param name="Location">Location; null when there was none.</param>
/// <param name="ETag">ETag; null when there was none.</param>
internal sealed record HubResponse(int Status, byte[] Body, string? Receipt, string? Location, string? ETag)
{
    public bool IsGood => Status is >= 200 and < 300;

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>The body as JSON; an empty object for a body that is none.</summary>
    public JsonElement Json
    {
        get
        {
            try
            {
                using var document = JsonDocument.Parse(Body);
                return document.RootElement.Clone();
            }
            catch (JsonException)
            {
                // The caller looks for members, finds none and says what it got.
                using var nothing = JsonDocument.Parse("{}");
                return nothing.RootElement.Clone();
            }
        }
    }

    /// <summary>The hub's own code of the first issue of an OperationOutcome, or an OAuth error; empty where there is none.</summary>
    public string Reason
    {
        get
        {
            var json = Json;
            if (json.TryGetProperty("issue", out var issues) && issues.ValueKind == JsonValueKind.Array && issues.GetArrayLength() > 0)
            {
                var issue = issues[0];
                if (issue.TryGetProperty("details", out var details) && details.TryGetProperty("coding", out var coding) && coding.GetArrayLength() > 0 && coding[0].TryGetProperty("code", out var code))
                {
                    return code.GetString() ?? "";
                }

                return issue.TryGetProperty("diagnostics", out var diagnostics) ? diagnostics.GetString() ?? "" : "";
            }

            return json.TryGetProperty("error_description", out var error) ? error.GetString() ?? "" : "";
        }
    }

    /// <summary>Status and reason, for people.</summary>
    public string Summary => Reason.Length == 0 ? $"{Status}" : $"{Status} {Reason}";
}
