using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using EHealthHub.Exchange.Conformance;
using EHealthHub.Exchange.Derived;
using EHealthHub.Gateway.SignIn;
using EHealthHub.Trust.OpenId;

namespace EHealthHub.Gateway.Composition;

/// <summary>What the process is told on its command line. Strict: unknown options are refused, all faults are told together.</summary>
/// <param name="Data">The data directory, prepared by the operator's command line.</param>
/// <param name="Port">FHIR, tokens and proofs, TLS, loopback.</param>
/// <param name="ManagementPort">Health and metrics, plain HTTP, loopback.</param>
public sealed record GatewaySettings(string Data, int Port, int ManagementPort)
{
    /// <summary>Longest content of a Binary that is posted as itself unless told otherwise, in MiB.</summary>
    public const int BinaryMibDefault = 1_024;

    /// <summary>Longest that may be told, in MiB: 64 GiB.</summary>
    public const int BinaryMibMax = 65_536;

    /// <summary>Most resources a second whose facts are extracted again when search parameters change, 1 to 100,000.</summary>
    public int ReindexRate { get; init; } = Reindexer.RateDefault;

    /// <summary>Longest content of a Binary that is posted as itself, in bytes.</summary>
    public long BinaryBytesMax { get; init; } = BinaryMibDefault * 1_048_576L;

    /// <summary>What figures for public health and research may tell.</summary>
    public DerivedBounds Derived { get; init; } = new();

    /// <summary>OpenID providers that the hub believes; none means certificates alone.</summary>
    public ImmutableArray<OpenIdProvider> Providers { get; init; } = [];

    /// <summary>Parses <c>--data DIR [--port N] [--management-port N] [--reindex-rate N] [--binary-mib-max N] [--figures-min N] [--oidc FILE]</c>, and reads the providers from that file and the environment.</summary>
    public static bool TryParse(string[] args, [NotNullWhen(true)] out GatewaySettings? settings, [NotNullWhen(false)] out string? fault)
    {
        settings = null;
        var faults = new List<string>();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (args[i] is not ("--data" or "--port" or "--management-port" or "--reindex-rate" or "--binary-mib-max" or "--figures-min" or "--oidc") || i + 1 >= args.Length || !values.TryAdd(args[i], args[i + 1]))
            {
                faults.Add($"unexpected argument {args[i]}");
            }
        }

        var port = PortOf(values, "--port", 8443, faults);
        var management = PortOf(values, "--management-port", 8080, faults);
        var rate = Reindexer.RateDefault;
        if (values.TryGetValue("--reindex-rate", out var perSecond) && !(int.TryParse(perSecond, NumberStyles.None, CultureInfo.InvariantCulture, out rate) && rate is > 0 and <= Reindexer.RateMax))
        {
            faults.Add($"--reindex-rate must be a number of resources a second, 1 to {Reindexer.RateMax}");
        }

        var mebibytes = BinaryMibDefault;
        if (values.TryGetValue("--binary-mib-max", out var text) && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out mebibytes) || mebibytes is < 1 or > BinaryMibMax))
        {
            faults.Add($"--binary-mib-max must be a number from 1 to {BinaryMibMax}");
        }

        var patients = new DerivedBounds().PatientsMin;
        if (values.TryGetValue("--figures-min", out var least)
            && (!int.TryParse(least, NumberStyles.None, CultureInfo.InvariantCulture, out patients) || patients is < DerivedBounds.PatientsMinFloor or > DerivedBounds.PatientsMinCeiling))
        {
            faults.Add($"--figures-min must be a number of patients from {DerivedBounds.PatientsMinFloor} to {DerivedBounds.PatientsMinCeiling}");
        }

        if (!values.TryGetValue("--data", out var data) || !Directory.Exists(data))
        {
            faults.Add("--data must name an existing data directory (./hub up makes one)");
        }

        var providers = ProviderSettings.Read(values.GetValueOrDefault("--oidc"), faults);
        fault = faults.Count == 0 ? null : "EHealthHub.Gateway: " + string.Join("; ", faults);
        if (fault is null)
        {
            settings = new GatewaySettings(Path.GetFullPath(data!), port, management) { ReindexRate = rate, BinaryBytesMax = mebibytes * 1_048_576L, Derived = new DerivedBounds { PatientsMin = patients }, Providers = providers };
        }

        return fault is null;
    }

    private static int PortOf(Dictionary<string, string> values, string name, int otherwise, List<string> faults)
    {
        if (!values.TryGetValue(name, out var text))
        {
            return otherwise;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and < 65_536)
        {
            return port;
        }

        faults.Add($"{name} must be a port number");
        return otherwise;
    }
}
