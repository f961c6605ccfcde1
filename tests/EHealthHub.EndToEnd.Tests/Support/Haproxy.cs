using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>A real HAProxy that ends the clients' TLS and forwards their certificates as RFC 9440 says; disposing ends it by its process id.</summary>
internal sealed class Haproxy : IDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private Haproxy(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    /// <summary>True where the program is installed.</summary>
    public static bool IsInstalled => new[] { "/usr/sbin/haproxy", "/usr/local/sbin/haproxy", "/usr/bin/haproxy" }.Any(File.Exists);

    /// <summary>Starts it before a hub, with the certificate <paramref name="certificate"/> of the proxy's own; ready when this returns.</summary>
    /// <param name="hub">The hub behind it; its server certificate serves in front too.</param>
    /// <param name="certificate">Name of the files in the PKI folder that the proxy proves itself with.</param>
    /// <param name="strips">False for a proxy that forgets to take off what clients send.</param>
    public static async Task<Haproxy> Start(HubDirectory hub, string certificate, bool strips = true)
    {
        var port = FreePorts.Take(1)[0];
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "ehealthhub-haproxy-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6)))).FullName;
        string Pem(string name)
        {
            var path = Path.Combine(folder, name + ".pem");
            File.WriteAllText(path, File.ReadAllText(Path.Combine(hub.Layout.Pki, name + ".crt")) + "\n" + File.ReadAllText(Path.Combine(hub.Layout.Pki, name + ".key")));
            return path;
        }

        var authority = Path.Combine(hub.Layout.Pki, "ca.crt");
        var configuration = string.Create(CultureInfo.InvariantCulture, $"""
            global
              maxconn 200
            defaults
              mode http
              timeout connect 5s
              timeout client 30s
              timeout server 30s
            frontend clients
              bind 127.0.0.1:{port} ssl crt {Pem("server")} ca-file {authority} verify optional crt-ignore-err all ca-ignore-err all
              {(strips ? "http-request del-header Client-Cert" : "# forgets to strip")}
              http-request add-header Client-Cert :%[ssl_c_der,base64]: if {"{ ssl_c_used }"}
              default_backend hub
            backend hub
              server hub 127.0.0.1:{hub.Port} ssl crt {Pem(certificate)} ca-file {authority} verify required verifyhost localhost sni str(localhost)

            """);
        var file = Path.Combine(folder, "haproxy.cfg");
        await File.WriteAllTextAsync(file, configuration);
        var start = new ProcessStartInfo("haproxy", ["-db", "-f", file]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/usr/local/sbin";
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        for (var i = 0; i < 200; i++)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException("haproxy ended: " + await process.StandardError.ReadToEndAsync());
            }

            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", port);
                process.ErrorDataReceived += static (_, _) => { };
                process.BeginErrorReadLine();
                return new Haproxy(process, folder, port);
            }
            catch (SocketException)
            {
                // Not listening yet.
                await Task.Delay(25);
            }
        }

        process.Kill();
        throw new InvalidOperationException("haproxy did not listen within five seconds.");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>A test that wants a real HAProxy; <c>./test</c> installs it.</summary>
internal sealed class HaproxyFactAttribute : FactAttribute
{
    public HaproxyFactAttribute() => Skip = Haproxy.IsInstalled ? null : "haproxy is not installed.";
}
