using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Access.Consent;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Relationships;
using EHealthHub.Access.Representation;
using EHealthHub.Fhir.Search;
using EHealthHub.Records.Store;

namespace EHealthHub.Exchange.Deciding;

/// <summary>
/// Makes what is known of a patient, whoever asks, of what may be read in order to decide. It is kept until something is written to the patient's record; so nothing in it depends on the moment but that what is long past is left out.
/// People and institutions are those of the registry (<see cref="RegisteredNames"/>).
/// </summary>
internal sealed class PatientGatherer(RegisteredNames names, TimeProvider time)
{
    /// <summary>How long an encounter still counts for the rules after it began.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromDays(2);

    /// <summary>How long a referral holds that says no end.</summary>
    private static readonly TimeSpan ReferralDefault = TimeSpan.FromDays(30);

    private static readonly HashSet<string> OpenStatus = new(StringComparer.Ordinal) { "arrived", "triaged", "in-progress", "onleave" };
    private static readonly HashSet<string> Parents = new(StringComparer.Ordinal) { "PRN", "MTH", "FTH", "NMTH", "NFTH", "ADOPTP", "ADOPTM", "ADOPTF" };
    private static readonly HashSet<string> OrderIntents = new(StringComparer.Ordinal) { "order", "original-order", "reflex-order", "filler-order", "instance-order" };

    public PatientKnowledge Make(PatientSource source)
    {
        var now = time.GetUtcNow();
        var patient = source.Of("Patient").LastOrDefault(p => p.Id == source.PatientId);
        var encounters = source.Of("Encounter").SelectMany(e => Encounter(source, e, now)).Take(PatientKnowledge.EntriesMax + 1).ToImmutableArray();
        var referrals = source.Of("ServiceRequest").SelectMany(r => Referrals(source, r, now)).Take(PatientKnowledge.EntriesMax + 1).ToImmutableArray();
        var (consents, setting, isAll) = Consents(source);
        var delegations = Caregivers(consents).Concat(Representatives(source)).Take(PatientKnowledge.EntriesMax + 1).ToImmutableArray();
        ImmutableArray<FamilyDoctor> doctors = patient is null ? [] : [.. FamilyDoctors(source, patient)];
        return new PatientKnowledge
        {
            PatientId = source.PatientId,
            Submitter = patient?.Submitter,
            BirthDate = patient is null ? null : BirthDate(patient),
            Encounters = encounters,
            Referrals = referrals,
            FamilyDoctors = doctors,
            Consents = consents,
            Setting = setting,
            Delegations = delegations,
            IsWhole = isAll && !source.IsCut && delegations.Length <= PatientKnowledge.EntriesMax && encounters.Length <= PatientKnowledge.EntriesMax && referrals.Length <= PatientKnowledge.EntriesMax && doctors.Length <= PatientKnowledge.EntriesMax,
        };
    }

    /// <summary>The same with what an insurer's basis is made of, whose bodies nobody else needs.</summary>
    public PayerKnowledge MakeForPayers(PatientSource source)
    {
        var coverages = source.Open("Coverage", IsActive).SelectMany(c => PayerReader.Coverages(names, source, c)).Take(PatientKnowledge.EntriesMax + 1).ToImmutableArray();
        var claims = source.Open("Claim", IsActive).SelectMany(c => PayerReader.Claims(names, source, c)).Take(PatientKnowledge.EntriesMax + 1).ToImmutableArray();
        var known = Make(source);
        return new PayerKnowledge(known with
        {
            Coverages = coverages,
            Claims = claims,
            IsWhole = known.IsWhole && !source.IsCut && coverages.Length <= PatientKnowledge.EntriesMax && claims.Length <= PatientKnowledge.EntriesMax,
        });
    }

    private static bool IsActive(SearchFacts facts) => facts.Of("status").Any(s => s.Text == "active");

    /// <summary>The active consents, opened and read; whether those were all.</summary>
    private (ImmutableArray<ConsentDirective> Directives, SecuritySetting Setting, bool IsAll) Consents(PatientSource source)
    {
        var documents = source.Open("Consent", IsActive).Take(PatientKnowledge.EntriesMax + 1).Select(c => JsonDocument.Parse(c.Json)).ToList();
        try
        {
            var ordered = documents.Select(d => d.RootElement).OrderBy(c => c.GetProperty("id"u8).GetString(), StringComparer.Ordinal);
            var (directives, setting) = ConsentReader.ReadAll(ordered, (reference, system, value) => names.Actor(source.Directory, reference, system, value));
            return (directives, setting, documents.Count <= PatientKnowledge.EntriesMax);
        }
        finally
        {
            documents.ForEach(d => d.Dispose());
        }
    }

    /// <summary>Who is permitted by name and is no clinician is a caregiver: consents are written by the patient, a representative or the authority alone.</summary>
    private static IEnumerable<Delegation> Caregivers(ImmutableArray<ConsentDirective> consents) =>
        from consent in consents
        let root = consent.Rules[0]
        where root is { Permits: true, HasUnknown: false }
        from actor in root.Actors
        where actor.Kind == ActorKind.Citizen
        select new Delegation(consent.ConsentId, DelegationKind.Caregiver, actor.Id, root.From, root.Until);

    /// <summary>Parents and guardians, as the registry's authority wrote them down; what an institution writes of relatives is content.</summary>
    private IEnumerable<Delegation> Representatives(PatientSource source)
    {
        foreach (var relative in source.Open("RelatedPerson", f => names.IsAuthoritys(f.Submitter) && f.Of("active").All(a => a.Text != "false")))
        {
            var roles = relative.Facts.Of("relationship").Select(r => r.Text).ToHashSet(StringComparer.Ordinal);
            var isGuardian = roles.Contains("GUARD");
            if (!isGuardian && !roles.Overlaps(Parents))
            {
                continue;
            }

            using var body = JsonDocument.Parse(relative.Json);
            var (from, until, isRead) = PayerReader.Period(body.RootElement);
            foreach (var person in isRead ? relative.Facts.Of("identifier").Where(i => i.System == DecisionFacts.NationalIdSystem && i.Text is not null) : [])
            {
                yield return new Delegation(relative.Facts.Id, DelegationKind.Representative, person.Text!, from, until, isGuardian);
            }
        }
    }

    private IEnumerable<CareEncounter> Encounter(PatientSource source, SearchFacts facts, DateTimeOffset now)
    {
        var status = facts.Of("status").Select(s => s.Text).FirstOrDefault();
        var isOpen = status is not null && OpenStatus.Contains(status);
        var period = facts.Of("date").FirstOrDefault();
        var start = period is null ? null : FactTime.From(period.From);
        if (isOpen || (status == "finished" && start >= now - Recent))
        {
            yield return new CareEncounter(facts.Submitter, facts.Id, CareEncounter.SettingOf(facts.Of("class").Select(c => c.Text).FirstOrDefault()), isOpen, start, period is null ? null : FactTime.Until(period.To))
            {
                Clinicians = [.. names.Clinicians(source, facts, "participant", "practitioner").Take(PatientKnowledge.EntriesMax)],
            };
        }
    }

    /// <summary>A referral to each performer; to a clinician at an institution where both are named.</summary>
    private IEnumerable<Referral> Referrals(PatientSource source, SearchFacts facts, DateTimeOffset now)
    {
        if (facts.Of("status").All(s => s.Text != "active") || !facts.Of("intent").Any(i => i.Text is { } intent && OrderIntents.Contains(intent)))
        {
            yield break;
        }

        var occurrence = facts.Of("occurrence").FirstOrDefault();
        var from = (occurrence is null ? null : FactTime.From(occurrence.From)) ?? facts.Of("authored").Select(a => FactTime.From(a.From)).FirstOrDefault();
        if (from is not { } begin)
        {
            yield break;
        }

        var until = (occurrence is null ? null : FactTime.Until(occurrence.To)) ?? begin + ReferralDefault;
        if (until < now)
        {
            yield break;
        }

        var institutions = names.Institutions(source, facts, "performer").ToList();
        var clinicians = names.Clinicians(source, facts, "performer").ToList();
        foreach (var institution in institutions.Count > 0 ? institutions : [null!])
        {
            foreach (var clinician in clinicians.Count > 0 ? clinicians : [null!])
            {
                if ((institution ?? clinician) is not null)
                {
                    yield return new Referral(facts.Id, institution, clinician, begin, until);
                }
            }
        }
    }

    private IEnumerable<FamilyDoctor> FamilyDoctors(PatientSource source, SearchFacts patient) => names.Clinicians(source, patient, "general-practitioner").Select(p => new FamilyDoctor(p, null))
        .Concat(names.Institutions(source, patient, "general-practitioner").Select(o => new FamilyDoctor(null, o)));

    /// <summary>The latest day that what is written leaves open: nobody is of age too early.</summary>
    private static DateOnly? BirthDate(SearchFacts patient) =>
        patient.Of("birthdate").FirstOrDefault() is { } date && FactTime.From(date.To) is { } last ? DateOnly.FromDateTime(last.ToOffset(SearchSettings.Default.Zone).Date) : null;
}
