namespace EHealthHub.Operator.Load;

/// <summary>What a load run is told.</summary>
/// <param name="Data">The data directory of the running hub.</param>
/// <param name="Port">Port of its gateway.</param>
/// <param name="Patients">Patients to submit; a folder with fewer is begun again.</param>
/// <param name="Seconds">Length of each timed phase after the ingest.</param>
/// <param name="Clients">Clients side by side.</param>
/// <param name="Seed">Of generated patients.</param>
/// <param name="WarmUpSeconds">How long the clients of each of those phases run before its clock starts; 0 for not at all.</param>
internal sealed record LoadSettings(string Data, int Port, int Patients, int Seconds, int Clients, ulong Seed, int WarmUpSeconds = 0)
{
    /// <summary>What follows the ingest.</summary>
    public IReadOnlyList<LoadPhase> Phases { get; init; } = [LoadPhase.Read, LoadPhase.Search];
}
