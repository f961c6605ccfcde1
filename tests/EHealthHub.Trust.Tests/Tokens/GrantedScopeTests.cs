using EHealthHub.Trust.Tokens;

namespace EHealthHub.Trust.Tests.Tokens;

public sealed class GrantedScopeTests
{
    [Theory]
    [InlineData("system/*.cruds")]
    [InlineData("user/Observation.rs")]
    [InlineData("patient/*.r")]
    [InlineData("user/Observation.rs?category=laboratory")]
    [InlineData("patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory&status=final,amended")]
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
    [InlineData("user/Observation?category=laboratory.rs")]
    [InlineData("user/Observation.?category=laboratory")]
    [InlineData("user/*.rs?category=laboratory")]
    [InlineData("user/Observation.rs?")]
    [InlineData("user/Observation.rs?category")]
    [InlineData("user/Observation.rs?category=")]
    [InlineData("user/Observation.rs?=laboratory")]
    [InlineData("user/Observation.rs?a=1&")]
    [InlineData("user/Observation.rs?a=1?b=2")]
    [InlineData("user/Observation.rs?a=\"1")]
    [InlineData("user/Observation.rs?a=ç")]
    [InlineData("user/Observation.rs?a=1&b=1&c=1&d=1&e=1")]
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
    [InlineData("user/*.rs", "user/Observation.r?category=laboratory", "user/Observation.r?category=laboratory")]
    [InlineData("user/Observation.rs?category=laboratory", "user/Observation.rs?category=laboratory", "user/Observation.rs?category=laboratory")]
    [InlineData("user/Observation.rs?category=laboratory", "user/Condition.rs?category=laboratory", null)]
    [InlineData("user/Observation.rs?a=1&b=1&c=1", "user/Observation.rs?d=1&e=1", null)]
    public void Two_scopes_share_what_both_grant(string held, string asked, string? both)
    {
        Assert.True(GrantedScope.TryParse(held, out var first));
        Assert.True(GrantedScope.TryParse(asked, out var second));
        Assert.Equal(both, first.Intersect(second)?.ToString());
        Assert.Equal(both, second.Intersect(first)?.ToString());
    }

    [Fact]
    public void Two_queries_are_both_to_be_satisfied()
    {
        Assert.True(GrantedScope.TryParse("user/Observation.rs?category=laboratory", out var held));
        Assert.True(GrantedScope.TryParse("user/Observation.rs?category=vital-signs&status=final", out var asked));
        Assert.Equal("user/Observation.rs?category=laboratory&category=vital-signs&status=final", held.Intersect(asked)?.ToString());
    }

    [Fact]
    public void Query_longer_than_a_scope_may_hold_is_none()
    {
        Assert.True(GrantedScope.TryParse("user/Observation.rs?a=" + new string('1', GrantedScope.QueryLengthMax - 2), out _));
        Assert.False(GrantedScope.TryParse("user/Observation.rs?a=" + new string('1', GrantedScope.QueryLengthMax - 1), out _));
    }

    [Fact]
    public void Query_that_cannot_be_kept_is_not_granted_and_never_dropped()
    {
        Assert.Equal(["user/Condition.rs"], GrantedScope.Narrow(["user/*.rs"], "user/Observation.rs?category=laboratory user/Condition.rs", (_, _) => false).AsEnumerable());
        Assert.Equal(["user/Observation.rs?category=laboratory"], GrantedScope.Narrow(["user/*.rs"], "user/Observation.rs?category=laboratory", (_, _) => true).AsEnumerable());
        Assert.Equal(["system/Condition.rs"], GrantedScope.Narrow(["system/Observation.rs?category=laboratory", "system/Condition.rs"], null, (_, _) => false).AsEnumerable());
        Assert.Equal(["user/Observation.rs?category=laboratory"], GrantedScope.Narrow(["user/Observation.rs?category=laboratory"], "user/*.cruds", (_, _) => true).AsEnumerable());
    }
}
