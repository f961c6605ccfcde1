using System.Diagnostics;
using EHealthHub.EndToEnd.Tests.Support;

namespace EHealthHub.EndToEnd.Tests.Walks;

/// <summary>A clinician's key that never leaves its PKCS#11 token (SoftHSM2): by a signed assertion with <c>./hub token</c>, and in TLS itself.</summary>
public sealed class CardInATokenTests(HubFixture hub) : IClassFixture<HubFixture>
{
    [SoftTokenFact]
    public async Task A_card_in_a_token_signs_the_assertion_that_opens_the_record()
    {
        var (patient, doctor) = await hub.TreatedPatient("Kartlı");
        doctor.Dispose();
        using var card = await SoftToken.Create(hub.Files, "dr-ayse");
        var (code, output) = await Token(card, "--pin-file", card.PinFile());
        Assert.True(code == 0, output);

        using var ankara = hub.Client("hospital-ankara");
        ankara.Token = output.Trim();
        (await ankara.Get($"fhir/Patient/{patient}")).Expect(200);
        using var izmir = hub.Client("hospital-izmir");
        izmir.Token = ankara.Token;
        (await izmir.Get($"fhir/Patient/{patient}")).Refused(401, "token-not-bound");
    }

    [SoftTokenFact]
    public async Task A_module_that_refuses_the_systems_locks_is_used_without()
    {
        using var card = await SoftToken.Create(hub.Files, "dr-ayse");
        foreach (var locking in (string[])["Auto", "Os", "None"])
        {
            var (code, output) = await Token(card, "--pin-file", card.PinFile(), "--locking", locking, "--json");
            Assert.True(code == 0, output);
            Assert.Contains("\"expires_in\":", output, StringComparison.Ordinal);
        }
    }

    [SoftTokenFact]
    public async Task What_lies_on_a_token_is_listed_without_a_pin_and_one_of_several_must_be_named()
    {
        using var card = await SoftToken.Create(hub.Files, "dr-ayse");
        await card.Put(hub.Files, "dr-mehmet", "02");
        await card.Put(hub.Files, "hospital-ankara", "03");
        var (code, output) = await Token(card, "--list");
        Assert.True(code == 0, output);
        Assert.Equal((2, 1), (Count(output, "  person "), Count(output, "no person")));

        (code, output) = await Token(card, "--pin-file", card.PinFile());
        Assert.Equal(1, code);
        Assert.Contains("01 (dr-ayse, token kart)", output, StringComparison.Ordinal);
        Assert.Equal(0, (await Token(card, "--pin-file", card.PinFile(), "--certificate", "01")).Code);
        Assert.Equal(0, (await Token(card, "--pin-file", card.PinFile(), "--certificate", "dr-ayse")).Code);

        // The right card at the wrong hospital.
        (code, output) = await Token(card, "--pin-file", card.PinFile(), "--certificate", "dr-mehmet");
        Assert.Equal(1, code);
        Assert.Contains("clinician-wrong-institution", output, StringComparison.Ordinal);
    }

    [SoftTokenFact]
    public async Task Each_fault_of_card_pin_and_module_is_said_in_words_and_the_pin_never()
    {
        using var card = await SoftToken.Create(hub.Files, "dr-ayse");
        foreach (var (arguments, expected) in new (string[], string)[]
        {
            (["--pin-file", card.PinFile("999999")], "The PIN is wrong"),
            (["--pin-file", card.PinFile(), "--token", "başka"], "No token başka is present; there are: kart."),
            (["--pin-file", card.PinFile(), "--certificate", "77"], "No certificate 77"),
            (["--pin-file", "/nonexistent/pin"], "/nonexistent/pin"),
            ([], "--pin-file"),
        })
        {
            var (code, output) = await Token(card, arguments);
            Assert.Equal((1, true), (code, output.Contains(expected, StringComparison.Ordinal)));
            Assert.DoesNotContain(SoftToken.Pin, output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        }

        foreach (var module in (string[])["/nonexistent.so", Path.Combine(hub.Files.Layout.Pki, "ca.crt"), "/lib/x86_64-linux-gnu/libm.so.6"])
        {
            var (code, output) = await hub.Files.Hub("token", "--module", module, "--list");
            Assert.Equal(1, code);
            Assert.Contains("PKCS#11 module", output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        }
    }

    [CardInTlsFact]
    public async Task Curl_with_the_pkcs11_engine_opens_the_connection_with_the_card()
    {
        var (patient, doctor) = await hub.TreatedPatient("Kıvrım");
        doctor.Dispose();
        using var card = await SoftToken.Create(hub.Files, "dr-ayse");
        Assert.Contains("\"resourceType\":\"Patient\"", await Curl(card, "dr-ayse", SoftToken.Pin, $"fhir/Patient/{patient}"), StringComparison.Ordinal);

        // The card of one with the certificate of another: no handshake.
        Assert.DoesNotContain("resourceType", await Curl(card, "dr-mehmet", SoftToken.Pin, $"fhir/Patient/{patient}"), StringComparison.Ordinal);
        Assert.DoesNotContain("resourceType", await Curl(card, "dr-ayse", "000000", $"fhir/Patient/{patient}"), StringComparison.Ordinal);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private Task<(int Code, string Output)> Token(SoftToken card, params string[] arguments) =>
        hub.Files.Hub([card.Environment], ["token", "--module", SoftToken.Module!, "--carrier", "hospital-ankara", .. arguments]);

    private async Task<string> Curl(SoftToken card, string certificate, string pin, string path)
    {
        var start = new ProcessStartInfo("curl",
        [
            "-s", "--max-time", "20", "--cacert", Path.Combine(hub.Files.Layout.Pki, "ca.crt"), "--engine", "pkcs11", "--key-type", "ENG", "--key", $"pkcs11:token={SoftToken.Label};object=dr-ayse;type=private;pin-value={pin}",
            "--cert", Path.Combine(hub.Files.Layout.Pki, certificate + ".crt"), hub.Files.BaseAddress + path,
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[card.Environment.Name] = card.Environment.Value;
        start.Environment["PKCS11_MODULE_PATH"] = SoftToken.Module;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output + await errors;
    }
}
