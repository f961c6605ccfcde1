using System.CommandLine;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using EHealthHub.Keys.Pkcs11;
using EHealthHub.Operator.Connecting;
using EHealthHub.Records;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Clinicians;
using EHealthHub.Trust.Tokens;

namespace EHealthHub.Operator.Commands;

/// <summary><c>hub token</c>: a clinician's card signs, a hospital's system carries, the hub gives a token. The card is any PKCS#11 token, or a development participant's file.</summary>
internal static class TokenCommand
{
    private const int PinBytesMax = 256;
    private const string Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    public static Command Build()
    {
        var data = HubOptions.Data();
        var module = new Option<string?>("--module") { Description = "The card's PKCS#11 module, for example /usr/lib/softhsm/libsofthsm2.so.", HelpName = "PATH" };
        var label = new Option<string?>("--token") { Description = "Label of the token, where several are present.", HelpName = "LABEL" };
        var certificate = new Option<string?>("--certificate") { Description = "CKA_ID in hexadecimal, or label, of the certificate, where several name a person.", HelpName = "ID" };
        var locking = new Option<Pkcs11Locking>("--locking") { Description = "How the module is told about threads: some refuse CKF_OS_LOCKING_OK.", DefaultValueFactory = _ => Pkcs11Locking.Auto };
        var pin = new Option<string?>("--pin-file") { Description = "A file whose first line is the PIN, or - for standard input. Without it the PIN is asked for on the terminal.", HelpName = "FILE" };
        var list = new Option<bool>("--list") { Description = "List the certificates on the tokens, and end." };
        var card = new Option<string?>("--card") { Description = "Instead of a module: a development participant's card in DIR/pki, for example dr-ayse.", HelpName = "NAME" };
        var carrier = new Option<string>("--carrier") { Description = "The institution that carries the assertion: a participant in DIR/pki, or FILE for FILE.crt and FILE.key.", HelpName = "NAME", DefaultValueFactory = _ => "hospital-ankara" };
        var anchor = new Option<string?>("--ca") { Description = "The anchor that the hub's server certificate chains to (PEM); DIR/pki/ca.crt without it.", HelpName = "FILE" };
        var url = new Option<string?>("--url") { Description = "The hub's address, which is also the token endpoint's audience; that of DIR/hub.json without it.", HelpName = "URL" };
        var reason = new Option<string?>("--emergency-reason") { Description = "Why the glass is broken (purposes ETREAT and BTG); the patient reads it, and it is reviewed.", HelpName = "TEXT" };
        var purpose = new Option<string>("--purpose") { Description = "Purpose of use (v3-ActReason).", HelpName = "CODE", DefaultValueFactory = _ => Purposes.Treatment };
        var scope = new Option<string?>("--scope") { Description = "Less than all scopes, for example user/Observation.rs.", HelpName = "SCOPE" };
        var assertion = new Option<bool>("--assertion") { Description = "Print the signed assertion and ask for no token." };
        var json = new Option<bool>("--json") { Description = "Print the token endpoint's whole answer." };
        var command = new Command("token", "Have a clinician's card sign, and get a token for a hospital's connection; prints the token alone.")
        {
            module, label, certificate, locking, pin, list, card, carrier, anchor, url, purpose, reason, scope, assertion, json, data,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(module) is null == result.GetValue(card) is null)
            {
                result.AddError("Name one: --module PATH, or --card NAME.");
            }
        });
        command.SetAction((result, cancel) => Run(new Wish(
            result.GetRequiredValue(data),
            result.GetValue(module) is { } path ? new CardChoice(path, result.GetValue(label), result.GetValue(certificate), result.GetValue(locking)) : null,
            result.GetValue(card), result.GetValue(pin), result.GetValue(list), result.GetRequiredValue(carrier), result.GetValue(anchor), result.GetValue(url),
            result.GetRequiredValue(purpose), result.GetValue(reason), result.GetValue(scope), result.GetValue(assertion), result.GetValue(json)), cancel));
        return command;
    }

    private static async Task<int> Run(Wish wish, CancellationToken cancel)
    {
        try
        {
            if (wish.List)
            {
                return List(wish.Choice);
            }

            var layout = new HubLayout(Path.GetFullPath(wish.Data));
            if ((wish.Url ?? HubIdentity.Open(layout.Root, create: null)?.BaseUrl) is not { } text || !Uri.TryCreate(text, UriKind.Absolute, out var hub) || hub.Scheme != Uri.UriSchemeHttps)
            {
                Say.Error(wish.Url is null ? $"there is no hub in {layout.Root}: name its address with --url" : "--url must be an https address");
                return HubCommand.Failed;
            }

            var carrier = wish.Carrier.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(wish.Carrier) : Path.Combine(layout.Pki, wish.Carrier);
            using var client = HubClient.Open(Path.GetFileName(carrier), carrier + ".crt", carrier + ".key", wish.Anchor ?? Path.Combine(layout.Pki, "ca.crt"), hub);
            var signed = Sign(wish, layout, text.TrimEnd('/') + "/oauth/token", CertificateThumbprint.Of(client.Certificate));
            if (wish.AssertionOnly)
            {
                Say.Line(signed);
                return HubCommand.Done;
            }

            return Show(wish, await client.PostForm("/oauth/token", new Dictionary<string, string> { ["grant_type"] = Grant, ["assertion"] = signed }, cancel).ConfigureAwait(false));
        }
        catch (Exception e) when (e is Pkcs11TokenException or IOException or CryptographicException or HttpRequestException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
        {
            Say.Error(e.Message);
            return HubCommand.Failed;
        }
    }

    private static int List(CardChoice? choice)
    {
        using var reader = CardReader.Open(choice ?? throw new ArgumentException("--list needs --module."));
        foreach (var found in reader.Certificates)
        {
            using var certificate = X509CertificateLoader.LoadCertificate(found.Certificate.Span);
            Say.Line($"{found.Token,-20} {found.Id,-20} {found.Label,-20} {(CardReader.NationalIdOf(found) is null ? "no person" : "person"),-10} until {certificate.NotAfter:yyyy-MM-dd}  {certificate.Subject}");
        }

        return HubCommand.Done;
    }

    private static string Sign(Wish wish, HubLayout layout, string endpoint, string carrier)
    {
        var now = TimeProvider.System.GetUtcNow();
        if (wish.Choice is not { } choice)
        {
            var file = Path.Combine(layout.Pki, wish.Card!);
            using var card = X509Certificate2.CreateFromPemFile(file + ".crt", file + ".key");
            return CardAssertion.Create(card, endpoint, carrier, wish.Purpose, now, wish.Scope, wish.EmergencyReason);
        }

        using var reader = CardReader.Open(choice);
        var certificate = reader.Choose(choice.Certificate);
        var pin = ReadPin(wish.PinFile, certificate.Token);
        try
        {
            return reader.Assert(certificate, pin, endpoint, carrier, wish.Purpose, now, wish.Scope, wish.EmergencyReason);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pin);
        }
    }

    private static int Show(Wish wish, HubResponse answer)
    {
        if (!answer.IsGood || !answer.Json.TryGetProperty("access_token", out var token))
        {
            Say.Error($"the hub refused: {answer.Status} {answer.Reason} {(answer.Json.TryGetProperty("error_description", out var why) ? why.GetString() : "")}".TrimEnd());
            return HubCommand.Failed;
        }

        Say.Line(wish.WholeAnswer ? answer.Text : token.GetString()!);
        return HubCommand.Done;
    }

    /// <summary>Never an argument: those can be seen by everybody on the machine.</summary>
    private static byte[] ReadPin(string? file, string token)
    {
        if (file is not null)
        {
            using var stream = file == "-" ? Console.OpenStandardInput() : File.OpenRead(file);
            var buffer = new byte[PinBytesMax];
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            var end = buffer.AsSpan(0, length).IndexOfAny((byte)'\r', (byte)'\n');
            var pin = buffer.AsSpan(0, end < 0 ? length : end).ToArray();
            CryptographicOperations.ZeroMemory(buffer);
            return pin;
        }

        if (Console.IsInputRedirected)
        {
            throw new IOException("there is no terminal to ask for the PIN on: use --pin-file");
        }

        Console.Error.Write($"PIN of {token}: ");
        var typed = new List<char>();
        for (var key = Console.ReadKey(intercept: true); key.Key != ConsoleKey.Enter; key = Console.ReadKey(intercept: true))
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.RemoveRange(Math.Max(0, typed.Count - 1), Math.Min(1, typed.Count));
            }
            else if (!char.IsControl(key.KeyChar) && typed.Count < PinBytesMax / 4)
            {
                typed.Add(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return Encoding.UTF8.GetBytes(typed.ToArray());
    }

    private sealed record Wish(
        string Data, CardChoice? Choice, string? Card, string? PinFile, bool List, string Carrier, string? Anchor, string? Url, string Purpose, string? EmergencyReason, string? Scope, bool AssertionOnly, bool WholeAnswer);
}
