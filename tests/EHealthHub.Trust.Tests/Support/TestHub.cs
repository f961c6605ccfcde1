using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Institutions;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Trust.Tests.Support;

/// <summary>The room put together over a fresh development PKI, with a registry in memory and a clock that stands.</summary>
internal sealed class TestHub : IRegistry, IDisposable
{
    // Made once and copied: thirteen participants in three synced files each would be most of a test's time.
    private static readonly Lazy<TestFolder> Template = new(MakeTemplate);

    private readonly TestFolder _folder = new();
    private readonly List<X509Certificate2> _made = [];

    internal TestHub(Func<GateOptions, GateOptions>? gate = null, Func<RevocationOptions, RevocationOptions>? revocation = null)
    {
        Directory.CreateDirectory(_folder["pki"]);
        foreach (var file in Directory.GetFiles(Template.Value["pki"]))
        {
            File.Copy(file, Path.Combine(_folder["pki"], Path.GetFileName(file)));
        }

        Pki = DevelopmentPki.OpenOrCreate(_folder["pki"], Time);
        Current = DemoRegistry.Build(Pki.Participants, Time.Now.AddDays(-1));
        var lists = new RevocationOptions { Sources = [new RevocationSource(Pki.Authority, Pki.RevocationListPath)] };
        Revocation = new RevocationService(revocation?.Invoke(lists) ?? lists, Time);
        Revocation.RefreshAsync(CancellationToken.None).GetAwaiter().GetResult();
        var options = new GateOptions { Anchors = [TrustAnchor.FromFile(Pki.AuthorityPath, AnchorUses.All)] };
        Gate = new CertificateGate(gate?.Invoke(options) ?? options, this, Revocation, Time);
    }

    public RegistrySnapshot Current { get; set; }

    internal ManualTime Time { get; } = new();

    internal DevelopmentPki Pki { get; }

    internal RevocationService Revocation { get; }

    internal CertificateGate Gate { get; }

    /// <summary>A participant's certificate with its key.</summary>
    internal X509Certificate2 Certificate(string name) => Keep(Pki.Load(name));

    internal X509Certificate2 Keep(X509Certificate2 certificate)
    {
        _made.Add(certificate);
        return certificate;
    }

    internal TrustReason Examine(X509Certificate2 certificate) => Gate.Examine(Keep(certificate)).Reason;

    internal void Edit(Func<RegistrySnapshot, RegistryEdit> edit)
    {
        var edited = edit(Current);
        Assert.Null(edited.Fault);
        Current = edited.Snapshot!;
    }

    internal Task RefreshRevocation() => Revocation.RefreshAsync(CancellationToken.None);

    private static TestFolder MakeTemplate()
    {
        var folder = new TestFolder();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        DevelopmentPki.OpenOrCreate(folder["pki"], new ManualTime()).Dispose();
        return folder;
    }

    public void Dispose()
    {
        foreach (var certificate in _made)
        {
            certificate.Dispose();
        }

        Revocation.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Pki.Dispose();
        _folder.Dispose();
    }
}
