using System.Text.Json;
using EHealthHub.Operator.Demonstration;

namespace EHealthHub.Operator.Tests.Demonstration;

public sealed class ValueComparisonTests
{
    private const string Posted = """{"resourceType":"Observation","id":"x","subject":{"reference":"urn:uuid:1"},"valueQuantity":{"value":37.0,"unit":"Cel"},"note":[{"text":"a"},{"text":"ş"}]}""";

    [Theory]
    [InlineData("""{"resourceType":"Observation","id":"y","meta":{"versionId":"1"},"subject":{"reference":"Patient/7"},"valueQuantity":{"value":37.0,"unit":"Cel"},"note":[{"text":"a"},{"text":"ş"}]}""", null)]
    [InlineData("""{"resourceType":"Observation","subject":{"reference":"Patient/7"},"valueQuantity":{"value":37,"unit":"Cel"},"note":[{"text":"a"},{"text":"ş"}]}""", "Observation.valueQuantity.value")]
    [InlineData("""{"resourceType":"Observation","subject":{"reference":"Patient/7"},"valueQuantity":{"value":37.0,"unit":"Cel"},"note":[{"text":"a"},{"text":"s"}]}""", "Observation.note[1].text")]
    [InlineData("""{"resourceType":"Observation","subject":{"reference":"Patient/7"},"valueQuantity":{"value":37.0,"unit":"Cel"},"note":[{"text":"a"}]}""", "Observation.note")]
    [InlineData("""{"resourceType":"Observation","subject":{"reference":"Patient/7"},"valueQuantity":{"unit":"Cel","value":37.0},"note":[{"text":"a"},{"text":"ş"}]}""", "Observation.valueQuantity.value")]
    [InlineData("""{"resourceType":"Observation","subject":{"reference":"Patient/7"},"valueQuantity":{"value":37.0,"unit":"Cel"},"note":[{"text":"a"},{"text":"ş"}],"extra":1}""", "Observation.extra")]
    public void The_first_place_that_differs_is_named(string stored, string? difference)
    {
        using var left = JsonDocument.Parse(Posted);
        using var right = JsonDocument.Parse(stored);
        Assert.Equal(difference, ValueComparison.FirstDifference(left.RootElement, right.RootElement));
    }

    [Fact]
    public void A_reference_that_needed_no_rewriting_must_stay()
    {
        using var left = JsonDocument.Parse("""{"resourceType":"Observation","subject":{"reference":"Patient/1"}}""");
        using var right = JsonDocument.Parse("""{"resourceType":"Observation","subject":{"reference":"Patient/2"}}""");
        Assert.Equal("Observation.subject.reference", ValueComparison.FirstDifference(left.RootElement, right.RootElement));
    }

    [Fact]
    public void One_byte_of_a_copy_is_changed_where_it_stands()
    {
        using var folder = new Support.TemporaryFolder();
        Directory.CreateDirectory(folder.File("a/b"));
        File.WriteAllBytes(folder.File("a/b/one"), [1, 2, 3]);
        File.WriteAllBytes(folder.File("a/two"), [9, 1, 2, 4, 9]);
        FileCopies.Copy(folder.File("a"), folder.File("copy"));
        Assert.Equal(folder.File("copy/two"), FileCopies.FlipByteOf(folder.File("copy"), [1, 2, 4]));
        Assert.Equal([9, 1, 3, 4, 9], File.ReadAllBytes(folder.File("copy/two")));
        Assert.Equal([9, 1, 2, 4, 9], File.ReadAllBytes(folder.File("a/two")));
        Assert.Null(FileCopies.FlipByteOf(folder.File("copy"), [7, 7]));
    }
}
