namespace EHealthHub.Access.Emergency;

/// <summary>A broken glass: one clinician, at one institution, looks at one patient's record for a reason and for a while.</summary>
/// <param name="Id">Stable id, for the log and the follow-up review.</param>
/// <param name="Clinician">Registered id of the clinician.</param>
/// <param name="Institution">Registered id of the institution.</param>
/// <param name="Purpose">ETREAT or BTG (v3-ActReason); the token's purpose must be the same.</param>
/// <param name="Reason">In the clinician's words. Never empty.</param>
/// <param name="From">Begin, inclusive.</param>
/// <param name="Until">End, exclusive.</param>
public sealed record EmergencyGrant(string Id, string Clinician, string Institution, string Purpose, string Reason, DateTimeOffset From, DateTimeOffset Until);
