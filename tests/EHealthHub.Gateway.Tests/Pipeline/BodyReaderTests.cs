using EHealthHub.Gateway.Pipeline;
using Microsoft.AspNetCore.Http;

namespace EHealthHub.Gateway.Tests.Pipeline;

public sealed class BodyReaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(3_000_000)]
    public async Task A_body_within_the_bound_is_read_whole(int length)
    {
        var body = new byte[length];
        for (var i = 0; i < length; i++)
        {
            body[i] = (byte)(i * 31);
        }

        using var read = await BodyReader.Read(With(body), 4_000_000);
        Assert.True(read!.Bytes.Span.SequenceEqual(body));
    }

    [Fact]
    public async Task A_body_beyond_the_bound_is_drained_and_refused()
    {
        var context = With(new byte[100_000]);
        Assert.Null(await BodyReader.Read(context, 99_999));
        Assert.Equal(0, await context.Request.Body.ReadAsync(new byte[1]));
    }

    [Fact]
    public async Task An_announced_length_beyond_the_bound_is_refused_without_being_kept()
    {
        var context = With(new byte[10]);
        context.Request.ContentLength = long.MaxValue;
        Assert.Null(await BodyReader.Read(context, 1_000));
    }

    private static DefaultHttpContext With(byte[] body)
    {
        var context = new DefaultHttpContext { Request = { Body = new MemoryStream(body) } };
        context.Features.Set(HubRequest.From(context, TimeProvider.System));
        return context;
    }
}
