using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>A response with its body read, and the questions that tests ask of it.</summary>
internal sealed class FhirAnswer(HttpResponseMessage response, byte[] body)
{
    public int Status => (int)response.StatusCode;

    public HttpStatusCode Code => response.StatusCode;

    public byte[] Bytes => body;

    public string Text => Encoding.UTF8.GetString(body);

    public JsonNode Json => JsonNode.Parse(body) ?? throw new InvalidOperationException("The body is JSON null.");

    public string? ETag => response.Headers.ETag?.ToString();

    public string? Location => response.Headers.Location?.ToString();

    public string? ContentLocation => response.Content.Headers.ContentLocation?.ToString();

    public DateTimeOffset? LastModified => response.Content.Headers.LastModified;

    public string? ContentType => response.Content.Headers.ContentType?.MediaType;

    public string? Receipt => Header("EHealthHub-Receipt");

    public string? Header(string name) => response.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    /// <summary>Logical id from a Location such as <c>…/Patient/1/_history/1</c>.</summary>
    public string IdFromLocation()
    {
        var parts = (Location ?? throw new InvalidOperationException($"No Location: {Status} {Text}")).Split('/');
        return parts[^3];
    }

    /// <summary>The hub's stable code of the first issue.</summary>
    public string? OutcomeCode => (string?)Json["issue"]?[0]?["details"]?["coding"]?[0]?["code"];

    /// <summary>As <see cref="OutcomeCode"/>, for answers that may be anything.</summary>
    public string? OutcomeCodeOrNull => Text.StartsWith('{') && (string?)Json["resourceType"] == "OperationOutcome" ? OutcomeCode : null;

    /// <summary>Allow, without spaces.</summary>
    public string Allow => string.Join(',', response.Content.Headers.Allow).Replace(" ", "", StringComparison.Ordinal);

    public string? OutcomeExpression => (string?)Json["issue"]?[0]?["expression"]?[0];

    public FhirAnswer Expect(int status)
    {
        Assert.True(Status == status, $"expected {status}, got {Status}: {(Text.Length > 1500 ? Text[..1500] : Text)}");
        Assert.False(string.IsNullOrEmpty(Receipt), "a response without EHealthHub-Receipt");
        return this;
    }

    /// <summary>An OperationOutcome with this status and code.</summary>
    public FhirAnswer Refused(int status, string? code = null)
    {
        Expect(status);
        Assert.Equal("OperationOutcome", (string?)Json["resourceType"]);
        if (code is not null)
        {
            Assert.Equal(code, OutcomeCode);
        }

        return this;
    }
}
