using System.Buffers;
using System.Text;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Reading.Xml;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Validation;
using EHealthHub.Fhir.Writing.Xml;

namespace EHealthHub.Fhir.Tests.Reading.Xml;

public class XmlFuzzTests
{
    private static readonly int Cases = Fuzz.Cases(20_000);

    [Fact]
    public void Mutated_xml_is_read_or_refused_and_what_is_read_survives_the_way_back()
    {
        byte[][] bodies = [.. Samples.Valid.Append(Samples.Transaction).Select(json => Support.Xml.Write(Encoding.UTF8.GetBytes(json)))];
        var mutator = new Mutator(20261124, Mutator.XmlPieces);
        var validator = new Validator();
        var accepted = 0;
        var valid = 0;
        for (var i = 0; i < Cases; i++)
        {
            var body = mutator.Mutate(bodies[i % bodies.Length]);
            if (!FhirXmlReader.Read(body, Read.Limits).Try(out var resource, out var failure))
            {
                Assert.NotEmpty(failure.Issues);
                Assert.InRange(failure.Status, 400, 499);
                continue;
            }

            accepted++;
            using (resource)
            {
                // What is read is what the JSON reader would give, byte for byte.
                var json = Encoding.UTF8.GetBytes(Read.Text(resource));
                using var again = Read.Resource(json);
                Assert.Equal(Read.Text(resource), Read.Text(again));
                if (validator.Validate(resource, Read.Limits).IsEmpty)
                {
                    valid++;
                    using var back = Support.Xml.Resource(Support.Xml.Write(json));
                    Assert.Null(SameJson.Difference(resource.Root, back.Root));
                }
            }
        }

        Assert.InRange(accepted, Cases / 50, Cases);
        Assert.InRange(valid, Cases / 200, Cases);
    }

    [Fact]
    public void Mutated_json_is_written_as_well_formed_xml_or_refused()
    {
        var mutator = new JsonMutator(20261124);
        var output = new ArrayBufferWriter<byte>();
        for (var i = 0; i < Cases / 10; i++)
        {
            var json = Encoding.UTF8.GetBytes(mutator.Mutate(Samples.Valid[i % Samples.Valid.Length]));
            if (!FhirReader.Read(json, Read.Limits).Try(out var read, out _))
            {
                continue;
            }

            using var resource = read;
            output.Clear();
            var failure = FhirXmlWriter.Write(resource.Root, output);
            if (new Validator().Validate(resource, Read.Limits).IsEmpty)
            {
                Assert.Null(failure);
                using var back = Support.Xml.Resource(output.WrittenMemory);
                Assert.Null(SameJson.Difference(resource.Root, back.Root));
            }
        }
    }

    [Fact]
    public void A_narrative_that_is_valid_can_always_be_written_as_xml()
    {
        var xhtml = Encoding.UTF8.GetBytes(
            "<div xmlns=\"http://www.w3.org/1999/xhtml\" xml:lang='tr' id=\"a\"> <p class='x' title=\"a&quot;b\">Ş &lt; &amp; &nbsp; &#xE7; &#231;<br/><b>\"q\"</b></p><!-- c --><a href=\"Patient/1?a=b&amp;c=d\">l</a><img src='#p' alt=''/></div>");
        var mutator = new Mutator(20261124, Mutator.XmlPieces);
        var validator = new Validator();
        var output = new ArrayBufferWriter<byte>();
        var valid = 0;
        for (var i = 0; i < Cases; i++)
        {
            var div = Encoding.UTF8.GetString(mutator.Mutate(xhtml));
            using var resource = Read.Resource($$$"""{"resourceType":"Patient","text":{"status":"generated","div":{{{System.Text.Json.JsonSerializer.Serialize(div)}}}}}""");
            if (!validator.Validate(resource, Read.Limits).IsEmpty)
            {
                continue;
            }

            valid++;
            output.Clear();
            Assert.Null(FhirXmlWriter.Write(resource.Root, output));
            using var back = Support.Xml.Resource(output.WrittenMemory);

            // A quote inside a link comes back as a reference, which the validator takes for a disguise.
            Assert.True(validator.Validate(back, Read.Limits).All(issue => issue.Code == "narrative-unsafe" && Read.Text(back).Contains("&quot;", StringComparison.Ordinal)), div);
        }

        Assert.InRange(valid, Cases / 100, Cases);
    }
}
