using System.Globalization;
using CsCheck;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Tests.Validation;

public class NationalIdTests
{
    [Theory]
    [InlineData("10000000146", true)]
    [InlineData("12345678950", true)]
    [InlineData("21221221272", true)]
    [InlineData("32600390014", true)]
    [InlineData("10000000145", false)]
    [InlineData("00000000000", false)]
    [InlineData("1000000014", false)]
    [InlineData("100000001460", false)]
    [InlineData("1000000014٦", false)]
    [InlineData("", false)]
    public void Known_numbers_are_told_apart(string number, bool valid) => Assert.Equal(valid, NationalId.IsValid(number));

    [Fact]
    public void One_wrong_digit_is_always_caught() =>
        Gen.Select(Gen.Int[100_000_000, 999_999_999], Gen.Int[0, 10], Gen.Int[1, 9]).Sample((first, place, shift) =>
        {
            var number = Complete(first);
            var wrong = number.ToCharArray();
            wrong[place] = (char)('0' + ((wrong[place] - '0' + shift) % 10));
            return NationalId.IsValid(number) && !NationalId.IsValid(wrong);
        });

    private static string Complete(int first)
    {
        var digits = first.ToString(CultureInfo.InvariantCulture).Select(c => c - '0').ToArray();
        var odd = digits[0] + digits[2] + digits[4] + digits[6] + digits[8];
        var even = digits[1] + digits[3] + digits[5] + digits[7];
        var tenth = (((7 * odd) - even) % 10 + 10) % 10;
        return string.Create(CultureInfo.InvariantCulture, $"{first}{tenth}{(odd + even + tenth) % 10}");
    }
}
