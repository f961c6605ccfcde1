using EHealthHub.Access.Policy;

namespace EHealthHub.Access.Payment;

/// <summary>What an insurer may look at: its contracts, the claims that were sent to it, and what these claims need; the care must lie in a period that a contract covers.</summary>
internal static class InsurerBasis
{
    /// <summary>What an insurer writes: answers.</summary>
    public static bool IsAnswer(string type) => type is "ClaimResponse" or "ExplanationOfBenefit" or "CoverageEligibilityResponse" or "PaymentNotice";

    /// <summary>True when there is a contract with the insurer at all.</summary>
    public static bool Insures(PatientKnowledge known, string insurer)
    {
        foreach (var coverage in known.Coverages)
        {
            if (coverage.Insurer == insurer)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when some claim was sent to the insurer.</summary>
    public static bool HasClaims(PatientKnowledge known, string insurer)
    {
        foreach (var claim in known.Claims)
        {
            if (claim.Insurer == insurer)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True for a contract with the insurer.</summary>
    public static bool IsContract(PatientKnowledge known, string insurer, in ResourceTraits resource)
    {
        foreach (var coverage in known.Coverages)
        {
            if (resource.Type == "Coverage" && coverage.CoverageId == resource.Id && coverage.Insurer == insurer)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True for a claim that was sent to the insurer, and for what such a claim refers to.</summary>
    public static bool IsClaimed(PatientKnowledge known, string insurer, in ResourceTraits resource)
    {
        foreach (var claim in known.Claims)
        {
            if (claim.Insurer == insurer && ((resource.Type == "Claim" && claim.ClaimId == resource.Id) || Refers(claim, resource)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>True when all of the care lies in a period that a contract covers. A Patient has no date; a resource whose date is not known is not covered.</summary>
    public static bool IsCovered(PatientKnowledge known, string insurer, in ResourceTraits resource)
    {
        foreach (var coverage in known.Coverages)
        {
            if (coverage.Insurer == insurer && (resource.Type == "Patient" || (resource.CareFrom >= coverage.From && (coverage.Until is null || resource.CareUntil <= coverage.Until))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Refers(ClaimFacts claim, in ResourceTraits resource)
    {
        if (claim.References.IsDefault)
        {
            return false;
        }

        foreach (var reference in claim.References)
        {
            if (Lists.Names(reference, resource.Type, resource.Id))
            {
                return true;
            }
        }

        return false;
    }
}
