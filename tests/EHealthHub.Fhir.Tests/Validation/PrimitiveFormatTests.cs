using System.Globalization;
using System.Text;
using CsCheck;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Tests.Validation;

public class PrimitiveFormatTests
{
    [Theory]
    [InlineData("date", "2026 2026-11 2026-11-24 0001-01-01 9999-12-31 2024-02-29", "26 2026-1 2026-13 2026-00 2026-11-00 2026-11-31 2025-02-29 0000 2026/11/24 2026-11-24T 2026-11-24T00:00:00Z")]
    [InlineData("dateTime", "2026 2026-11-24 2026-11-24T10:00:00Z 2026-11-24T23:59:60.123456789+14:00 2026-11-24T10:00:00-00:30", "2026-11-24T10:00Z 2026-11-24T10:00:00 2026-11-24T24:00:00Z 2026-11-24T10:60:00Z 2026-11-24T10:00:00.Z 2026-11-24T10:00:00+14:01 2026-11-24t10:00:00Z 2026-11-24T10:00:00z 2026-11T10:00:00Z")]
    [InlineData("instant", "2026-11-24T10:00:00Z 2026-11-24T10:00:00.000001+03:00", "2026 2026-11-24 2026-11-24T10:00:00")]
    [InlineData("time", "00:00:00 23:59:60 12:30:00.5", "24:00:00 12:30 12:30:61 12:30:00Z 12:30:00.")]
    [InlineData("id", "a A-z.0 0123456789012345678901234567890123456789012345678901234567890123", "a_b a/b ç 01234567890123456789012345678901234567890123456789012345678901234")]
    [InlineData("oid", "urn:oid:1.2 urn:oid:2.16.840.1.113883.3.129.1.1.1 urn:oid:0.0", "1.2.3 urn:oid:3.1 urn:oid:1 urn:oid:1. urn:oid:1.02 urn:oid:1..2 URN:OID:1.2")]
    [InlineData("uuid", "urn:uuid:0b5d1a2c-0000-4000-8000-000000000001", "0b5d1a2c-0000-4000-8000-000000000001 urn:uuid:0B5D1A2C-0000-4000-8000-000000000001 urn:uuid:0b5d1a2c0000400080000000000000001 urn:uuid:0b5d1a2c-0000-4000-8000-00000000000g")]
    [InlineData("base64Binary", "QUJD QUI= QQ== QUJDQUJD", "QUJ QUJD= Q=== QUI=QUJD Q*JD =QUJ ====")]
    public void Forms_are_r4s(string type, string good, string bad)
    {
        var kind = PrimitiveKinds.Of(type)!.Value;
        Assert.All(good.Split(' '), text => Assert.True(PrimitiveFormats.IsText(kind, Encoding.UTF8.GetBytes(text)), text));
        Assert.All(bad.Split(' '), text => Assert.False(PrimitiveFormats.IsText(kind, Encoding.UTF8.GetBytes(text)), text));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("a b c", true)]
    [InlineData(" a", false)]
    [InlineData("a ", false)]
    [InlineData("a  b", false)]
    [InlineData("a\tb", false)]
    public void A_code_has_single_spaces_inside_only(string code, bool good) => Assert.Equal(good, PrimitiveFormats.IsCode(Encoding.UTF8.GetBytes(code)));

    [Fact]
    public void Base64_may_be_wrapped() => Assert.True(PrimitiveFormats.IsText(PrimitiveKind.Base64Binary, "QUJD\nQUJD\r\n QQ==\n"u8));

    [Theory]
    [InlineData("0", true)]
    [InlineData("-2147483648", true)]
    [InlineData("2147483647", true)]
    [InlineData("2147483648", false)]
    [InlineData("-0", false)]
    [InlineData("1.0", false)]
    [InlineData("1e0", false)]
    public void Integers_are_plain_and_of_32_bits(string number, bool good) => Assert.Equal(good, PrimitiveFormats.TryInteger(Encoding.UTF8.GetBytes(number), out _));

    [Theory]
    [InlineData("0.010", true)]
    [InlineData("-1.50e-5", true)]
    [InlineData("1E+2", true)]
    [InlineData("79228162514264337593543950335", true)]
    [InlineData("79228162514264337593543950336", false)]
    [InlineData("1e29", false)]
    [InlineData("1e999999999", false)]
    public void Decimals_fit_what_search_can_compare(string number, bool good) => Assert.Equal(good, PrimitiveFormats.IsDecimal(Encoding.UTF8.GetBytes(number)));

    [Fact]
    public void Any_date_that_the_framework_writes_is_read_back_to_its_span() =>
        Gen.DateTime[new DateTime(1, 1, 2), new DateTime(9999, 12, 30)].Sample(time =>
        {
            var day = FhirTime.TryDate(Utf8(time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)), out var date) && date.From == time.Date.Ticks && date.To == time.Date.Ticks + TimeSpan.TicksPerDay - 1;
            var text = time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
            return day && FhirTime.TryInstant(Utf8(text), out var instant) && instant.From == time.Ticks && instant.To == time.Ticks;
        });

    [Theory]
    [InlineData("2026-11-20", "2026-11-19", true)]
    [InlineData("2026-11", "2026-11-19", false)]
    [InlineData("2026-12", "2026-11-30", true)]
    [InlineData("2026-11-20T10:00:00Z", "2026-11-20T12:00:00+03:00", true)]
    [InlineData("2026-11-20T10:00:00Z", "2026-11-20T13:00:00+03:00", false)]
    [InlineData("2026-11-20T10:00:00Z", "2026-11-19", false)]
    [InlineData("2026-11-20T20:00:00Z", "2026-11-19", true)]
    [InlineData("9999-12", "9999", false)]
    public void A_time_is_after_another_only_when_it_certainly_is(string first, string second, bool after)
    {
        Assert.True(FhirTime.TryDateTime(Utf8(first), out var a) & FhirTime.TryDateTime(Utf8(second), out var b));
        Assert.Equal(after, a.IsAfter(b));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
