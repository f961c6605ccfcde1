using System.Buffers.Text;
using EHealthHub.Exchange.Search;
using EHealthHub.Keys.Wrapping;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Tests.Search;

public sealed class CursorCodecTests : IDisposable
{
    private static readonly Caller Ayse = new() { Institution = "hospital-ankara", Person = "dr-ayse", Purpose = "TREAT", Certificate = "00" };
    private static readonly KeyValuePair<string, string>[] Used = [new("patient", "1"), new("code", "8867-4")];

    private readonly DataKey _key = DataKey.Create(1);

    public void Dispose() => _key.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(long.MaxValue)]
    public void A_cursor_gives_its_position_back(long position)
    {
        var codec = new CursorCodec(_key);
        Assert.Equal(position, codec.Read(Ayse, "Observation", Used, codec.Write(Ayse, "Observation", Used, position)));
    }

    [Fact]
    public void A_place_that_names_somebody_does_not_show_in_the_cursor()
    {
        var codec = new CursorCodec(_key);
        var cursor = codec.Write(Ayse, "Patient", Used, "Yılmaz"u8);
        Assert.Equal("Yılmaz"u8.ToArray(), codec.ReadPlace(Ayse, "Patient", Used, cursor));
        Assert.Equal(-1, Base64Url.DecodeFromChars(cursor).AsSpan().IndexOf("maz"u8));
        Assert.NotEqual(cursor, codec.Write(Ayse, "Patient", Used, "Yılmaz"u8));
        Assert.Null(codec.Read(Ayse, "Patient", Used, cursor));
    }

    [Fact]
    public void A_cursor_is_bound_to_caller_type_and_criteria()
    {
        var codec = new CursorCodec(_key);
        var cursor = codec.Write(Ayse, "Observation", Used, 7);
        Assert.Null(codec.Read(Ayse with { Person = "dr-mehmet" }, "Observation", Used, cursor));
        Assert.Null(codec.Read(Ayse with { Institution = "hospital-izmir" }, "Observation", Used, cursor));
        Assert.Null(codec.Read(Ayse with { Purpose = "HPAYMT" }, "Observation", Used, cursor));
        Assert.Null(codec.Read(Ayse, "Condition", Used, cursor));
        Assert.Null(codec.Read(Ayse, "Observation", [Used[0]], cursor));
        Assert.Null(codec.Read(Ayse, "Observation", [new("patient", "1code"), new("", "8867-4")], cursor));
        using var other = DataKey.Create(1);
        Assert.Null(new CursorCodec(other).Read(Ayse, "Observation", Used, cursor));
    }

    [Fact]
    public void Every_changed_character_is_refused()
    {
        var codec = new CursorCodec(_key);
        var cursor = codec.Write(Ayse, "Observation", Used, 7);
        for (var i = 0; i < cursor.Length; i++)
        {
            var changed = cursor[..i] + (cursor[i] == 'A' ? 'B' : 'A') + cursor[(i + 1)..];
            Assert.Null(codec.Read(Ayse, "Observation", Used, changed));
        }

        Assert.Null(codec.Read(Ayse, "Observation", Used, ""));
        Assert.Null(codec.Read(Ayse, "Observation", Used, new string('A', 10_000)));
        Assert.Null(codec.Read(Ayse, "Observation", Used, "not base64 at all!"));
    }
}
