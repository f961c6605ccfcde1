using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;

namespace EHealthHub.Fhir.Tests.Reading;

public class ReaderFuzzTests
{
    [Fact]
    public void Mutated_bytes_are_read_or_refused_and_never_thrown()
    {
        var mutator = new Mutator(20261124);
        var accepted = 0;
        var cases = Fuzz.Cases(30_000);
        for (var i = 0; i < cases; i++)
        {
            var body = mutator.Mutate(Samples.Bodies[i % Samples.Bodies.Length]);
            if (FhirReader.Read(body, Read.Limits).Try(out var resource, out var failure))
            {
                accepted++;
                resource.Dispose();
            }
            else
            {
                Assert.NotEmpty(failure.Issues);
                Assert.InRange(failure.Status, 400, 499);
            }
        }

        Assert.InRange(accepted, cases / 300, cases / 30 * 29);
    }
}
