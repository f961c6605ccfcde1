using System.Collections.Immutable;
using System.Globalization;
using EHealthHub.Access.Consent;
using EHealthHub.Access.Labels;
using EHealthHub.Access.Payment;
using EHealthHub.Access.Policy;
using EHealthHub.Access.Relationships;
using EHealthHub.Access.Representation;
using EHealthHub.Trust;

namespace EHealthHub.Access.Explain;

/// <summary>Decides once more and says what the decision rested on. The decision is <see cref="AccessPolicy.Decide(AccessRequest)"/>'s own, so that an explanation cannot tell of another one.</summary>
public static class AccessExplainer
{
    /// <summary>Explains one decision; with an earlier <see cref="AccessRequest.Now"/>, by the rules of that day.</summary>
    public static AccessExplanation Explain(AccessRequest request)
    {
        var decision = AccessPolicy.Decide(request);
        var rule = RuleText.Of(decision.Rule) ?? throw new InvalidOperationException($"The rule {decision.Rule} has no text.");
        var asked = request.Known is not null && request.Caller.PersonKind == PersonKind.Clinician;
        return new(decision, rule, asked ? RelationshipRules.At(request.Now)?.Version : null, request.Known is { } known ? [.. Reasons(request, known, decision.Rule)] : []);
    }

    private static IEnumerable<RuleText> Reasons(AccessRequest request, PatientKnowledge known, string rule) => rule switch
    {
        "emergency-care" => Encounters(request, known, Relations.Emergency),
        "inpatient" => Encounters(request, known, Relations.Inpatient),
        "treating-clinician" => Encounters(request, known, Relations.TreatingClinician),
        "open-encounter" => Encounters(request, known, Relations.OpenEncounter | Relations.Emergency | Relations.Inpatient),
        "referral" => Referrals(request, known),
        "break-glass" => Grants(request, known),
        "representative" or "caregiver" or "consent-by-representative" or "caregiver-decides-nothing" => Delegations(request, known),
        "security-setting" => [Setting(known.Setting), .. Encounters(request, known, (Relations)~0), .. Referrals(request, known)],
        "insurer-contract" or "insurer-claim" or "insurer-consent" => Contracts(request, known),
        "consent-deny" or "consent-not-covered" or "consent-permit" or "research-consent" => Consents(request, known),
        "consent-release" => [.. Consents(request, known), .. Labels(request)],
        "label-withheld" or "label-masked" => Labels(request),
        _ => [],
    };

    private static IEnumerable<RuleText> Encounters(AccessRequest request, PatientKnowledge known, Relations relations) =>
        from encounter in known.Encounters
        where ((RelationshipRules.At(request.Now)?.Of(encounter, request.Caller, request.Now) ?? Relations.None) & relations) != 0
        let since = encounter.Start is { } start ? Time(start) : "?"
        select new RuleText($"Encounter/{encounter.EncounterId}, {encounter.Institution}, başlangıç {since}.", $"Encounter/{encounter.EncounterId} at {encounter.Institution}, since {since}.");

    private static IEnumerable<RuleText> Referrals(AccessRequest request, PatientKnowledge known) =>
        from referral in known.Referrals
        where RelationshipRules.Of(referral, request.Caller, request.Now) != Relations.None || (request.Caller.PersonKind == PersonKind.None && referral.Institution == request.Caller.Institution)
        select new RuleText($"ServiceRequest/{referral.ServiceRequestId}, bitiş {Time(referral.Until)}.", $"ServiceRequest/{referral.ServiceRequestId}, until {Time(referral.Until)}.");

    private static IEnumerable<RuleText> Grants(AccessRequest request, PatientKnowledge known) =>
        from grant in known.Emergencies
        where grant.Clinician == request.Caller.Person && grant.Purpose == request.Caller.Purpose && request.Now >= grant.From && request.Now < grant.Until
        select new RuleText($"Acil durum erişimi {grant.Id}, bitiş {Time(grant.Until)}, gerekçe: {grant.Reason}.", $"Broken glass {grant.Id}, until {Time(grant.Until)}, reason: {grant.Reason}.");

    private static IEnumerable<RuleText> Delegations(AccessRequest request, PatientKnowledge known) =>
        from delegation in known.Delegations
        where delegation.NationalId == request.Caller.NationalId && Standing.IsInForce(delegation, known, request)
        select delegation.Kind == DelegationKind.Representative
            ? new RuleText($"Temsil kaydı {delegation.Id}.", $"Representation {delegation.Id}.")
            : new RuleText($"Bakım veren kaydı {delegation.Id}.", $"Caregiver record {delegation.Id}.");

    private static IEnumerable<RuleText> Contracts(AccessRequest request, PatientKnowledge known)
    {
        foreach (var coverage in known.Coverages.Where(c => c.Insurer == request.Caller.Institution))
        {
            var until = coverage.Until is { } end ? Time(end) : "-";
            yield return new RuleText($"Coverage/{coverage.CoverageId}, bitiş {until}.", $"Coverage/{coverage.CoverageId}, until {until}.");
        }

        foreach (var claim in known.Claims.Where(c => request.Resource is { } resource && InsurerBasis.IsClaimed(known with { Claims = [c] }, request.Caller.Institution ?? "", resource)))
        {
            yield return new RuleText($"Claim/{claim.ClaimId} bunu gerektiriyor.", $"Claim/{claim.ClaimId} needs it.");
        }
    }

    private static IEnumerable<RuleText> Consents(AccessRequest request, PatientKnowledge known)
    {
        var consents = Standing.Of(request).Consents;
        var index = request.Resource is { } resource ? consents.Of(resource).Consent : consents.DeniedWhole;
        if (index >= 0)
        {
            var id = consents.Consent(index).ConsentId;
            yield return new RuleText($"Consent/{id} kararı verdi.", $"Consent/{id} decided.");
        }
        else if (known.Consents.Length > 0)
        {
            yield return new RuleText("Hastanın etkin onaylarının hiçbiri bunu kapsamıyor.", "None of the patient's active consents covers it.");
        }
    }

    private static IEnumerable<RuleText> Labels(AccessRequest request)
    {
        if (request.Resource is { } resource)
        {
            yield return new RuleText($"Etiket: {Words(resource.Labels, turkish: true)}.", $"Label: {Words(resource.Labels, turkish: false)}.");
        }
    }

    private static string Words(ResourceLabels labels, bool turkish)
    {
        var words = new List<string> { (labels.Confidentiality, turkish) switch { (Confidentiality.VeryRestricted, true) => "çok gizli", (Confidentiality.VeryRestricted, _) => "very restricted", (_, true) => "gizli", _ => "restricted" } };
        foreach (var (flag, tr, en) in new[]
        {
            (Sensitivities.Psychiatry, "psikiyatri", "psychiatry"), (Sensitivities.Sexuality, "cinsel sağlık ve üreme sağlığı", "sexual and reproductive health"), (Sensitivities.Hiv, "HIV", "HIV"),
            (Sensitivities.Substances, "madde kullanımı", "substance use"), (Sensitivities.Genetics, "genetik", "genetics"), (Sensitivities.Violence, "şiddet", "violence"), (Sensitivities.Other, "başka bir hassasiyet", "another sensitivity"),
        })
        {
            if ((labels.Sensitivities & flag) != 0)
            {
                words.Add(turkish ? tr : en);
            }
        }

        return string.Join(", ", words);
    }

    private static RuleText Setting(SecuritySetting setting) => setting switch
    {
        SecuritySetting.TreatingClinicians => new("Güvenlik ayarı: yalnızca tedavi eden hekimler.", "Security setting: treating clinicians only."),
        SecuritySetting.FamilyDoctor => new("Güvenlik ayarı: yalnızca aile hekimi.", "Security setting: the family doctor only."),
        SecuritySetting.Closed => new("Güvenlik ayarı: kapalı.", "Security setting: closed."),
        _ => new("Güvenlik ayarı: yönetmelikteki gibi.", "Security setting: as the regulation has it."),
    };

    private static string Time(DateTimeOffset moment) => moment.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
