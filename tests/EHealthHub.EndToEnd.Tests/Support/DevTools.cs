using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>A document as the browser shows it.</summary>
/// <param name="Status">Its HTTP status; 0 where nothing came.</param>
/// <param name="Text">What a reader sees.</param>
/// <param name="Headers">Its headers, names in lower case.</param>
internal sealed record ShownDocument(int Status, string Text, IReadOnlyDictionary<string, string> Headers);

/// <summary>One page of a browser over the DevTools protocol: as much of it as the tests need.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _asked = new();
    private readonly List<JsonNode> _events = [];
    private readonly SemaphoreSlim _turn = new(1);
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private int _last;

    private DevTools()
    {
    }

    /// <summary>What the page complained of, such as what its policy forbade.</summary>
    public IReadOnlyList<string> Complaints => [.. Events("Log.entryAdded").Select(e => (string?)e["entry"]?["text"] ?? "")];

    public static async Task<DevTools> Attach(Uri address)
    {
        var tools = new DevTools();
        await tools._socket.ConnectAsync(address, CancellationToken.None);
        tools._reading = tools.Read();
        foreach (var domain in (string[])["Page", "Network", "Log", "Runtime", "DOM", "Accessibility"])
        {
            await tools.Send(domain + ".enable");
        }

        return tools;
    }

    /// <summary>Goes to an address and gives what is shown there.</summary>
    public Task<ShownDocument> Open(string address) => After(async () =>
    {
        var answer = await Send("Page.navigate", new JsonObject { ["url"] = address });
        return (string?)answer["errorText"] is null;
    });

    /// <summary>Does what leads to another document, and gives that.</summary>
    public Task<ShownDocument> After(Func<Task> act) => After(async () =>
    {
        await act();
        return true;
    });

    /// <summary>Follows the first link whose text begins so, and gives where it leads.</summary>
    public Task<ShownDocument> Follow(string text) => After(async () =>
    {
        var quoted = System.Text.Json.JsonSerializer.Serialize(text);
        Assert.True((bool?)await Evaluate($"(() => {{ const a = [...document.querySelectorAll('main a')].find(a => a.innerText.trim().startsWith({quoted})); a?.click(); return !!a; }})()"), "No link " + text);
    });

    /// <summary>The value of an expression.</summary>
    public async Task<JsonNode?> Evaluate(string expression)
    {
        var answer = await Send("Runtime.evaluate", new JsonObject { ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true });
        Assert.True(answer["exceptionDetails"] is null, expression + ": " + answer["exceptionDetails"]);
        return answer["result"]?["value"]?.DeepClone();
    }

    /// <summary>Presses and lets go a key, such as Tab or Enter.</summary>
    public async Task Press(string key)
    {
        var code = key switch { "Tab" => 9, "Enter" => 13, " " => 32, _ => throw new ArgumentOutOfRangeException(nameof(key)) };
        foreach (var type in (string[])["keyDown", "keyUp"])
        {
            var press = new JsonObject { ["type"] = type, ["key"] = key, ["code"] = key == " " ? "Space" : key, ["windowsVirtualKeyCode"] = code };
            if (type == "keyDown" && key != "Tab")
            {
                press["text"] = key == "Enter" ? "\r" : key;
            }

            await Send("Input.dispatchKeyEvent", press);
        }
    }

    /// <summary>Types a text where the focus is.</summary>
    public Task Type(string text) => Send("Input.insertText", new JsonObject { ["text"] = text });

    /// <summary>The whole page as a picture.</summary>
    public async Task<byte[]> Picture() => Convert.FromBase64String((string)(await Send("Page.captureScreenshot", new JsonObject { ["captureBeyondViewport"] = true }))["data"]!);

    public async Task<JsonNode> Send(string method, JsonObject? parameters = null)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        var message = new JsonObject { ["id"] = id, ["method"] = method };
        if (parameters is not null)
        {
            message["params"] = parameters;
        }

        await _turn.WaitAsync();
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        }
        finally
        {
            _turn.Release();
        }

        var said = await answer.Task.WaitAsync(Patience);
        Assert.True(said["error"] is null, $"{method}: {said["error"]}");
        return said["result"]!;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _socket.Dispose();
        _turn.Dispose();
        _stop.Dispose();
    }

    private async Task<ShownDocument> After(Func<Task<bool>> act)
    {
        int before;
        lock (_events)
        {
            before = _events.Count;
        }

        if (!await act())
        {
            return new ShownDocument(0, "", new Dictionary<string, string>());
        }

        await Until(() => Task.FromResult(Events("Page.loadEventFired", before).Count > 0));
        var response = Events("Network.responseReceived", before).LastOrDefault(e => (string?)e["type"] == "Document")?["response"];
        var headers = response?["headers"]?.AsObject().ToDictionary(h => h.Key.ToLowerInvariant(), h => (string?)h.Value ?? "") ?? [];
        return new ShownDocument((int?)response?["status"] ?? 0, (string?)await Evaluate("document.body.innerText") ?? "", headers);
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!await holds())
        {
            Assert.True(Environment.TickCount64 < until, "The browser did not get there in time.");
            await Task.Delay(20);
        }
    }

    private List<JsonNode> Events(string method, int from = 0)
    {
        lock (_events)
        {
            return [.. _events.Skip(from).Where(e => (string?)e["method"] == method).Select(e => e["params"]!)];
        }
    }

    private async Task Read()
    {
        var buffer = new byte[64 * 1024];
        var message = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                var piece = await _socket.ReceiveAsync(buffer.AsMemory(), _stop.Token);
                if (piece.MessageType == WebSocketMessageType.Close)
                {
                    return;
                }

                message.Write(buffer.AsSpan(0, piece.Count));
                if (!piece.EndOfMessage)
                {
                    continue;
                }

                var said = JsonNode.Parse(message.WrittenSpan)!;
                message.ResetWrittenCount();
                if ((int?)said["id"] is { } id)
                {
                    _asked.TryRemove(id, out var answer);
                    answer?.TrySetResult(said);
                    continue;
                }

                lock (_events)
                {
                    _events.Add(said);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The browser ended, or the test did; whoever waits for an answer runs out of patience.
        }
    }
}
