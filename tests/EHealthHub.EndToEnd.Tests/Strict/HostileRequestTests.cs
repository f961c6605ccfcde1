using System.Diagnostics;
using System.Text;
using System.Text.Json;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Strict;

/// <summary>Whatever is sent to whichever route: never a fault of the hub's, always an answer with a receipt, in bounded time, and the connection serves the next request (issue 3; B6, B13).</summary>
public sealed class HostileRequestTests(HubFixture hub) : IClassFixture<HubFixture>
{
    private const int Connections = 8;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("ministry", null)]
    [InlineData("hospital-ankara", null)]
    [InlineData("hospital-ankara", "dr-ayse")]
    [InlineData("citizen-zeynep", null)]
    public async Task Nothing_that_is_sent_by_whomever_makes_a_fault_or_goes_unrecorded(string participant, string? card)
    {
        var token = card is null ? "" : $"Authorization: Bearer {await hub.Token(card, participant)}\r\n";
        using (var ministry = hub.Client("ministry"))
        {
            var put = await ministry.Put("fhir/Patient/hostile", """{"resourceType":"Patient","id":"hostile","identifier":[{"system":"urn:hostile","value":"1"}],"name":[{"family":"Düşman"}]}""");
            Assert.InRange(put.Status, 200, 201);
        }

        // Several connections, so that their entries share the log's flushes.
        var requests = HostileRequests.All().ToArray();
        var faults = (await Task.WhenAll(Enumerable.Range(0, Connections).Select(c => Faults(participant, token, [.. requests.Where((_, i) => i % Connections == c)])))).SelectMany(f => f).ToList();
        Assert.True(faults.Count == 0, $"{faults.Count} faults:\n{string.Join('\n', faults.Take(60))}");
    }

    // What is no HTTP, the server refuses before there is a request that could be recorded, and closes the connection.
    [Theory]
    [InlineData("GET", "/fhir/Patient/%00", "")]
    [InlineData("GET", "/fhir/Patient/1", "X-Request-Id: \u00e9\r\n")]
    [InlineData("GET", "/fhir/Patient/1", "No colon\r\n")]
    [InlineData("POST", "/fhir/Patient", "Content-Length: 2\r\nContent-Length: 3\r\n")]
    [InlineData("POST", "/fhir/Patient", "Content-Length: -1\r\n")]
    [InlineData("G\u00e9T", "/fhir/Patient/1", "")]
    public async Task What_is_no_http_is_refused_and_the_hub_serves_on(string method, string target, string headers)
    {
        using var time = new CancellationTokenSource(Bound);
        using (var connection = await RawConnection.Open(hub.Files, "ministry"))
        {
            var answer = await connection.Send(method, target, headers, default, time.Token);
            Assert.Equal((400, ""), (answer.Status, answer.Body));
        }

        using var ministry = hub.Client("ministry");
        (await ministry.Get("fhir/metadata")).Expect(200);
    }

    private async Task<List<string>> Faults(string participant, string token, IReadOnlyList<HostileRequest> requests)
    {
        var faults = new List<string>();
        RawConnection? connection = null;
        try
        {
            foreach (var request in requests)
            {
                connection ??= await RawConnection.Open(hub.Files, participant);
                var began = Stopwatch.GetTimestamp();
                if (await Fault(connection, request.Headers.Contains("Authorization", StringComparison.Ordinal) ? request : request with { Headers = token + request.Headers }) is { } fault)
                {
                    faults.Add($"{fault} after {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s: {request.Shown}");
                    connection.Dispose();
                    connection = null;
                }
            }
        }
        finally
        {
            connection?.Dispose();
        }

        return faults;
    }

    private static async Task<string?> Fault(RawConnection connection, HostileRequest request)
    {
        using var time = new CancellationTokenSource(Bound);
        try
        {
            var answer = await connection.Send(request.Method, request.Target, request.Headers, Encoding.UTF8.GetBytes(request.Body), time.Token);
            return answer.Status >= 500 ? $"status {answer.Status} {answer.Body}"
                : answer.Receipt is null ? $"no receipt ({answer.Status})"
                : answer.Status >= 400 && request.Method != "HEAD" && !IsOutcome(request, answer) ? $"no OperationOutcome ({answer.Status}) {request.Target} {answer.Body}"
                : null;
        }
        catch (OperationCanceledException)
        {
            return "too slow";
        }
        catch (IOException e)
        {
            return e.GetType().Name + " " + e.Message;
        }
    }

    private static bool IsOutcome(HostileRequest request, RawAnswer answer)
    {
        if (answer.Body.StartsWith("<!DOCTYPE html>", StringComparison.Ordinal))
        {
            // The page for people at the host's beginning refuses with a page that names its reason; nothing of FHIR does.
            return Uri.TryCreate(new Uri("https://localhost/"), request.Target, out var address) && address.AbsolutePath == "/" && answer.Body.Contains("<code>", StringComparison.Ordinal);
        }

        if (answer.Body.StartsWith('<'))
        {
            return answer.Body.StartsWith("<OperationOutcome ", StringComparison.Ordinal) && answer.Body.Contains("<diagnostics ", StringComparison.Ordinal);
        }

        // The token endpoint answers as OAuth does (RFC 6749, 5.2).
        using var json = JsonDocument.Parse(answer.Body.Length == 0 ? "{}" : answer.Body);
        return request.Target == "/oauth/token" ? json.RootElement.TryGetProperty("error", out _)
            : json.RootElement.TryGetProperty("resourceType", out var type) && type.ValueEquals("OperationOutcome"u8) && json.RootElement.GetProperty("issue").GetArrayLength() > 0;
    }
}
