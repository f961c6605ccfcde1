namespace EHealthHub.Access.Representation;

/// <summary>In what capacity somebody acts for the patient.</summary>
public enum DelegationKind
{
    /// <summary>A parent of a minor, or a guardian appointed by a court: decides in the patient's place.</summary>
    Representative = 1,

    /// <summary>A caregiver (the regulation's <em>bakım veren kişi</em>): looks for the patient, decides nothing and appoints nobody.</summary>
    Caregiver = 2,
}

/// <summary>Somebody acts for the patient. Gathered from what the patient, a representative or the authority wrote; what an institution writes of relatives is content, never authority.</summary>
/// <param name="Id">Logical id of the resource that says so.</param>
/// <param name="Kind">In what capacity.</param>
/// <param name="NationalId">National id of the person who acts.</param>
/// <param name="From">Begin, inclusive; null from always.</param>
/// <param name="Until">End, exclusive; null while it runs. A parent's ends with the minor's majority whatever is written here.</param>
/// <param name="IsGuardian">True for a guardian appointed by a court: lasts beyond the patient's majority.</param>
public sealed record Delegation(string Id, DelegationKind Kind, string NationalId, DateTimeOffset? From = null, DateTimeOffset? Until = null, bool IsGuardian = false);
