using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Tests.Tokens;

public sealed class GrantedScopeTests
{
    [Theory]
    [InlineData("system/*.cruds")]
    [InlineData("user/Observation.rs")]
    [InlineData("patient/*.r")]
    public void Well_formed_scopes_are_read_and_written_alike(string text)
    {
        Assert.True(GrantedScope.TryParse(text, out var scope));
        Assert.Equal(text, scope.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("system/*.")]
    [InlineData("system/.r")]
    [InlineData("system/*.sr")]
    [InlineData("system/*.rr")]
    [InlineData("system/*.read")]
    [InlineData("system/*.*")]
    [InlineData("System/*.r")]
    [InlineData("launch/patient")]
    [InlineData("user/Observation.rs?category=laboratory")]
    [InlineData("user/Obs*.rs")]
    [InlineData("user/a/b.r")]
    [InlineData("openid")]
    public void Other_text_is_no_scope(string text) => Assert.False(GrantedScope.TryParse(text, out _));

    [Theory]
    [InlineData("user/*.rs", "user/Patient.cruds", "user/Patient.rs")]
    [InlineData("user/Patient.rs", "user/*.s", "user/Patient.s")]
    [InlineData("user/*.rs", "system/*.rs", null)]
    [InlineData("user/Patient.rs", "user/Observation.rs", null)]
    [InlineData("user/*.rs", "user/*.cud", null)]
    public void Two_scopes_share_what_both_grant(string held, string asked, string? both)
    {
        Assert.True(GrantedScope.TryParse(held, out var first));
        Assert.True(GrantedScope.TryParse(asked, out var second));
        Assert.Equal(both, first.Intersect(second)?.ToString());
        Assert.Equal(both, second.Intersect(first)?.ToString());
    }
}
