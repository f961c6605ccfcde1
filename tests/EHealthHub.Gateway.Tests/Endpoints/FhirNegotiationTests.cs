using EHealthHub.Gateway.Endpoints;
using EHealthHub.Gateway.Pipeline;
using Microsoft.AspNetCore.Http;

namespace EHealthHub.Gateway.Tests.Endpoints;

public sealed class FhirNegotiationTests
{
    [Theory]
    [InlineData(null, null, "application/fhir+json; charset=utf-8")]
    [InlineData("application/fhir+json", null, "application/fhir+json; charset=utf-8")]
    [InlineData("text/html, application/json;q=0.5", null, "application/json; charset=utf-8")]
    [InlineData("application/fhir+xml", null, "application/fhir+xml; charset=utf-8")]
    [InlineData("application/fhir+xml", "json", "application/fhir+json; charset=utf-8")]
    [InlineData("application/fhir+json", "application/fhir xml", "application/fhir+xml; charset=utf-8")]
    [InlineData("text/html", null, null)]
    [InlineData("application/fhir+json", "ttl", null)]
    public void Format_beats_accept(string? accept, string? format, string? contentType)
    {
        var context = new DefaultHttpContext();
        if (accept is not null)
        {
            context.Request.Headers.Accept = accept;
        }

        if (format is not null)
        {
            context.Request.QueryString = QueryString.Create("_format", format);
        }

        var request = HubRequest.From(context, TimeProvider.System);
        var failure = FhirNegotiation.Negotiate(context, request);
        Assert.Equal(contentType is null ? 406 : null, failure?.Status);
        Assert.Equal(contentType ?? "application/fhir+json; charset=utf-8", request.Format.ContentType);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("01997a2e-0000-7000-8000-000000000000", true)]
    [InlineData("A.b-9", true)]
    [InlineData("", false)]
    [InlineData("a_b", false)]
    [InlineData("şule", false)]
    [InlineData("../x", false)]
    public void Ids_have_r4s_form(string id, bool valid) => Assert.Equal(valid, FhirNegotiation.IsId(id));

    [Fact]
    public void Ids_end_at_64_characters()
    {
        Assert.True(FhirNegotiation.IsId(new string('a', 64)));
        Assert.False(FhirNegotiation.IsId(new string('a', 65)));
    }
}
