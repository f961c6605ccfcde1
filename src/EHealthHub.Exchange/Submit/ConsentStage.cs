using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Transactions;

namespace EHealthHub.Exchange.Submit;

/// <summary>Refuses a Consent that the hub does not understand whole, with the element named (IHE PCF): one that is stored is enforced to the letter.</summary>
internal sealed class ConsentStage(DecisionFacts facts)
{
    public async ValueTask<Failure?> Run(WriteWork work, CancellationToken cancellationToken)
    {
        foreach (var step in work.Steps)
        {
            if (step is not { Matched: false, Entry.Type: "Consent", Resource: { } consent, Action: EntryAction.Create or EntryAction.Update })
            {
                continue;
            }

            var issues = await facts.Check(consent.Root, work.References, cancellationToken).ConfigureAwait(false);
            if (!issues.IsEmpty)
            {
                var place = step.Entry.Index < 0 ? "" : step.Place + ".resource.";
                return new Failure(422, [.. issues.Select(i => i with { Expression = place.Length == 0 ? i.Expression : place + (i.Expression ?? "Consent")["Consent.".Length..] })]);
            }
        }

        return null;
    }
}
