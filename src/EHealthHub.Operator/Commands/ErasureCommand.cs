using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using EHealthHub.Operator.Connecting;
using EHealthHub.Records;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub erasure</c>: what citizens ask to have erased, approved by two operators and carried out by the running hub; and legal holds. Each step is taken over mutual TLS by whoever the certificate names, as anybody else's would be.</summary>
internal static class ErasureCommand
{
    public static Command Build() => new("erasure", "Erase a patient's record for good: asked for by the patient, approved by two operators, stopped by a legal hold.")
    {
        List(),
        OnCase("approve", "$approve-erasure", "Approve of a case; two different operators must.", "operator"),
        OnCase("refuse", "$refuse-erasure", "Refuse a case.", "operator"),
        OnCase("execute", "$execute-erasure", "Erase what two operators approved of: rows, index, contents and key. It cannot be undone.", "operator"),
        Hold(),
        OnCase("lift", "$lift-legal-hold", "Lift a legal hold.", "ministry"),
    };

    private static Command List()
    {
        var (data, who) = (HubOptions.Data(), As("operator"));
        var command = new Command("list", "List cases and holds.") { who, data };
        command.SetAction((result, cancel) => Run(result.GetRequiredValue(data), result.GetRequiredValue(who), (client, c) => client.Get("/fhir/$erasures", null, c), cancel));
        return command;
    }

    private static Command OnCase(string name, string operation, string description, string otherwise)
    {
        var (data, who, reason) = (HubOptions.Data(), As(otherwise), Reason());
        var number = new Argument<int>("number") { Description = "The case's number, as the list says it." };
        var command = new Command(name, description) { number, who, data };
        if (name != "execute")
        {
            command.Add(reason);
        }

        command.SetAction((result, cancel) => Run(result.GetRequiredValue(data), result.GetRequiredValue(who), (client, c) => client.Post("/fhir/" + operation, Parameters(result.GetValue(number), result.GetValue(reason)), null, c), cancel));
        return command;
    }

    private static Command Hold()
    {
        var (data, who, reason) = (HubOptions.Data(), As("ministry"), Reason());
        var patient = new Argument<string>("patient") { Description = "Logical id of the Patient." };
        var command = new Command("hold", "Put a patient's record under a legal hold: it is not erased, whoever approved.") { patient, who, reason, data };
        command.SetAction((result, cancel) => Run(
            result.GetRequiredValue(data), result.GetRequiredValue(who), (client, c) => client.Post($"/fhir/Patient/{Uri.EscapeDataString(result.GetRequiredValue(patient))}/$legal-hold", Parameters(null, result.GetValue(reason)), null, c), cancel));
        return command;
    }

    private static Option<string> As(string otherwise) => new("--as")
    {
        Description = "Who acts: a participant in DIR/pki, or FILE for FILE.crt and FILE.key.",
        HelpName = "NAME",
        DefaultValueFactory = _ => otherwise,
    };

    private static Option<string?> Reason() => new("--reason") { Description = "Why, for the log.", HelpName = "TEXT" };

    private static byte[] Parameters(int? number, string? reason)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString("resourceType", "Parameters");
            if (number is not null || reason is not null)
            {
                json.WriteStartArray("parameter");
                if (number is { } n)
                {
                    json.WriteStartObject();
                    json.WriteString("name", "number");
                    json.WriteNumber("valueInteger", n);
                    json.WriteEndObject();
                }

                if (reason is not null)
                {
                    json.WriteStartObject();
                    json.WriteString("name", "reason");
                    json.WriteString("valueString", reason);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return output.ToArray();
    }

    private static async Task<int> Run(string data, string who, Func<HubClient, CancellationToken, Task<HubResponse>> ask, CancellationToken cancel)
    {
        try
        {
            var layout = new HubLayout(Path.GetFullPath(data));
            if (HubIdentity.Open(layout.Root, create: null)?.BaseUrl is not { } url)
            {
                Say.Error($"there is no hub in {layout.Root}");
                return HubCommand.Failed;
            }

            var path = who.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(who) : Path.Combine(layout.Pki, who);
            using var client = HubClient.Open(Path.GetFileName(path), path + ".crt", path + ".key", Path.Combine(layout.Pki, "ca.crt"), new Uri(url));
            var answer = await ask(client, cancel).ConfigureAwait(false);
            if (!answer.IsGood)
            {
                Say.Bad(answer.Summary);
                return HubCommand.Failed;
            }

            Tell(answer);
            return HubCommand.Done;
        }
        catch (Exception e) when (e is IOException or CryptographicException or HttpRequestException or UnauthorizedAccessException or InvalidDataException or UriFormatException)
        {
            Say.Error(e.Message);
            return HubCommand.Failed;
        }
    }

    private static void Tell(HubResponse answer)
    {
        var cases = answer.Json.TryGetProperty("parameter", out var list) ? list.EnumerateArray().ToList() : [];
        foreach (var one in cases)
        {
            var line = new StringBuilder();
            foreach (var part in one.GetProperty("part").EnumerateArray())
            {
                line.Append(line.Length > 0 ? "  " : "").Append(part.GetProperty("name").GetString()).Append(' ').Append(Value(part));
            }

            Say.Line(line.ToString());
        }

        Say.Line(string.Create(CultureInfo.InvariantCulture, $"{cases.Count} case(s); receipt {answer.Receipt}"));
    }

    private static string Value(JsonElement part)
    {
        if (part.TryGetProperty("part", out var parts))
        {
            return string.Join(' ', parts.EnumerateArray().Select(Value));
        }

        return part.EnumerateObject().Where(m => m.Name.StartsWith("value", StringComparison.Ordinal)).Select(m => m.Value.ToString()).FirstOrDefault("");
    }
}
