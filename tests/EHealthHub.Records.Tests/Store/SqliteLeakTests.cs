using System.Text;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Records.Tests.Store;

/// <summary>Nothing of what a caller gave stands readable in any file of the store: looked for in UTF-8, UTF-16, hex and base64, while the store is open (log and shared index beside the database) and after it was closed.</summary>
public sealed class SqliteLeakTests : IAsyncLifetime
{
    private const string Name = "Kanaryaoğlu";
    private const string Code = "canary-code-90210";
    private const string Identifier = "CANARY-MRN-55512";
    private const string FreeText = "the canary sings in the coal mine";
    private const string PatientId = "canary-patient-0001";
    private const string ObservationId = "canary-observation-0002";
    private const string Submitter = "canary-hospital-0003";
    private const string Request = "canary-request-0004";
    private const string Result = "canary-result-0005 canary-result-0005 canary-result-0005";

    private SqliteFixture Hub { get; } = new();

    public Task InitializeAsync()
    {
        _ = (Hub.Store, Hub.Log);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await Hub.DisposeAsync();

    [Fact]
    public async Task Database_log_and_shared_index_hold_no_canary_in_any_encoding()
    {
        await Hub.Commit(Make.Ask(Submitter, Make.Create(Make.Patient(Identifier, Name), PatientId, PatientId), Make.Create(Observation(Code), ObservationId, PatientId)).With(requestKey: Request, result: Encoding.UTF8.GetBytes(Result)));
        await Hub.Commit(Make.Ask(Submitter, Make.Update(await Hub.Locate("Observation", ObservationId), Observation("canary-code-2")))); // an old version, and tokens taken out of the index
        Assert.Single((await Hub.Search(Make.InPatient(Make.Query("Observation", PatientId, Make.Token("code", null, "canary-code-2")), PatientId))).Matches);
        var open = Files();
        Assert.Contains(open, f => f.EndsWith("records.db-wal", StringComparison.Ordinal) && new FileInfo(f).Length > 0);
        Search(open);
        await Hub.CloseStore();
        Search(Files());
    }

    [Fact]
    public void The_search_for_canaries_finds_each_encoding()
    {
        foreach (var (_, needle) in Needles())
        {
            Assert.True(Holds([.. "xyz"u8, .. needle, .. "xyz"u8], needle));
        }
    }

    private static Fhir.Reading.FhirResource Observation(string code) => Make.Resource(
        "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"urn:test:canary\",\"code\":\"" + code + "\"}]},\"subject\":{\"reference\":\"Patient/" + PatientId
        + "\"},\"valueString\":\"" + FreeText + "\",\"note\":[{\"text\":\"" + FreeText + "\"}]}");

    private string[] Files() => Directory.GetFiles(Path.Combine(Hub.Folder, "db"));

    private static void Search(string[] files)
    {
        foreach (var file in files.Where(f => Path.GetFileName(f) != "lock"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            foreach (var (what, needle) in Needles())
            {
                Assert.False(Holds(bytes, needle), $"{Path.GetFileName(file)} holds {what}.");
            }
        }
    }

    private static IEnumerable<(string What, byte[] Needle)> Needles()
    {
        foreach (var canary in new[] { Name, SearchText.Fold(Name), Code, Identifier, SearchText.Fold(Identifier), FreeText, PatientId, ObservationId, Submitter, Request, "canary-result-0005", "urn:test:canary" })
        {
            var utf8 = Encoding.UTF8.GetBytes(canary);
            yield return (canary + " in UTF-8", utf8);
            yield return (canary + " in UTF-16", Encoding.Unicode.GetBytes(canary));
            yield return (canary + " in UTF-16, big-endian", Encoding.BigEndianUnicode.GetBytes(canary));
            yield return (canary + " in hex", Encoding.ASCII.GetBytes(Convert.ToHexString(utf8)));
            yield return (canary + " in lower-case hex", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8)));
            for (var offset = 0; offset < 3; offset++)
            {
                // Wherever the text stands among other bytes, these characters of its base64 are the same.
                var whole = Convert.ToBase64String([.. new byte[offset], .. utf8]);
                var from = ((offset * 8) + 5) / 6;
                var to = (offset + utf8.Length) * 8 / 6;
                yield return ($"{canary} in base64 at {offset}", Encoding.ASCII.GetBytes(whole[from..to]));
            }
        }
    }

    private static bool Holds(byte[] bytes, byte[] needle) => bytes.AsSpan().IndexOf(needle) >= 0;
}
