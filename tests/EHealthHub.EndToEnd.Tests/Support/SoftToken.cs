using System.Diagnostics;
using System.Security.Cryptography;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>A SoftHSM2 token in a folder of its own that holds a participant's card: key and certificate, under a PIN. It stands for the smart card.</summary>
internal sealed class SoftToken : IDisposable
{
    public const string Label = "kart";
    public const string Pin = "271828";

    private readonly string _folder;

    private SoftToken(string folder) => _folder = folder;

    /// <summary>The module's path; null where it is not installed.</summary>
    public static string? Module { get; } = new[] { "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so", "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so" }.FirstOrDefault(File.Exists);

    /// <summary>What a process needs in its environment to see this token and no other.</summary>
    public (string Name, string Value) Environment => ("SOFTHSM2_CONF", Path.Combine(_folder, "softhsm2.conf"));

    public string PinFile(string pin = Pin)
    {
        var path = Path.Combine(_folder, "pin-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)));
        File.WriteAllText(path, pin + "\n");
        return path;
    }

    /// <summary>Makes the token and puts a participant's card on it.</summary>
    public static async Task<SoftToken> Create(HubDirectory hub, string participant)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "ehealthhub-token-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)))).FullName;
        var token = new SoftToken(folder);
        Directory.CreateDirectory(Path.Combine(folder, "tokens"));
        await File.WriteAllTextAsync(token.Environment.Value, $"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n");
        await token.Tool("softhsm2-util", "--init-token", "--free", "--label", Label, "--pin", Pin, "--so-pin", "31415926");
        await token.Put(hub, participant, "01");
        return token;
    }

    /// <summary>Puts a further participant's key and certificate on the token.</summary>
    public async Task Put(HubDirectory hub, string participant, string id)
    {
        var certificate = Path.Combine(_folder, participant + ".der");
        await File.WriteAllBytesAsync(certificate, hub.Certificate(participant).RawData);
        await Tool("softhsm2-util", "--import", Path.Combine(hub.Layout.Pki, participant + ".key"), "--token", Label, "--label", participant, "--id", id, "--pin", Pin);
        await Tool("pkcs11-tool", "--module", Module!, "--token-label", Label, "--login", "--pin", Pin, "--write-object", certificate, "--type", "cert", "--id", id, "--label", participant);
    }

    private async Task Tool(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Environment.Name] = Environment.Value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {await output} {errors}");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

/// <summary>A test that wants SoftHSM2 and OpenSC's pkcs11-tool; <c>./test</c> installs them.</summary>
internal sealed class SoftTokenFactAttribute : FactAttribute
{
    public SoftTokenFactAttribute() => Skip = SoftToken.Module is not null && (File.Exists("/usr/bin/pkcs11-tool") || File.Exists("/usr/local/bin/pkcs11-tool")) ? null : "softhsm2 and opensc are not installed.";
}

/// <summary>A test that also wants curl and OpenSSL's PKCS#11 engine.</summary>
internal sealed class CardInTlsFactAttribute : FactAttribute
{
    public CardInTlsFactAttribute() => Skip = new SoftTokenFactAttribute().Skip
        ?? (Directory.GetDirectories("/usr/lib").Any(d => File.Exists(Path.Combine(d, "engines-3", "pkcs11.so"))) && File.Exists("/usr/bin/curl") ? null : "curl and libengine-pkcs11-openssl are not installed.");
}
