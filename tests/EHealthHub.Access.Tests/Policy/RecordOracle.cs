using EHealthHub.Access.Consent;
using EHealthHub.Access.Policy;

namespace EHealthHub.Access.Tests.Policy;

/// <summary>One cell of the matrix over patients' records.</summary>
internal sealed record Cell(Who Who, string Purpose, Interaction Interaction, string Type, Situation Situation, SecuritySetting Setting, ConsentCase Consent, Labelled Label, string? Submitter);

/// <summary>
/// The policy over patients' records, told from the caller down, from words instead of facts, with none of the room's code. Answers: <c>+code</c> granted, <c>~code</c> masked, <c>%code</c> de-identified, <c>-code</c> refused, <c>?code</c>
/// refused and hidden.
/// </summary>
internal static class RecordOracle
{
    public static string Decide(Cell c)
    {
        var answer = ByCaller(c);
        return answer[0] == '-' && c.Interaction is not (Interaction.Create or Interaction.Search) ? "?" + answer[1..] : answer;
    }

    private static bool Looks(Cell c) => c.Interaction is Interaction.Read or Interaction.Search;

    private static string ByCaller(Cell c)
    {
        if (c.Interaction == Interaction.Derive)
        {
            return c.Situation.Is("partial") ? "-knowledge-incomplete" : Derived(c);
        }

        if (c.Purpose is "PUBHLTH" or "HRESCH")
        {
            return "-deidentified-only";
        }

        return c.Who switch
        {
            Who.Authority => "+system-scope",
            Who.Auditor or Who.Operator => "-staff-no-records",
            Who.DoctorOfInsurer => "-insurer-no-basis",
            Who.Insurer => Insurer(c),
            Who.Citizen => c.Purpose == "PATRQT" ? Citizen(c) : "-purpose-not-allowed",
            Who.System => c.Purpose is "TREAT" or "HOPERAT" or "HPAYMT" ? System(c) : "-purpose-not-allowed",
            Who.Doctor or Who.DoctorWithoutInstitution => c.Purpose == "TREAT" || (c.Purpose is "ETREAT" or "BTG" && Looks(c)) ? Doctor(c) : "-purpose-not-allowed",
            _ => "-no-rule",
        };
    }

    private static string Derived(Cell c) => (c.Who, c.Purpose) switch
    {
        (Who.Authority, "PUBHLTH") => Will(c, "public-health", "", Labelled(c, normal: "+", restricted: "+", very: "-")),
        (Who.System or Who.Authority, "HRESCH") => IsKnown(c) && c.Consent.Name == "permit research" ? Will(c, "research-consent", "", Labelled(c, "+", "-", "-"), needs: "purpose") : "-research-without-consent",
        _ => "-purpose-not-allowed",
    };

    private static bool IsKnown(Cell c) => !c.Situation.Is("unknown") && !c.Situation.Is("partial");

    private static string Insurer(Cell c)
    {
        if (c.Purpose != "HPAYMT" || !c.Situation.Is("insured"))
        {
            return "-insurer-no-basis";
        }

        if (!Looks(c))
        {
            return c.Type == "ClaimResponse" && (c.Interaction == Interaction.Create || c.Submitter == "insurer") ? "+insurer-answer" : "-insurer-no-basis";
        }

        var mine = Labelled(c, "+", "~", "-");
        var claimed = c.Situation.Is("claimed");
        if (c.Interaction == Interaction.Search)
        {
            return c.Type == "ClaimResponse" ? "+insurer-answer" : c.Type == "Coverage" ? Will(c, "insurer-contract", "", mine) : claimed ? Will(c, "insurer-claim", "", mine) : c.Consent.Name == "permit insurer" ? "+insurer-consent" : "-insurer-no-basis";
        }

        // The coverage has the id c; what is read here has the id 1.
        if (c.Type == "ClaimResponse" && c.Submitter == "insurer")
        {
            return "+insurer-answer";
        }

        return claimed && c.Type is "Claim" or "Observation" ? Will(c, "insurer-claim", "", mine)
            : c.Consent.Name == "permit insurer" ? Will(c, "insurer-consent", "", mine, needs: "named")
            : "-insurer-no-basis";
    }

    private static string Citizen(Cell c)
    {
        var s = c.Situation;
        if (Looks(c))
        {
            return s.Is("own") ? "+own-record"
                : s.Is("represented") ? Will(c, "representative", "", c.Label.Is("violence") || c.Label.Is("V") ? "-" : "+")
                : s.Is("cared") ? Will(c, "caregiver", "", Labelled(c, "+", "-", "-"))
                : "-no-relationship";
        }

        return c.Type != "Consent" ? s.Is("cared") ? "-caregiver-decides-nothing" : "-citizen-read-only"
            : s.Is("adult") ? "+consent-by-patient"
            : s.Is("represented") ? "+consent-by-representative"
            : s.Is("own") ? "-minor-represented"
            : s.Is("cared") ? "-caregiver-decides-nothing"
            : "-citizen-read-only";
    }

    private static string System(Cell c)
    {
        if (c.Type == "Consent" && !Looks(c))
        {
            return "-consent-by-patient-only";
        }

        return c.Interaction switch
        {
            Interaction.Search => "-clinician-required",
            Interaction.Create => c.Situation.Is("registered") || c.Situation.Is("new") ? "+own-patient"
                : c.Situation.Is("add") ? c.Situation.Is("referred") ? "+referral" : "+open-encounter"
                : c.Type == "Encounter" ? "+opens-encounter" : "-not-its-patient",
            _ => c.Submitter == Situation.Here ? "+own-submission" : "-not-own-submission",
        };
    }

    private static string Doctor(Cell c)
    {
        var works = c.Who == Who.Doctor;
        if (!Looks(c) && c.Type == "Consent")
        {
            return "-consent-by-patient-only";
        }

        if (c.Interaction is Interaction.Update or Interaction.Delete)
        {
            return works && c.Submitter == Situation.Here ? "+own-submission" : "-not-own-submission";
        }

        if (c.Interaction == Interaction.Create)
        {
            return !works ? "-no-relationship"
                : c.Situation.Is("named") || c.Situation.Is("referred") ? "+referral"
                : c.Situation.Is("add") ? "+open-encounter"
                : c.Situation.Is("family") ? "+family-doctor"
                : "-no-relationship";
        }

        return Looking(c, works && !c.Situation.Is("partial") ? c.Situation.Words.Split(' ') : [], works);
    }

    private static string Looking(Cell c, string[] words, bool works)
    {
        if (c.Situation.Is("partial"))
        {
            return "-knowledge-incomplete";
        }

        if (words.Contains("glass-" + c.Purpose))
        {
            return Will(c, "break-glass", "glass", Labelled(c, "+", "+", "~"));
        }

        var own = c.Submitter == Situation.Here;
        var treats = own ? Labelled(c, "+", "+", "~") : Labelled(c, "+", "~", "-");
        var house = own ? Labelled(c, "+", "~", "-") : Labelled(c, "+", "-", "-");
        if (words.Contains("emergency") && c.Purpose is "TREAT" or "ETREAT")
        {
            return Will(c, "emergency-care", "exempt", treats);
        }

        if (words.Contains("inpatient") && c.Purpose == "TREAT")
        {
            return Will(c, "inpatient", "exempt", treats);
        }

        var lets = c.Setting switch
        {
            SecuritySetting.Regulation => new[] { "part", "family", "named", "open", "referred" },
            SecuritySetting.TreatingClinicians => ["part", "family", "named"],
            SecuritySetting.FamilyDoctor => ["family"],
            _ => [],
        };
        var has = new[] { ("part", "treating-clinician", treats), ("family", "family-doctor", treats), ("named", "referral", treats), ("open", "open-encounter", house), ("referred", "referral", house) };
        if (c.Purpose == "TREAT")
        {
            foreach (var (word, code, label) in has.Where(h => words.Contains(h.Item1) && lets.Contains(h.Item1)))
            {
                return Will(c, code, "", label);
            }
        }

        // A consent that names the doctor, or the house that the doctor works for, opens by itself.
        if (c.Purpose == "TREAT" && works && IsKnown(c) && c.Consent.Name is "permit here what is normal" or "permit doctor psychiatry too" or "deny all but the doctor")
        {
            return Will(c, "consent-permit", "", house, needs: "named");
        }

        return works && has.Any(h => words.Contains(h.Item1) && !lets.Contains(h.Item1)) ? "-security-setting" : "-no-relationship";
    }

    private static string Labelled(Cell c, string normal, string restricted, string very) => c.Label.Is("N") ? normal : c.Label.Is("V") ? very : restricted;

    /// <summary>What the consents make of it, and then the labels.</summary>
    private static string Will(Cell c, string code, string leniency, string label, string needs = "")
    {
        var means = IsKnown(c) ? c.Consent.Means(new(c.Who, c.Purpose, c.Type, c.Label, leniency)).Split(' ') : ["silent"];
        if (c.Interaction == Interaction.Search)
        {
            return means[0] == "deny-whole" ? "-consent-deny" : "+" + code;
        }

        return means[0] switch
        {
            "deny" or "deny-whole" => "-consent-deny",
            "not-covered" => "-consent-not-covered",
            _ when needs.Length > 0 && !means.Contains(needs) => "-consent-not-covered",
            _ => label switch
            {
                "+" => (c.Interaction == Interaction.Derive ? "%" : "+") + code,
                _ when means.Contains("released") => (c.Interaction == Interaction.Derive ? "%" : "+") + "consent-release",
                "~" => "~label-masked",
                _ => "-label-withheld",
            },
        };
    }
}
