using EHealthHub.Architecture.Tests.Repository;

namespace EHealthHub.Architecture.Tests.Documents;

public sealed class NamedTestsTests
{
    [Theory]
    [InlineData("infra/security/threat-model.md", 45)]
    [InlineData("tests/EHealthHub.EndToEnd.Tests/Strict/README.md", 40)]
    public void Every_row_names_tests_that_exist(string document, int atLeast)
    {
        var tests = Tree.CSharpFiles.Where(f => f.StartsWith("tests/", StringComparison.Ordinal)).SelectMany(f => NamedTests.MethodsOf(Tree.Read(f))).ToHashSet(StringComparer.Ordinal);
        var text = Tree.Read(document);
        Assert.Empty(NamedTests.Unproven(text, tests));
        Assert.InRange(NamedTests.Rows(text).Count(), atLeast, 1000);
    }

    [Fact]
    public void A_row_without_a_test_or_with_a_test_that_is_not_there_is_found()
    {
        const string Document = "| Threat | Test |\n|---|---|\n| proven | `It_holds` |\n| claimed | soon |\n| gone | `It_holds`, `It_held` |\n";
        Assert.Equal(["\"claimed\" names no test.", "\"gone\" names It_held, which is no test."], NamedTests.Unproven(Document, new HashSet<string>(["It_holds"])));
    }

    [Fact]
    public void Tests_are_methods_with_a_mark_and_nothing_else_is()
    {
        const string Source = "[Fact]\npublic void One_thing() { }\npublic void Helper() { }\n[Theory]\n[InlineData(\"a, public void b\")]\npublic async Task Another_thing(string x)\n";
        Assert.Equal(["One_thing", "Another_thing"], NamedTests.MethodsOf(Source));
    }
}
