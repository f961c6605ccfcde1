using EHealthHub.Trust.Clinicians;

namespace EHealthHub.Trust.Tests.Clinicians;

public sealed class NationalIdTests
{
    [Theory]
    [InlineData("10000000146")]
    [InlineData("12345678950")]
    [InlineData("21221221272")]
    [InlineData("32600390014")]
    public void Numbers_whose_check_digits_hold_are_valid(string number) => Assert.True(NationalId.IsValid(number));

    [Theory]
    [InlineData("10000000145")]
    [InlineData("00000000000")]
    [InlineData("1000000014")]
    [InlineData("100000001466")]
    [InlineData("1000000014a")]
    [InlineData("١٠٠٠٠٠٠٠١٤٦")]
    [InlineData("")]
    [InlineData(null)]
    public void Other_text_is_not(string? text) => Assert.False(NationalId.IsValid(text));

    [Fact]
    public void Every_single_wrong_digit_is_noticed()
    {
        const string Number = "12345678950";
        for (var at = 0; at < Number.Length; at++)
        {
            for (var digit = '0'; digit <= '9'; digit++)
            {
                Assert.Equal(digit == Number[at], NationalId.IsValid(Number[..at] + digit + Number[(at + 1)..]));
            }
        }
    }

    [Theory]
    [InlineData("10000000146", "10000000146")]
    [InlineData("TCKN-10000000146", "10000000146")]
    [InlineData("PNOTR-10000000146", "10000000146")]
    [InlineData("PNODE-10000000146", null)]
    [InlineData("TCKN-10000000145", null)]
    [InlineData("tckn-10000000146", null)]
    [InlineData("TCKN-TCKN-10000000146", null)]
    [InlineData(" 10000000146", null)]
    public void Serial_numbers_of_cards_name_it_bare_or_behind_a_known_prefix(string serialNumber, string? number) => Assert.Equal(number, NationalId.FromSerialNumber(serialNumber));
}
