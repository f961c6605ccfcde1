using EHealthHub.Fhir.Http;

namespace EHealthHub.Fhir.Tests.Http;

public class ContentNegotiationTests
{
    [Theory]
    [InlineData(null, null, "application/fhir+json; charset=utf-8")]
    [InlineData(null, "", "application/fhir+json; charset=utf-8")]
    [InlineData(null, "*/*", "application/fhir+json; charset=utf-8")]
    [InlineData(null, "application/*", "application/fhir+json; charset=utf-8")]
    [InlineData(null, "text/*", "text/json; charset=utf-8")]
    [InlineData(null, "application/fhir+xml", "application/fhir+xml; charset=utf-8")]
    [InlineData(null, "APPLICATION/FHIR+XML", "application/fhir+xml; charset=utf-8")]
    [InlineData(null, "application/json", "application/json; charset=utf-8")]
    [InlineData(null, "text/xml", "text/xml; charset=utf-8")]
    [InlineData(null, "application/xml+fhir", "application/fhir+xml; charset=utf-8")]
    [InlineData(null, "application/fhir+json; fhirVersion=4.0", "application/fhir+json; fhirVersion=4.0; charset=utf-8")]
    [InlineData(null, "application/fhir+json;fhirVersion=\"4.0\"", "application/fhir+json; fhirVersion=4.0; charset=utf-8")]
    [InlineData(null, "application/fhir+json;fhirVersion=5.0, application/fhir+xml;q=0.1", "application/fhir+xml; charset=utf-8")]
    [InlineData(null, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/xml; charset=utf-8")]
    [InlineData(null, "application/fhir+json;q=0.5,application/fhir+xml;q=0.75", "application/fhir+xml; charset=utf-8")]
    [InlineData(null, "application/fhir+xml,application/fhir+json", "application/fhir+xml; charset=utf-8")]
    [InlineData(null, "*/*,application/fhir+json;q=0,application/json;q=0", "application/fhir+xml; charset=utf-8")]
    [InlineData(null, "image/png,*/*;q=0.1", "application/fhir+json; charset=utf-8")]
    [InlineData(null, "rubbish, application/fhir+xml", "application/fhir+xml; charset=utf-8")]
    [InlineData("json", "application/fhir+xml", "application/fhir+json; charset=utf-8")]
    [InlineData("xml", "image/png", "application/fhir+xml; charset=utf-8")]
    [InlineData("application/fhir+xml", null, "application/fhir+xml; charset=utf-8")]
    [InlineData("application/fhir json", null, "application/fhir+json; charset=utf-8")]
    [InlineData("text/xml", null, "text/xml; charset=utf-8")]
    [InlineData("application/xml", null, "application/xml; charset=utf-8")]
    [InlineData("application/fhir+json; fhirVersion=4.0", null, "application/fhir+json; fhirVersion=4.0; charset=utf-8")]
    public void The_answer_has_the_form_that_was_asked_for(string? format, string? accept, string expected)
    {
        Assert.True(ContentNegotiation.Response(format, accept).Try(out var response, out _));
        Assert.Equal(expected, response.ContentType);
        Assert.Equal(expected.Contains("xml", StringComparison.Ordinal) ? WireFormat.Xml : WireFormat.Json, response.Format);
    }

    [Theory]
    [InlineData("html", null, "_format")]
    [InlineData("", null, "_format")]
    [InlineData("text/turtle", null, "_format")]
    [InlineData("application/fhir+json; fhirVersion=3.0", null, "_format")]
    [InlineData(null, "text/turtle", "Accept")]
    [InlineData(null, "application/fhir+json;q=0", "Accept")]
    [InlineData(null, "application/fhir+json;q=2", "Accept")]
    [InlineData(null, "application/fhir+json;fhirVersion=5.0", "Accept")]
    [InlineData(null, "*/*;q=0", "Accept")]
    [InlineData(null, "rubbish", "Accept")]
    [InlineData(null, "*/json", "Accept")]
    public void What_is_not_served_is_406_by_name(string? format, string? accept, string where)
    {
        Assert.False(ContentNegotiation.Response(format, accept).Try(out _, out var failure));
        Assert.Equal((406, "media-type-not-acceptable", where), (failure.Status, failure.Issues[0].Code, failure.Issues[0].Expression));
    }

    [Fact]
    public void Endless_headers_are_not_read()
    {
        Assert.False(ContentNegotiation.Response(null, new string('a', 5_000)).Try(out _, out var failure));
        Assert.Equal(400, failure.Status);
        Assert.False(ContentNegotiation.Response(null, string.Join(',', Enumerable.Repeat("text/a", 40))).Try(out _, out failure));
        Assert.Equal(400, failure.Status);
        Assert.False(ContentNegotiation.Request("application/json;" + new string('a', 5_000)).Try(out _, out failure));
        Assert.Equal(415, failure.Status);
    }

    [Theory]
    [InlineData("application/fhir+json", BodyKind.Json)]
    [InlineData("application/json; charset=UTF-8", BodyKind.Json)]
    [InlineData("text/json", BodyKind.Json)]
    [InlineData("application/fhir+xml; fhirVersion=4.0", BodyKind.Xml)]
    [InlineData("text/xml;charset=\"utf-8\"", BodyKind.Xml)]
    [InlineData("application/json-patch+json", BodyKind.JsonPatch)]
    [InlineData("application/x-www-form-urlencoded", BodyKind.Form)]
    public void A_body_is_what_its_type_says(string contentType, BodyKind kind)
    {
        Assert.True(ContentNegotiation.Request(contentType).Try(out var request, out _));
        Assert.Equal(kind, request.Kind);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("*/*")]
    [InlineData("text/plain")]
    [InlineData("application/fhir+json; charset=iso-8859-9")]
    [InlineData("application/fhir+json; fhirVersion=3.0")]
    public void Another_body_is_415(string? contentType)
    {
        Assert.False(ContentNegotiation.Request(contentType).Try(out _, out var failure));
        Assert.Equal((415, "Content-Type"), (failure.Status, failure.Issues[0].Expression));
    }

    [Theory]
    [InlineData("application/pdf", BodyKind.Raw)]
    [InlineData("application/json", BodyKind.Raw)]
    [InlineData("text/plain; charset=iso-8859-9", BodyKind.Raw)]
    [InlineData("application/fhir+xml", BodyKind.Xml)]
    public void A_binary_may_be_anything(string contentType, BodyKind kind)
    {
        Assert.True(ContentNegotiation.Request(contentType, rawAllowed: true).Try(out var request, out _));
        Assert.Equal((kind, contentType), (request.Kind, request.MediaType));
    }

    [Theory]
    [InlineData(null, null, "application/pdf")]
    [InlineData(null, "*/*", "application/pdf")]
    [InlineData(null, "application/*;q=0.1", "application/pdf")]
    [InlineData(null, "application/pdf, application/fhir+json;q=0.5", "application/pdf")]
    [InlineData(null, "application/fhir+json", "application/fhir+json; charset=utf-8")]
    [InlineData(null, "image/png, application/fhir+xml;q=0.5", "application/fhir+xml; charset=utf-8")]
    [InlineData("json", "application/pdf", "application/fhir+json; charset=utf-8")]
    public void A_binary_is_wrapped_only_for_who_asks_for_fhir(string? format, string? accept, string expected)
    {
        Assert.True(ContentNegotiation.Binary(format, accept, "application/pdf").Try(out var response, out _));
        Assert.Equal(expected, response.ContentType);
    }

    [Fact]
    public void A_binary_of_another_type_than_accepted_is_406()
    {
        Assert.False(ContentNegotiation.Binary(null, "image/png", "application/pdf").Try(out _, out var failure));
        Assert.Equal(406, failure.Status);
    }
}
