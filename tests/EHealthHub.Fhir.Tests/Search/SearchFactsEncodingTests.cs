using System.Security.Cryptography;
using System.Text;
using CsCheck;
using EHealthHub.Fhir.Search;
using EHealthHub.Fhir.Search.Packing;

namespace EHealthHub.Fhir.Tests.Search;

public sealed class SearchFactsEncodingTests
{
    // The vector of FACTS.md.
    private const string Vector =
        "02020d0c6f2d310180d8b3abcbc0b0063c686f73706974616c2d616e6b617261037cffc0c96c8770d609a46ede378e9b0a07" +
        "010131f9104a6456c3bc6375742061c49fc4b1726cc4b1c49fc4b120286b6729112102031905b2c9a7a60a06110582020525" +
        "02a03d39e50e0714782d6f776e3475726e3a6578616d706c653a31";

    [Fact]
    public void The_known_answer_of_FACTS_md_holds()
    {
        var facts = KnownAnswer();
        Assert.Equal(Vector, Convert.ToHexStringLower(Some.Encoded(facts)));
        Assert.Equal(facts.Values, SearchFacts.Decode(Convert.FromHexString(Vector)).Values);
    }

    [Fact]
    public void Facts_of_version_1_are_still_read()
    {
        var before = Convert.FromHexString("01" + Vector[2..]);
        Assert.Equal(KnownAnswer().Values, SearchFacts.Decode(before).Values);
        Assert.True(SearchMatcher.Matches(Ask.Parsed("Observation", "code=29463-7&value-quantity=78400||g"), before));
    }

    [Theory]
    [InlineData("strings.v1.txt", "02e34389114e53f0b6061d14057e482415b2708ca01f3627ffe4884f1b18e5c4")]
    [InlineData("parameters.v2.txt", "9e46dd45c4c8f0fac40fb4017e49e49728aa9e9d9767693c296a98065ce1e75d")]
    public void The_word_lists_of_a_version_never_change(string file, string sha256)
    {
        using var stream = typeof(SearchFacts).Assembly.GetManifestResourceStream("EHealthHub.Fhir.Search.Packing." + file)!;
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    [Fact]
    public void A_typical_observation_takes_less_than_200_bytes()
    {
        var facts = Some.Facts(Observation);
        Assert.InRange(Some.Encoded(facts).Length, 100, 200);
    }

    [Fact]
    public void Whatever_is_encoded_is_decoded_the_same() =>
        AnyFacts.Sample(facts =>
        {
            var bytes = Some.Encoded(facts);
            var decoded = SearchFacts.Decode(bytes);
            Assert.Equal((facts.Type, facts.Id, facts.Version, facts.LastUpdated, facts.Submitter, facts.PatientId, facts.Truncated), (decoded.Type, decoded.Id, decoded.Version, decoded.LastUpdated, decoded.Submitter, decoded.PatientId, decoded.Truncated));
            Assert.Equal(new FactsHead(facts.Type, facts.Id, facts.Version, facts.PatientId), FactsHead.Read(bytes));
            Assert.Equal(facts.Values, decoded.Values);
            Assert.Equal(facts.Values.Select(v => (v.Number?.ToString(System.Globalization.CultureInfo.InvariantCulture), v.NumberTo)), decoded.Values.Select(v => (v.Number?.ToString(System.Globalization.CultureInfo.InvariantCulture), v.NumberTo)));
            Assert.Equal(bytes, Some.Encoded(decoded));
        }, iter: 2_000, seed: "0000KOeoGGm4");

    [Fact]
    public void What_does_not_begin_as_facts_do_has_no_head()
    {
        var bytes = Some.Encoded(Some.Facts(Observation));
        Assert.Throws<InvalidDataException>(() => FactsHead.Read([]));
        Assert.Throws<InvalidDataException>(() => FactsHead.Read(bytes.AsSpan(0, 3)));
        Assert.Throws<InvalidDataException>(() => FactsHead.Read([0xff, .. bytes[1..]]));
    }

    [Fact]
    public void No_damage_goes_unnoticed_and_no_bytes_throw_anything_else()
    {
        var bytes = Some.Encoded(Some.Facts(Observation));
        Assert.True(SearchQuery.Parse("Observation", [KeyValuePair.Create("code", "x"), KeyValuePair.Create("value-quantity", "1"), KeyValuePair.Create("date", "2020")], true).Try(out var query, out _));
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte, Gen.Int[0, 3]).Sample((at, value, what) =>
        {
            byte[] damaged = what switch
            {
                0 => bytes[..at],
                1 => [.. bytes[..at], value, .. bytes[at..]],
                2 => [.. bytes[..at], .. bytes[(at + 1)..]],
                _ => [.. bytes[..at], value, .. bytes[(at + 1)..]],
            };
            try
            {
                var decoded = SearchFacts.Decode(damaged);

                // The number of the format before is read too, and written as that of now.
                byte[] expected = damaged[0] == 1 ? [2, .. damaged[1..]] : damaged;
                Assert.Equal(expected, Some.Encoded(decoded));
            }
            catch (InvalidDataException)
            {
            }

            try
            {
                _ = SearchMatcher.Matches(query, damaged);
            }
            catch (InvalidDataException)
            {
            }
        }, iter: 20_000, seed: "0000KOeoGGm4");
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("03")]
    [InlineData("02")]
    [InlineData("01")]
    [InlineData("0100")]
    [InlineData("02000505ffffffffffffffffffff01")]
    public void Refuses_what_is_no_facts(string hex) => Assert.Throws<InvalidDataException>(() => SearchFacts.Decode(Convert.FromHexString(hex)));

    [Fact]
    public void Refuses_a_second_form_of_the_same_facts()
    {
        // The type Patient written out instead of by its place in the word list.
        var facts = new SearchFacts { Type = "Patient", Id = "1", Version = 1, LastUpdated = Some.Time, Submitter = "x", Values = [] };
        var bytes = Some.Encoded(facts);
        Assert.Equal(5, bytes[2]);
        byte[] other = [bytes[0], bytes[1], 7 << 2, .. Encoding.ASCII.GetBytes("Patient"), .. bytes[3..]];
        Assert.Throws<InvalidDataException>(() => SearchFacts.Decode(other));
    }

    [Fact]
    public void Refuses_to_encode_what_a_kind_does_not_hold()
    {
        FactValue[] wrong =
        [
            new("a", FactKind.String, "system", "x"),
            new("a", FactKind.Date, null, "x"),
            new("a", FactKind.Date, null, null, 2, 1),
            new("a", FactKind.Number, null, null),
            new("a", FactKind.Token, null, "x", 1, 2),
            new("a", FactKind.Token, null, "x", 0, 0, 1),
            new("a", FactKind.Uri, null, "\ud800"),
            new("a", (FactKind)9, null, "x"),
        ];
        Assert.All(wrong, v => Assert.ThrowsAny<ArgumentException>(() => Some.Encoded(Facts([v]))));
        Assert.Throws<ArgumentException>(() => Some.Encoded(Facts([.. Enumerable.Repeat(new FactValue("a", FactKind.Uri, null, "x"), 1_001)])));
        Assert.Throws<ArgumentException>(() => Some.Encoded(new SearchFacts { Type = "Patient", Id = "1", Version = 1, LastUpdated = Some.Time.AddTicks(1), Submitter = "x", Values = [] }));
    }

    [Fact]
    public void Every_word_is_found_by_its_bytes()
    {
        for (var i = 1; i < KnownStrings.Strings.End; i++)
        {
            Assert.Same(KnownStrings.Strings.Word(i), KnownStrings.Find(Encoding.UTF8.GetBytes(KnownStrings.Strings.Word(i))));
            Assert.Equal(i, KnownStrings.Strings.IndexOf(KnownStrings.Strings.Word(i)));
        }

        Assert.Null(KnownStrings.Find("no such word"u8));
    }

    private const string Observation = """
        {"resourceType":"Observation","id":"0b95cffc-6c87-70d6-09a4-6ede378e9b0a","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"vital-signs"}]}],
        "code":{"coding":[{"system":"http://loinc.org","code":"29463-7","display":"Body Weight"}],"text":"Body Weight"},"subject":{"reference":"Patient/7cffc0c9-6c87-70d6-09a4-6ede378e9b0a"},
        "encounter":{"reference":"Encounter/1fffc0c9-6c87-70d6-09a4-6ede378e9b0a"},"effectiveDateTime":"2013-10-21T12:22:33+03:00","issued":"2013-10-21T12:22:33.123+03:00",
        "valueQuantity":{"value":78.4123,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}
        """;

    private static SearchFacts Facts(IReadOnlyList<FactValue> values) => new() { Type = "Patient", Id = "1", Version = 1, LastUpdated = Some.Time, Submitter = "x", Values = values };

    private static SearchFacts KnownAnswer() => new()
    {
        Type = "Observation",
        Id = "o-1",
        Version = 1,
        LastUpdated = Some.Time,
        Submitter = "hospital-ankara",
        PatientId = "7cffc0c9-6c87-70d6-09a4-6ede378e9b0a",
        Values =
        [
            new("code", FactKind.Token, "http://loinc.org", "29463-7"),
            new("code:text", FactKind.String, null, "Vücut ağırlığı (kg)"),
            new("combo-code", FactKind.Token, "http://loinc.org", "29463-7"),
            new("date", FactKind.Date, null, null, 1_382_347_353_000_000, 1_382_347_353_999_999),
            new("patient", FactKind.Reference, "Patient", "7cffc0c9-6c87-70d6-09a4-6ede378e9b0a"),
            new("value-quantity", FactKind.Quantity, "http://unitsofmeasure.org", "kg", 0, 0, 78.40m),
            new("x-own", FactKind.Uri, null, "urn:example:1"),
        ],
    };

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.OneOfConst("final", "Patient", "http://loinc.org", "7cffc0c9-6c87-70d6-09a4-6ede378e9b0a", "7CFFC0C9-6c87-70d6-09a4-6ede378e9b0a", "urn:uuid:7cffc0c9-6c87-70d6-09a4-6ede378e9b0a", "", "ş", "x", "hospital-ankara"),
        Gen.String[Gen.Char[' ', '\u024F'], 0, 40]);

    private static readonly Gen<string?> TextOrNull = Texts.Null();

    private static readonly Gen<decimal> Decimals = Gen.OneOf(Gen.Decimal, Gen.OneOfConst(0m, -0.0m, 1.0m, 1.00m, 5.4m, decimal.MinValue, decimal.MaxValue, 0.0000000000000000000000000001m));

    private static readonly Gen<(long From, long To)> Ranges = Gen.OneOf(
        Gen.Select(Gen.Long[-4_000_000_000, 4_000_000_000], Gen.OneOfConst(1L, 1_000L, 1_000_000L, 60_000_000L, 86_400_000_000L, 3_600_000_000L), Gen.OneOfConst(1L, 1_000L, 1_000_000L, 60_000_000L), (n, width, unit) => (n * unit, (n * unit) + width - 1)),
        Gen.Select(Gen.Long[-1_000_000_000_000_000, 1_000_000_000_000_000], Gen.Long[0, 1_000_000_000_000_000], (n, width) => (n, n + width)),
        Gen.OneOfConst((long.MinValue, long.MaxValue), (long.MinValue, 5L), (5L, long.MaxValue), (0L, 0L)));

    private static readonly Gen<FactValue> Values = Gen.Select(
        Gen.OneOfConst("code", "code:text", "date", "subject", "subject:identifier", "value-quantity", "own", "own:text", "combo-code", "identifier:of-type", "own$1", "own$2", "component-code-value-quantity$1", "component-code-value-quantity$4"),
        Gen.Int[1, 7],
        TextOrNull,
        TextOrNull,
        Ranges,
        Decimals,
        Decimals.Nullable(),
        (name, kind, system, text, range, number, numberTo) => (FactKind)kind switch
        {
            FactKind.Date => new FactValue(name, FactKind.Date, null, null, range.From, range.To),
            FactKind.Number => new FactValue(name, FactKind.Number, null, null, 0, 0, number, numberTo),
            FactKind.Quantity => new FactValue(name, FactKind.Quantity, system, text, 0, 0, number, numberTo),
            FactKind.Token or FactKind.Reference => new FactValue(name, (FactKind)kind, system, text),
            _ => new FactValue(name, (FactKind)kind, null, text),
        });

    private static readonly Gen<SearchFacts> AnyFacts = Gen.Select(
        Texts,
        Texts,
        Gen.Int[0, int.MaxValue],
        Gen.Long[-62_135_596_800_000_000, 253_402_300_799_999_999],
        Texts,
        TextOrNull,
        Gen.Bool,
        Values.List[0, 90],
        (type, id, version, micros, submitter, patient, truncated, values) => new SearchFacts
        {
            Type = type,
            Id = id,
            Version = version,
            LastUpdated = DateTimeOffset.UnixEpoch.AddTicks(micros * 10),
            Submitter = submitter,
            PatientId = patient,
            Truncated = truncated,
            Values = values,
        });
}
