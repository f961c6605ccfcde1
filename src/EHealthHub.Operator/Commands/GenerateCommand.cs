using System.CommandLine;
using System.Globalization;
using EHealthHub.Operator.Synthetic;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub generate</c>: made-up patients as files.</summary>
internal static class GenerateCommand
{
    private const int PatientsMax = 1_000_000;

    public static Command Build()
    {
        var patients = HubOptions.Number("--patients", 50, 1, PatientsMax, "How many patients.");
        var seed = HubOptions.Number("--seed", 1, 0, int.MaxValue, "The same seed gives the same bytes.");
        var to = new Option<string>("--to") { Description = "The folder to write to; made if missing.", HelpName = "DIR", Required = true };
        var command = new Command("generate", "Write made-up Turkish patients as R4 transaction Bundles, one file for each, and the hospitals they refer to in files that begin with 0-.") { patients, seed, to };
        command.SetAction((result, cancel) => Run(result.GetValue(patients), (ulong)result.GetValue(seed), result.GetRequiredValue(to), cancel));
        return command;
    }

    private static async Task<int> Run(int patients, ulong seed, string to, CancellationToken cancel)
    {
        Directory.CreateDirectory(to);
        var number = 0;
        foreach (var bundle in PatientGenerator.Directory())
        {
            number++;
            await File.WriteAllBytesAsync(Path.Combine(to, string.Create(CultureInfo.InvariantCulture, $"0-directory-{number:D2}.json")), bundle, cancel).ConfigureAwait(false);
        }

        var generator = new PatientGenerator(seed);
        var pace = new Pace();
        long resources = 0;
        long bytes = 0;
        for (var i = 0; i < patients; i++)
        {
            var patient = generator.Patient(i);
            await File.WriteAllBytesAsync(Path.Combine(to, string.Create(CultureInfo.InvariantCulture, $"patient-{i + 1:D7}.json")), patient.Bundle, cancel).ConfigureAwait(false);
            resources += patient.Resources;
            bytes += patient.Bundle.Length;
            if (pace.IsDue())
            {
                Say.Progress($"generate: {i + 1} of {patients} patients");
            }
        }

        Say.Line($"{patients} patients with {Say.Number(resources)} resources ({Say.Number(bytes / 1_000_000.0)} MB) and {number} directory files in {Path.GetFullPath(to)}");
        return HubCommand.Done;
    }
}
