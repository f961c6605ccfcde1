using System.CommandLine;
using System.Globalization;

namespace EHealthHub.Operator.Commands;

/// <summary>Options that several commands share, each with its bound.</summary>
internal static class HubOptions
{
    /// <summary>Port of the FHIR gateway.</summary>
    public const int GatewayPort = 8443;

    /// <summary>Port of the auditors' application.</summary>
    public const int AuditorPort = 8444;

    /// <summary>Port of health and metrics.</summary>
    public const int ManagementPort = 8080;

    /// <summary>Where the script that starts this program says that the project lies; so the default is the same from every working directory.</summary>
    private const string HomeVariable = "EHEALTHHUB_HOME";

    public static string DefaultData => Path.Combine(Environment.GetEnvironmentVariable(HomeVariable) is { Length: > 0 } home ? home : Environment.CurrentDirectory, ".hub");

    public static Option<string> Data() => new("--data")
    {
        Description = "The data directory.",
        HelpName = "DIR",
        DefaultValueFactory = _ => DefaultData,
    };

    public static Option<int> Port(string name, int otherwise, string description) => Number(name, otherwise, 1, 65_535, description);

    public static Option<int> Number(string name, int otherwise, int min, int max, string description)
    {
        var option = new Option<int>(name)
        {
            Description = $"{description} [{min} to {max}]",
            HelpName = "N",
            DefaultValueFactory = _ => otherwise,
        };
        option.Validators.Add(result =>
        {
            var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : null;
            if (text is not null && (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) || value < min || value > max))
            {
                result.AddError($"{name} must be a whole number from {min} to {max}, not {text}.");
            }
        });
        return option;
    }

    /// <summary>A folder that need not exist; null without the option, its full name otherwise.</summary>
    public static Option<string?> Folder(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "FOLDER",
        CustomParser = result =>
        {
            if (result.Tokens is [{ Value: { Length: > 0 } folder }])
            {
                return Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
            }

            result.AddError($"{name} needs a folder.");
            return null;
        },
    };

    /// <summary>A folder with R4 Bundles.</summary>
    public static Option<string?> From()
    {
        var option = new Option<string?>("--from") { Description = "A folder of R4 Bundles (*.json); those whose names begin with 0- go first. Without it: generated patients.", HelpName = "DIR" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && !Directory.Exists(result.Tokens[0].Value))
            {
                result.AddError($"--from: there is no folder {result.Tokens[0].Value}.");
            }
        });
        return option;
    }
}
