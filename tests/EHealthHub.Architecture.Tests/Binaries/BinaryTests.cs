using System.Xml.Linq;
using EHealthHub.Architecture.Tests.Repository;

namespace EHealthHub.Architecture.Tests.Binaries;

public sealed class BinaryTests
{
    private const string Fixtures = "EHealthHub.Architecture.Tests.Fixtures.";

    /// <summary>What the compiler makes of top-level statements.</summary>
    private const string EntryPoint = "Program";

    public static TheoryData<string> Rooms => [.. Tree.Rooms];

    [Fact]
    public void The_checker_of_the_log_cannot_reach_its_writer()
    {
        using var room = new Room(Tree.AssemblyOf("Audit"));
        Assert.Contains(room.Types, t => room.NameOf(t) == "EHealthHub.Audit.Verify.LogVerifier");
        Assert.Contains(room.Types, t => room.NameOf(t) == "EHealthHub.Audit.Log.AuditLog");
        Assert.Empty(Reach.Ways(room, "EHealthHub.Audit.Verify", "EHealthHub.Audit.Log"));
    }

    [Fact]
    public void Records_opens_nothing_without_a_receipt()
    {
        using var room = new Room(Tree.AssemblyOf("Records"));
        Assert.Contains(room.Types, t => room.NameOf(t) == "EHealthHub.Records.Store.RecordVersion");
        Assert.Empty(ReceiptRule.Breaches(
            room,
            new HashSet<string> { "EHealthHub.Records.Store.RecordVersion", "EHealthHub.Records.Store.SearchPage", "EHealthHub.Fhir.Search.SearchFacts", "EHealthHub.Fhir.Reading.FhirResource" },
            "EHealthHub.Audit.Entries.AuditReceipt").Except(ReceiptNotNeeded));
    }

    /// <summary>Not opened from the store, but handed in by the caller for a write; and the documented exception, which is given to whoever decides and is a list (<c>PatientSource</c>).</summary>
    private static readonly string[] ReceiptNotNeeded =
    [
        "EHealthHub.Records.Store.DecidingResource.get_Facts gives opened data without asking for EHealthHub.Audit.Entries.AuditReceipt.",
        "EHealthHub.Records.Store.DirectorySource.Find gives opened data without asking for EHealthHub.Audit.Entries.AuditReceipt.",
        "EHealthHub.Records.Store.PatientSource.Of gives opened data without asking for EHealthHub.Audit.Entries.AuditReceipt.",
        "EHealthHub.Records.Store.WriteEntry.get_Resource gives opened data without asking for EHealthHub.Audit.Entries.AuditReceipt.",
    ];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void What_a_room_shows_is_documented_and_named_after_it(string name)
    {
        using var room = new Room(Tree.AssemblyOf(name));
        Assert.Empty(Documentation.Missing(room, XDocument.Load(Path.ChangeExtension(Tree.AssemblyOf(name), ".xml"))));
        Assert.DoesNotContain(room.Types.Where(room.IsVisible).Select(room.NameOf), n => n != EntryPoint && !n.StartsWith($"EHealthHub.{name}.", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void No_room_calls_what_is_banned(string name)
    {
        using var room = new Room(Tree.AssemblyOf(name));
        Assert.Empty(BannedCalls.In(room, [.. BannedCalls.Parse(Tree.Read("BannedSymbols.txt"))]));
    }

    [Fact]
    public void The_list_of_banned_calls_holds_what_the_house_forbids()
    {
        var banned = BannedCalls.Parse(Tree.Read("BannedSymbols.txt")).Select(s => s.Type + (s.Member is null ? "" : "." + s.Member)).ToHashSet();
        string[] wanted =
        [
            "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today", "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow", "System.Guid.NewGuid", "System.Random",
            "System.Threading.Thread.Sleep", "System.Environment.Exit", "System.Globalization.CultureInfo.get_CurrentCulture",
        ];
        Assert.Empty(wanted.Except(banned));
    }

    [Fact]
    public void A_way_round_through_iterators_lambdas_and_a_third_type_is_found()
    {
        using var own = new Room(typeof(BinaryTests).Assembly.Location);
        Assert.Equal(
            [$"{Fixtures}Checking.Checker -> {Fixtures}Between.Helper -> {Fixtures}Writing.Writer"],
            Reach.Ways(own, Fixtures + "Checking", Fixtures + "Writing"));
        Assert.Empty(Reach.Ways(own, Fixtures + "Alone", Fixtures + "Writing"));
    }

    [Fact]
    public void A_method_that_opens_without_a_receipt_is_found()
    {
        using var own = new Room(typeof(BinaryTests).Assembly.Location);
        var breach = Assert.Single(ReceiptRule.Breaches(own, new HashSet<string> { Fixtures + "Records.OpenedThing" }, Fixtures + "Records.ReceiptThing"));
        Assert.Contains("StoreOfThings.ReadWithout", breach, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_explanation_is_found()
    {
        using var own = new Room(typeof(BinaryTests).Assembly.Location);
        var documentation = XDocument.Parse($"""
            <doc><members>
              <member name="T:{Fixtures}Records.OpenedThing"><param name="Content">c</param></member>
              <member name="T:{Fixtures}Records.StoreOfThings" />
              <member name="M:{Fixtures}Records.StoreOfThings.ReadWith(System.String,X)" />
            </members></doc>
            """);
        Assert.Equal(
            [$"T:{Fixtures}Records.ReceiptThing", $"M:{Fixtures}Records.StoreOfThings.ReadWithout"],
            Documentation.Missing(own, documentation).Where(m => m.Contains(Fixtures, StringComparison.Ordinal)).OrderDescending(StringComparer.Ordinal));
    }

    [Fact]
    public void A_banned_call_is_found_in_a_binary()
    {
        using var own = new Room(typeof(BinaryTests).Assembly.Location);
        Assert.Single(BannedCalls.In(own, [.. BannedCalls.Parse("P:System.Globalization.CultureInfo.InvariantCulture;for the test")]));
        Assert.Single(BannedCalls.In(own, [.. BannedCalls.Parse("T:System.Globalization.CultureInfo;for the test")]));
        Assert.Empty(BannedCalls.In(own, [.. BannedCalls.Parse("M:System.IO.Path.Combine(System.String,System.String,System.String,System.String);no such number of arguments here")]));
    }
}
