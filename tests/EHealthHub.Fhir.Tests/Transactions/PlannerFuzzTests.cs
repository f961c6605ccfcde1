using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;
using EHealthHub.Fhir.Transactions;
using EHealthHub.Fhir.Writing;

namespace EHealthHub.Fhir.Tests.Transactions;

public class PlannerFuzzTests
{
    private static readonly Dictionary<string, string> References = new()
    {
        ["urn:uuid:0b5d1a2c-0000-4000-8000-000000000001"] = "Patient/1",
        ["Organization?identifier=urn:o%7C9"] = "Organization/2",
    };

    [Fact]
    public void Mutated_bundles_are_planned_and_stamped_or_refused_and_never_thrown()
    {
        var mutator = new Mutator(42);
        var planned = 0;
        var body = System.Text.Encoding.UTF8.GetBytes(Samples.Transaction);
        var batch = System.Text.Encoding.UTF8.GetBytes(Samples.Transaction.Replace("transaction", "batch", StringComparison.Ordinal));
        for (var i = 0; i < 20_000; i++)
        {
            if (!FhirReader.Read(mutator.Mutate(i % 2 == 0 ? body : batch), Read.Limits).Try(out var bundle, out _))
            {
                continue;
            }

            if (TransactionPlan.From(bundle, Read.Limits).Try(out var plan, out var failure))
            {
                planned++;
                foreach (var resource in plan.Entries.Select(e => e.Resource).OfType<FhirResource>())
                {
                    using var stamped = Read.Resource(ResourceWriter.Stamp(resource, "a", 1, DateTimeOffset.UnixEpoch, References));
                }
            }
            else
            {
                Assert.NotEmpty(failure.Issues);
            }

            bundle.Dispose();
        }

        Assert.InRange(planned, 100, 20_000);
    }
}
