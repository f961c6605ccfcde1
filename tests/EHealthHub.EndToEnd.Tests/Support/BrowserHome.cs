using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>A home folder of its own for one browser: an NSS database that trusts the hub's development authority, with a card in it or a module that leads to one.</summary>
internal sealed class BrowserHome : IDisposable
{
    private const string Password = "test";

    private readonly List<(string Name, string Value)> _environment = [];

    private BrowserHome(string folder)
    {
        Folder = folder;
        _environment.Add(("HOME", folder));
    }

    public string Folder { get; }

    /// <summary>What a process needs in its environment to live here.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment => _environment;

    private string Database => "sql:" + Path.Combine(Folder, ".pki", "nssdb");

    public static async Task<BrowserHome> Create(HubDirectory hub)
    {
        var home = new BrowserHome(Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "ehealthhub-home-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)))).FullName);
        Directory.CreateDirectory(Path.Combine(home.Folder, ".pki", "nssdb"));
        await home.Tool("certutil", "-N", "-d", home.Database, "--empty-password");
        await home.Tool("certutil", "-A", "-d", home.Database, "-n", "authority", "-t", "C,,", "-i", Path.Combine(hub.Layout.Pki, "ca.crt"));
        return home;
    }

    /// <summary>Puts a certificate with its key into the database: a card without a reader.</summary>
    public async Task Put(X509Certificate2 certificate)
    {
        var file = Path.Combine(Folder, "card.p12");
        await File.WriteAllBytesAsync(file, certificate.ExportPkcs12(Pkcs12ExportPbeParameters.Pbes2Aes256Sha256, Password));
        await Tool("pk12util", "-i", file, "-d", Database, "-W", Password, "-K", "");
        File.Delete(file);
    }

    /// <summary>Puts a PKCS#11 module beside the database: the browser asks for the card's PIN.</summary>
    public async Task Put(SoftToken card)
    {
        _environment.Add(card.Environment);
        await Tool("modutil", "-dbdir", Database, "-add", "card", "-libfile", SoftToken.Module!, "-force");
    }

    private async Task Tool(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {await output} {errors}");
    }

    public void Dispose()
    {
        // A browser that was just ended may still let go of its last files.
        for (var i = 0; ; i++)
        {
            try
            {
                Directory.Delete(Folder, recursive: true);
                return;
            }
            catch (IOException) when (i < 20)
            {
                Thread.Yield();
            }
        }
    }
}
