using System.Collections.Concurrent;
using EHealthHub.Access.Consent;
using EHealthHub.Access.Policy;
using EHealthHub.Fhir.Search;
using Xunit.Abstractions;

namespace EHealthHub.Access.Tests.Policy;

/// <summary>Roles x purposes x interactions x types x what is known of the patient x security settings x consents x labels x submitters, every cell decided a second time by <see cref="RecordOracle"/>.</summary>
public class RecordMatrixTests(ITestOutputHelper output)
{
    private static readonly string[] s_purposes = ["TREAT", "ETREAT", "BTG", "HPAYMT", "HOPERAT", "PUBHLTH", "HRESCH", "PATRQT", ""];
    private static readonly string[] s_types = ["Observation", "Consent", "Encounter", "Claim", "ClaimResponse", "Coverage"];
    private static readonly string?[] s_submitters = [null, Situation.Here, Situation.Elsewhere, "insurer"];
    private static readonly Labelled[] s_plain = [Labelled.All[0]];

    [Fact]
    public void Every_combination_is_decided_as_the_oracle_decides_it_and_a_view_shows_what_a_read_grants()
    {
        var rules = new ConcurrentDictionary<string, long>();
        var wrong = new ConcurrentBag<string>();
        var rows = from who in Enum.GetValues<Who>() from purpose in s_purposes from situation in Situation.All select (who, purpose, situation);
        Parallel.ForEach(rows, new ParallelOptions { MaxDegreeOfParallelism = 2 }, row =>
        {
            var counted = new Dictionary<string, long>();
            foreach (var cell in CellsOf(row.who, row.purpose, row.situation))
            {
                var request = RequestOf(cell);
                var decision = AccessPolicy.Decide(request);
                var answer = (!decision.Granted ? decision.Hidden ? "?" : "-" : decision.DeIdentified ? "%" : decision.Masked ? "~" : "+") + decision.Rule;
                counted[decision.Rule] = counted.GetValueOrDefault(decision.Rule) + 1;
                if (answer != RecordOracle.Decide(cell) && wrong.Count < 10)
                {
                    wrong.Add($"{answer} but the oracle says {RecordOracle.Decide(cell)}: {cell.Who} {cell.Purpose} {cell.Interaction} {cell.Type}, {cell.Situation.Words}, {cell.Setting}, {cell.Consent.Name}, {cell.Label.Words}, {cell.Submitter}");
                }

                if (request.Resource is { } resource && cell.Interaction is Interaction.Read or Interaction.Derive)
                {
                    var seen = AccessPolicy.View(request with { Resource = null }).Of(resource);
                    var expected = !decision.Granted ? Visibility.Hide : decision.Masked ? Visibility.Mask : Visibility.See;
                    if (seen.Visibility != expected && wrong.Count < 10)
                    {
                        wrong.Add($"a view shows {seen} where a read says {decision}: {cell}");
                    }
                }
            }

            foreach (var (rule, count) in counted)
            {
                rules.AddOrUpdate(rule, count, (_, before) => before + count);
            }
        });
        output.WriteLine($"{rules.Values.Sum():n0} combinations decided, each twice; by rule:");
        foreach (var (rule, count) in rules.OrderByDescending(r => r.Value))
        {
            output.WriteLine($"  {rule}: {count:n0}");
        }

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong));
        string[] elsewhere = ["scope-missing", "directory-public", "definitions-by-authority", "directory-content", "directory-read-only", "own-compartment", "not-owner"];
        Assert.Equal(AccessPolicy.RuleCodes.Except(elsewhere).Order(), rules.Keys.Order());
    }

    [Fact]
    public void A_refusal_tells_nothing_that_only_the_record_knows()
    {
        foreach (var who in Enum.GetValues<Who>())
        {
            foreach (var purpose in s_purposes)
            {
                foreach (var cell in Situation.All.SelectMany(s => CellsOf(who, purpose, s)))
                {
                    var decision = AccessPolicy.Decide(RequestOf(cell));
                    var unknown = AccessPolicy.Decide(RequestOf(cell) with { Known = null, IsOwnRecord = false, Resource = null });
                    if (!decision.Granted && !unknown.Granted && decision.Hidden != unknown.Hidden)
                    {
                        Assert.Fail($"{decision} against {unknown} for {cell}");
                    }

                    if (cell.Interaction is Interaction.Read or Interaction.Update or Interaction.Delete && decision is { Granted: false, Hidden: false })
                    {
                        Assert.Fail($"{decision} tells that it exists: {cell}");
                    }
                }
            }
        }
    }

    private static IEnumerable<Cell> CellsOf(Who who, string purpose, Situation situation)
    {
        // Settings, consents and labels speak to those who look and whom something lets in; for the others one of each is enough.
        var subject = situation.Known is not null && (who, purpose) is (Who.Doctor, "TREAT" or "ETREAT" or "BTG") or (Who.Citizen, "PATRQT") or (Who.Insurer, "HPAYMT") or (Who.Authority, "PUBHLTH" or "HRESCH") or (Who.System, "HRESCH" or "HOPERAT");
        return from interaction in Enum.GetValues<Interaction>()
               let looks = subject && interaction is Interaction.Read or Interaction.Search or Interaction.Derive
               from type in s_types
               from setting in looks && who == Who.Doctor ? Enum.GetValues<SecuritySetting>() : [SecuritySetting.Regulation]
               from consent in looks ? ConsentCase.All.AsEnumerable() : [ConsentCase.All[0]]
               from label in looks && interaction != Interaction.Search ? Labelled.All.AsEnumerable() : s_plain
               from submitter in interaction is Interaction.Create or Interaction.Search ? [null] : s_submitters
               select new Cell(who, purpose, interaction, type, situation, setting, consent, label, submitter);
    }

    private static AccessRequest RequestOf(Cell cell) => new()
    {
        Caller = Situation.CallerOf(cell.Who, cell.Purpose),
        Interaction = cell.Interaction,
        ResourceType = cell.Type,
        Compartment = CompartmentKind.Patient,
        PatientId = "p1",
        Now = Situation.Now,
        Known = cell.Situation.Known is { } known ? known with { Setting = cell.Setting, Consents = cell.Consent.Consents } : null,
        IsOwnRecord = cell.Situation.IsOwnRecord,
        Resource = cell.Interaction is Interaction.Create or Interaction.Search ? null : new ResourceTraits
        {
            Type = cell.Type,
            Id = "1",
            Submitter = cell.Submitter,
            Labels = cell.Label.Labels,
            CareFrom = Situation.Now.AddDays(-1),
            CareUntil = Situation.Now,
            Codes = [],
            Authors = [],
            Related = [],
        },
    };
}
