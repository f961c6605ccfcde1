using EHealthHub.Gateway.Endpoints;
using Microsoft.AspNetCore.Http;

namespace EHealthHub.Gateway.Tests.Endpoints;

public sealed class FhirNegotiationTests
{
    [Theory]
    [InlineData(null, null, true)]
    [InlineData("*/*", null, true)]
    [InlineData("application/fhir+json", null, true)]
    [InlineData("text/html, application/json;q=0.5", null, true)]
    [InlineData("application/fhir+json; fhirVersion=4.0", null, true)]
    [InlineData("application/fhir+xml", null, false)]
    [InlineData("text/html", null, false)]
    [InlineData("application/fhir+xml", "json", true)]
    [InlineData("application/fhir+xml", "application/fhir json", true)]
    [InlineData("application/fhir+json", "xml", false)]
    [InlineData("application/fhir+json", "application/fhir+xml", false)]
    public void Format_beats_accept(string? accept, string? format, bool acceptable)
    {
        var request = new DefaultHttpContext().Request;
        if (accept is not null)
        {
            request.Headers.Accept = accept;
        }

        if (format is not null)
        {
            request.QueryString = QueryString.Create("_format", format);
        }

        Assert.Equal(acceptable, FhirNegotiation.CheckAccept(request) is null);
    }

    [Theory]
    [InlineData("application/fhir+json", true)]
    [InlineData("application/json; charset=utf-8", true)]
    [InlineData("application/json; charset=\"UTF-8\"", true)]
    [InlineData("application/json; charset=iso-8859-9", false)]
    [InlineData("application/fhir+xml", false)]
    [InlineData("text/plain", false)]
    [InlineData(null, false)]
    public void Bodies_are_json_in_utf8(string? contentType, bool taken)
    {
        var request = new DefaultHttpContext().Request;
        request.ContentType = contentType;
        Assert.Equal(taken, FhirNegotiation.CheckContentType(request) is null);
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
