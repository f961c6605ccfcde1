namespace EHealthHub.Trust.Tests;

public sealed class TrustReasonTests
{
    [Fact]
    public void Every_refusal_has_a_stable_code_of_its_own()
    {
        var codes = Enum.GetValues<TrustReason>().Where(r => r != TrustReason.None).Select(TrustReasons.PublicCode).ToArray();
        Assert.Equal(codes.Length, codes.Distinct().Count());
        Assert.All(codes, c => Assert.Matches("^[a-z]+(-[a-z]+)+$", c));
        Assert.Throws<ArgumentOutOfRangeException>(() => TrustReasons.PublicCode(TrustReason.None));
    }
}
