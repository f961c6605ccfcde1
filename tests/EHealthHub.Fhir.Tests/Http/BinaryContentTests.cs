using System.Buffers;
using System.Text.Json;
using EHealthHub.Fhir.Http;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Tests.Http;

public class BinaryContentTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(200_000)]
    public void Content_comes_back_as_it_was_sent(int length)
    {
        var content = Enumerable.Range(0, length).Select(i => (byte)(i * 7)).ToArray();
        Assert.True(BinaryContent.Wrap(content, "application/pdf", "Patient/1", "b", Read.Limits).Try(out var binary, out _));
        using (binary)
        {
            Assert.Empty(new Validator().Validate(binary, Read.Limits));
            Assert.Equal(("Binary", "b", "application/pdf", "Patient/1"), (binary.Type, binary.Id, BinaryContent.ContentType(binary.Root), BinaryContent.SecurityContext(binary.Root)));
            Assert.Equal(content, Content(Read.Text(binary)));
            using var again = Read.Resource(Read.Text(binary));
        }
    }

    [Theory]
    [InlineData("QUJD")]
    [InlineData("QU\\nJD")]
    [InlineData(" Q U J D ")]
    [InlineData("QUJ\\u0044")]
    public void Base64_may_hold_spaces_and_escapes(string data) => Assert.Equal("ABC"u8.ToArray(), Content($$"""{"resourceType":"Binary","data":"{{data}}"}"""));

    [Fact]
    public void Long_base64_in_lines_is_decoded()
    {
        var content = Enumerable.Range(0, 300_000).Select(i => (byte)(i * 11)).ToArray();
        var lines = Convert.ToBase64String(content, Base64FormattingOptions.InsertLineBreaks).Replace("\r\n", "\\n", StringComparison.Ordinal);
        Assert.Equal(content, Content($$"""{"resourceType":"Binary","data":"{{lines}}"}"""));
        Assert.Equal(content, Content($$"""{"resourceType":"Binary","data":"{{lines.Replace("\\n", "  ", StringComparison.Ordinal)}}"}"""));
    }

    [Theory]
    [InlineData("{\"resourceType\":\"Binary\"}")]
    [InlineData("{\"resourceType\":\"Binary\",\"data\":3}")]
    [InlineData("{\"resourceType\":\"Binary\",\"data\":\"\"}")]
    public void A_binary_without_data_is_empty(string json) => Assert.Empty(Content(json));

    [Theory]
    [InlineData("QUJ")]
    [InlineData("QUJD*")]
    [InlineData("QQ==QQ==")]
    public void What_is_no_base64_is_refused(string data)
    {
        using var document = JsonDocument.Parse($$"""{"resourceType":"Binary","data":"{{data}}"}""");
        Assert.Equal(422, BinaryContent.WriteContent(document.RootElement, new ArrayBufferWriter<byte>())!.Status);
    }

    [Theory]
    [InlineData("text/html", "text/html")]
    [InlineData("text/plain; charset=utf-8", "text/plain; charset=utf-8")]
    [InlineData("text/plain\\r\\nX-Evil: 1", "application/octet-stream")]
    [InlineData("çok/güzel", "application/octet-stream")]
    [InlineData("nothing", "application/octet-stream")]
    [InlineData("*/*", "application/octet-stream")]
    public void Only_a_media_type_goes_into_a_header(string stored, string sent)
    {
        using var document = JsonDocument.Parse($$$"""{"resourceType":"Binary","contentType":"{{{stored}}}","securityContext":{"reference":"a\nb"}}""");
        Assert.Equal(sent, BinaryContent.ContentType(document.RootElement));
        Assert.Null(BinaryContent.SecurityContext(document.RootElement));
    }

    [Theory]
    [InlineData("nothing", null, "Content-Type")]
    [InlineData("text/plain;  x=y", null, "Content-Type")]
    [InlineData("text/plain\n", null, "Content-Type")]
    [InlineData("text/plain", "", "X-Security-Context")]
    [InlineData("text/plain", "Patient/ç", "X-Security-Context")]
    public void Headers_that_a_binary_cannot_carry_are_400(string contentType, string? context, string where)
    {
        Assert.False(BinaryContent.Wrap([1], contentType, context, null, Read.Limits).Try(out _, out var failure));
        Assert.Equal((400, where), (failure.Status, failure.Issues[0].Expression));
    }

    [Fact]
    public void Content_that_would_be_too_large_is_413()
    {
        Assert.False(BinaryContent.Wrap(new byte[1_000], "text/plain", null, null, new() { BytesMax = 1_300 }).Try(out _, out var failure));
        Assert.Equal(413, failure.Status);
    }

    private static byte[] Content(string json)
    {
        using var document = JsonDocument.Parse(json);
        var output = new ArrayBufferWriter<byte>();
        Assert.Null(BinaryContent.WriteContent(document.RootElement, output));
        return output.WrittenSpan.ToArray();
    }
}
