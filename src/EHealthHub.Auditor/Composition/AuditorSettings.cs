using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EHealthHub.Auditor.Composition;

/// <summary>What the process is told on its command line. Strict: unknown options are refused, all faults are told together.</summary>
/// <param name="Data">The data directory.</param>
/// <param name="Port">The pages, TLS, loopback; 0 for any free port (tests).</param>
internal sealed record AuditorSettings(string Data, int Port)
{
    private const int DefaultPort = 8444;

    /// <summary>The auditors' own folder: key file and kept checkpoints.</summary>
    public string Own => Path.Combine(Data, "auditor");

    /// <summary>Where this process says where it listens as a witness, and with what key.</summary>
    public string Witness => Path.Combine(Own, "witness.txt");

    /// <summary>The log files.</summary>
    public string Audit => Path.Combine(Data, "audit");

    /// <summary>The registry file.</summary>
    public string Registry => Path.Combine(Data, "db", "registry.json");

    /// <summary>A file of the development PKI.</summary>
    public string Pki(string name) => Path.Combine(Data, "pki", name);

    /// <summary>JSON file with the section <c>Oidc</c>; null without one. The environment goes before it.</summary>
    public string? Oidc { get; init; }

    /// <summary>Parses <c>--data DIR [--port N] [--oidc FILE]</c>.</summary>
    public static bool TryParse(string[] args, [NotNullWhen(true)] out AuditorSettings? settings, [NotNullWhen(false)] out string? fault)
    {
        settings = null;
        var faults = new List<string>();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (args[i] is not ("--data" or "--port" or "--oidc") || i + 1 >= args.Length || !values.TryAdd(args[i], args[i + 1]))
            {
                faults.Add($"unexpected argument {args[i]}");
            }
        }

        var port = DefaultPort;
        if (values.TryGetValue("--port", out var text) && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and < 65_536))
        {
            faults.Add("--port must be a port number");
        }

        var oidc = values.TryGetValue("--oidc", out var file) ? Path.GetFullPath(file) : null;
        if (oidc is not null && !File.Exists(oidc))
        {
            faults.Add("--oidc must name a JSON file");
        }

        if (!values.TryGetValue("--data", out var data) || !Directory.Exists(data))
        {
            faults.Add("--data must name an existing data directory (./hub up makes one)");
        }

        fault = faults.Count == 0 ? null : "EHealthHub.Auditor: " + string.Join("; ", faults);
        settings = fault is null ? new AuditorSettings(Path.GetFullPath(data!), port) { Oidc = oidc } : null;
        return fault is null;
    }
}
