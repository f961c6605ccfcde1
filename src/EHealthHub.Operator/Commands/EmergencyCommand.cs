using System.CommandLine;
using System.Text;
using System.Text.Json;
using EHealthHub.Operator.Connecting;
using EHealthHub.Records;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub emergency</c>: the follow-up of broken glasses, asked of the running hub in an operator's name.</summary>
internal static class EmergencyCommand
{
    private const string Participant = "operator";

    public static Command Build() => new("emergency", "Broken glasses: what waits for a review, and the judgement.") { List(), Close() };

    private static Command List()
    {
        var (data, port) = (HubOptions.Data(), HubOptions.Port("--port", HubOptions.GatewayPort, "Port of the FHIR gateway."));
        var all = new Option<bool>("--all") { Description = "Also those that were judged." };
        var command = new Command("list", "List emergency accesses that wait for a review, and how often each clinician broke the glass.") { all, data, port };
        command.SetAction((result, cancel) => With(result.GetRequiredValue(data), result.GetValue(port), async client =>
        {
            var answer = await client.Get("/fhir/$emergency-access?status=" + (result.GetValue(all) ? "all" : "open"), null, cancel).ConfigureAwait(false);
            if (!answer.IsGood)
            {
                return answer;
            }

            foreach (var parameter in answer.Json.GetProperty("parameter").EnumerateArray())
            {
                var parts = parameter.GetProperty("part").EnumerateArray().ToDictionary(p => p.GetProperty("name").GetString()!, p => p.EnumerateObject().First(m => m.Name.StartsWith("value", StringComparison.Ordinal)).Value.ToString());
                Say.Line(parameter.GetProperty("name").GetString() switch
                {
                    "access" => $"{parts["time"]} {parts["case"]} {parts["status"],-22} {parts["clinician"]} at {parts["institution"]}, {parts["purpose"]}, {parts["patients"]} patients, {parts["entries"]} entries: {parts["reason"]}",
                    "clinician" => $"{parts["clinician"],-22} {parts["count"]} times, {parts["open"]} open, {parts["unjustified"]} unjustified",
                    _ => $"{parts["count"]} emergency accesses, {parts["open"]} open, {parts["unjustified"]} unjustified",
                });
            }

            return answer;
        }));
        return command;
    }

    private static Command Close()
    {
        var (data, port) = (HubOptions.Data(), HubOptions.Port("--port", HubOptions.GatewayPort, "Port of the FHIR gateway."));
        var id = new Argument<string>("case") { Description = "As the list names it." };
        var judgement = new Option<string>("--judgement") { Description = "justified or unjustified.", HelpName = "CODE", Required = true };
        judgement.AcceptOnlyFromAmong("justified", "unjustified");
        var comment = new Option<string>("--comment") { Description = "Why; the patients concerned read it.", HelpName = "TEXT", Required = true };
        var command = new Command("close", "Close the review of an emergency access with a judgement.") { id, judgement, comment, data, port };
        command.SetAction((result, cancel) => With(result.GetRequiredValue(data), result.GetValue(port), async client =>
        {
            var body = JsonSerializer.Serialize(new
            {
                resourceType = "Parameters",
                parameter = new[]
                {
                    new { name = "case", valueString = result.GetRequiredValue(id) },
                    new { name = "judgement", valueString = result.GetRequiredValue(judgement) },
                    new { name = "comment", valueString = result.GetRequiredValue(comment) },
                },
            });
            var answer = await client.Post("/fhir/$emergency-review", Encoding.UTF8.GetBytes(body), null, cancel).ConfigureAwait(false);
            if (answer.IsGood)
            {
                Say.Line("closed");
            }

            return answer;
        }));
        return command;
    }

    private static async Task<int> With(string data, int port, Func<HubClient, Task<HubResponse>> ask)
    {
        try
        {
            using var client = HubClient.Open(new HubLayout(Path.GetFullPath(data)), Participant, new Uri(FormattableString.Invariant($"https://localhost:{port}")), connections: 1);
            var answer = await ask(client).ConfigureAwait(false);
            if (answer.IsGood)
            {
                return HubCommand.Done;
            }

            Say.Error(answer.Summary);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
        {
            Say.Error(e.Message);
        }

        return HubCommand.Failed;
    }
}
