using System.Collections.Immutable;
using EHealthHub.Access.Scopes;
using EHealthHub.Trust;

namespace EHealthHub.Exchange.Reports;

/// <summary>Who may be told of everyone that looked at a record: its citizen alone.</summary>
internal sealed class OwnTrail(DecisionFacts facts)
{
    /// <summary>The rule under which a caller may.</summary>
    public const string Own = "own-record";

    /// <summary>
    /// The rule that decides, and whom it is about, for the log: nobody where there is no such patient. The citizen, of the own record, with a scope that covers reading of audit events: an application that may see laboratory results only does
    /// not learn who else looked.
    /// </summary>
    public async ValueTask<(string Rule, ImmutableArray<string> Patients)> Rule(Caller caller, string patient, CancellationToken cancellationToken)
    {
        var (location, known) = await facts.Locate(caller, "Patient", patient, cancellationToken).ConfigureAwait(false);
        if (location is null)
        {
            return ("not-found", []);
        }

        var decision = await facts.Decide(await facts.ForResource(caller, Access.Policy.Interaction.Read, location, known, cancellationToken).ConfigureAwait(false), location, cancellationToken).ConfigureAwait(false);
        var rule = !decision.Granted || decision.Masked ? decision.Rule + (decision.Granted ? "-masked" : "")
            : caller.PersonKind != PersonKind.Citizen ? "report-of-the-citizen"
            : !SmartScope.Covers(caller, Access.Policy.Interaction.Read, "AuditEvent", new ScopePlace(false, location.CompartmentName)) ? "scope-missing"
            : decision.Rule;
        return (rule, DecisionFacts.PatientsOf(location));
    }
}
