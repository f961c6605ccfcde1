using EHealthHub.Access.Policy;
using EHealthHub.Access.Scopes;
using EHealthHub.Trust;

namespace EHealthHub.Access.Tests.Scopes;

public class SmartScopeTests
{
    [Theory]
    [InlineData("system/*.cruds", PersonKind.None, Interaction.Delete, "Patient")]
    [InlineData("system/Patient.r", PersonKind.None, Interaction.Read, "Patient")]
    [InlineData("system/Observation.rs", PersonKind.None, Interaction.Search, "Observation")]
    [InlineData("user/*.cu", PersonKind.Clinician, Interaction.Update, "Observation")]
    [InlineData("patient/*.rs", PersonKind.Citizen, Interaction.Read, "Observation")]
    [InlineData("user/*.rs", PersonKind.Citizen, Interaction.Read, "Observation")]
    [InlineData("user/Organization.rs", PersonKind.Auditor, Interaction.Search, "Organization")]
    public void A_scope_covers_what_it_says(string scope, PersonKind person, Interaction interaction, string type) => Assert.True(Covers(scope, person, interaction, type));

    [Theory]
    [InlineData("system/Patient.rs", PersonKind.None, Interaction.Create, "Patient")]
    [InlineData("system/Patient.cruds", PersonKind.None, Interaction.Read, "PatientX")]
    [InlineData("system/Patient.cruds", PersonKind.None, Interaction.Read, "Observation")]
    [InlineData("user/*.cruds", PersonKind.None, Interaction.Read, "Patient")]
    [InlineData("system/*.cruds", PersonKind.Clinician, Interaction.Read, "Patient")]
    [InlineData("patient/*.cruds", PersonKind.Clinician, Interaction.Read, "Patient")]
    [InlineData("system/*.cruds", PersonKind.Citizen, Interaction.Read, "Patient")]
    [InlineData("system/*.cruds", (PersonKind)99, Interaction.Read, "Patient")]
    public void A_scope_covers_nothing_else(string scope, PersonKind person, Interaction interaction, string type) => Assert.False(Covers(scope, person, interaction, type));

    [Theory]
    [InlineData("")]
    [InlineData("openid")]
    [InlineData("system")]
    [InlineData("system/")]
    [InlineData("system/*")]
    [InlineData("system/*.")]
    [InlineData("/*.cruds")]
    [InlineData("system/.cruds")]
    [InlineData("system/*.read")]
    [InlineData("system/*.*")]
    [InlineData("system/*.write")]
    [InlineData("system/*.sr")]
    [InlineData("system/*.rr")]
    [InlineData("system/*.crudsx")]
    [InlineData("system/*.R")]
    [InlineData("SYSTEM/*.cruds")]
    [InlineData("system /*.cruds")]
    [InlineData(" system/*.cruds")]
    [InlineData("system/*.cruds ")]
    [InlineData("system/patient.cruds")]
    [InlineData("system/Patient.cruds?identifier=1")]
    [InlineData("system/*.rs?_security=a.cruds")]
    [InlineData("system/Pat*.cruds")]
    [InlineData("system/**.cruds")]
    public void A_scope_that_is_not_exactly_of_the_form_covers_nothing(string scope) =>
        Assert.All(Enum.GetValues<Interaction>(), i => Assert.False(Covers(scope, PersonKind.None, i, "Patient")));

    [Fact]
    public void One_of_several_scopes_is_enough_and_none_is_not()
    {
        Assert.True(SmartScope.Covers(Caller(PersonKind.None, "openid", "system/Patient.r", "system/Observation.s"), Interaction.Search, "Observation"));
        Assert.False(SmartScope.Covers(Caller(PersonKind.None, "openid", "system/Patient.r", "system/Observation.s"), Interaction.Search, "Patient"));
        Assert.False(SmartScope.Covers(Caller(PersonKind.None), Interaction.Read, "Patient"));
    }

    private static bool Covers(string scope, PersonKind person, Interaction interaction, string type) => SmartScope.Covers(Caller(person, scope), interaction, type);

    private static Caller Caller(PersonKind person, params string[] scopes) => new() { PersonKind = person, Purpose = "TREAT", Certificate = "", Scopes = [.. scopes] };
}
