using System.Text.Json;
using EHealthHub.Operator.Connecting;
using EHealthHub.Operator.Load;
using EHealthHub.Operator.Preparing;

namespace EHealthHub.Operator.Demonstration;

/// <summary>An answer that was kept, to be found again in the log.</summary>
/// <param name="Claim">What it was, for people.</param>
/// <param name="Response">The answer with its receipt.</param>
/// <param name="Person">Who asked, as registered; empty for a hospital's system.</param>
/// <param name="Granted">Whether it was granted.</param>
internal sealed record KeptAnswer(string Claim, HubResponse Response, string Person, bool Granted);

/// <summary>The patient whom the story is about.</summary>
/// <param name="Id">Logical id.</param>
/// <param name="Entries">The posted entries' resources.</param>
/// <param name="Locations">Where each was stored, <c>Type/id</c>.</param>
internal sealed record DemoPatient(string Id, IReadOnlyList<JsonElement> Entries, IReadOnlyList<string?> Locations);

/// <summary>Who and what is on the stage: the hub, the hospitals' systems, the physicians, the patient, and the answers to be found in the log.</summary>
internal sealed class DemoStage : IDisposable
{
    private DemoStage(OpenedHub hub, int port, BundleSource source, TimeProvider time)
    {
        Hub = hub;
        Server = new Uri($"https://localhost:{port}");
        Source = source;
        Time = time;
        Ankara = HubClient.Open(hub.Layout, "hospital-ankara", Server);
        Izmir = HubClient.Open(hub.Layout, "hospital-izmir", Server);
        Ayse = new ClinicianSession(hub.Identity, hub.Layout, Ankara, "dr-ayse", time);
        Mehmet = new ClinicianSession(hub.Identity, hub.Layout, Izmir, "dr-mehmet", time);
    }

    public OpenedHub Hub { get; }

    public Uri Server { get; }

    public BundleSource Source { get; }

    public TimeProvider Time { get; }

    public HubClient Ankara { get; }

    public HubClient Izmir { get; }

    public ClinicianSession Ayse { get; }

    public ClinicianSession Mehmet { get; }

    /// <summary>Set by the submission.</summary>
    public DemoPatient? Patient { get; set; }

    /// <summary>The open encounter; set when it is opened.</summary>
    public string EncounterId { get; set; } = "";

    /// <summary>When it was opened.</summary>
    public DateTimeOffset EncounterStart { get; set; }

    /// <summary>Answers to be found again in the log.</summary>
    public List<KeptAnswer> Kept { get; } = [];

    /// <summary>A folder inside the data directory for copies that are tampered with.</summary>
    public string Trial => Path.Combine(Hub.Layout.Root, "trial");

    public static DemoStage Open(OpenedHub hub, int port, BundleSource source, TimeProvider time) => new(hub, port, source, time);

    public void Dispose()
    {
        Mehmet.Dispose();
        Ayse.Dispose();
        Izmir.Dispose();
        Ankara.Dispose();
        if (Directory.Exists(Trial))
        {
            Directory.Delete(Trial, recursive: true);
        }
    }
}
