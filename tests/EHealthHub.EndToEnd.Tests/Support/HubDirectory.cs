using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Operator.Preparing;
using EHealthHub.Records;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>A data directory of its own, prepared as <c>./hub up</c> does, with free ports and the clients of its participants.</summary>
internal sealed class HubDirectory : IDisposable
{
    private readonly X509Certificate2 _authority;
    private readonly Dictionary<string, X509Certificate2> _certificates = [];
    private readonly Lock _turn = new();

    private HubDirectory(string path, int port, int managementPort, string pki)
    {
        Layout = new HubLayout(path);
        Port = port;
        ManagementPort = managementPort;
        _authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(pki, "ca.crt"));
    }

    public HubLayout Layout { get; }

    public int Port { get; }

    public int ManagementPort { get; }

    public Uri BaseAddress => new(FormattableString.Invariant($"https://localhost:{Port}/"));

    public static HubDirectory Create()
    {
        var ports = FreePorts.Take(2);
        var path = Path.Combine(Path.GetTempPath(), "ehealthhub-e2e-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        var prepared = HubData.Prepare(path, ports[0], TimeProvider.System, _ => { });
        Assert.Null(prepared.Fault);
        return new HubDirectory(path, ports[0], ports[1], new HubLayout(path).Pki);
    }

    /// <summary>Another directory of the same hub, with its ports: what a backup was restored to.</summary>
    public HubDirectory At(string path) => new(path, Port, ManagementPort, Layout.Pki);

    public X509Certificate2 Certificate(string name)
    {
        lock (_turn)
        {
            if (!_certificates.TryGetValue(name, out var certificate))
            {
                certificate = X509Certificate2.CreateFromPemFile(Path.Combine(Layout.Pki, name + ".crt"), Path.Combine(Layout.Pki, name + ".key"));
                _certificates.Add(name, certificate);
            }

            return certificate;
        }
    }

    /// <summary>A participant's certificate with a key that may be put elsewhere.</summary>
    public X509Certificate2 Exportable(string name) => X509CertificateLoader.LoadPkcs12FromFile(Path.Combine(Layout.Pki, name + ".p12"), "ehealthhub", X509KeyStorageFlags.Exportable);

    public string CertificateText(string name) => Convert.ToBase64String(Certificate(name).RawData);

    public FhirClient Client(string? name, Version? version = null) => ClientWith(name is null ? null : Certificate(name), version);

    public FhirClient ClientWith(X509Certificate2? certificate, Version? version = null) => new(BaseAddress, _authority, certificate, version);

    /// <summary>A client that speaks to whatever listens on another port, as a proxy before the hub.</summary>
    public FhirClient Through(int port, string? name) => new(new Uri(FormattableString.Invariant($"https://localhost:{port}/")), _authority, name is null ? null : Certificate(name));

    /// <summary>The gateway as a process of its own, ready.</summary>
    public async Task<GatewayProcess> StartGatewayProcess(params string[] more)
    {
        var process = GatewayProcess.Start(Layout.Root, Port, ManagementPort, more);
        try
        {
            await process.WaitUntilReady(ManagementPort);
            return process;
        }
        catch
        {
            process.Dispose();
            throw;
        }
    }

    /// <summary>Runs the operator's command line on this directory and gives its exit code and output.</summary>
    public Task<(int Code, string Output)> Hub(params string[] arguments) => Hub([], arguments);

    /// <summary>The same with more in the environment; standard input is empty.</summary>
    public async Task<(int Code, string Output)> Hub((string Name, string Value)[] environment, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        foreach (var argument in (IEnumerable<string>)[Path.Combine(AppContext.BaseDirectory, "EHealthHub.Operator.dll"), .. arguments, "--data", Layout.Root])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    public async Task ExpectLogWhole()
    {
        var (code, output) = await Hub("audit", "verify");
        Assert.True(code == 0, output);
    }

    public async Task ExpectRecordsWhole()
    {
        var (code, output) = await Hub("records", "verify");
        Assert.True(code == 0, output);
    }

    /// <summary>Every receipt names an entry that is in the files with exactly this hash.</summary>
    public void ExpectEntries(IReadOnlyCollection<string> receipts)
    {
        Assert.NotEmpty(receipts);
        Assert.Null(Receipts.Missing(Layout.Audit, receipts));
    }

    public void Dispose()
    {
        foreach (var certificate in _certificates.Values)
        {
            certificate.Dispose();
        }

        _authority.Dispose();
        if (Directory.Exists(Layout.Root))
        {
            Directory.Delete(Layout.Root, recursive: true);
        }
    }
}
