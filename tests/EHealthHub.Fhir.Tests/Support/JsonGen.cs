using System.Globalization;
using CsCheck;

namespace EHealthHub.Fhir.Tests.Support;

/// <summary>Random JSON in two spellings: with whitespace strewn between the tokens, and without.</summary>
internal static class JsonGen
{
    private static readonly Gen<string> Space = Gen.OneOfConst("", "", " ", "\n", "\r\n\t", "    ");

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOfConst("\"\"", "\"a\"", "\"\\u00e7\"", "\"ç ğ İ ı\"", "\"\\/\\\\\\\"\\n\"", "\"\\uD83D\\uDE00\"", "\"😀\"", "\" { \\\"x\\\" : [ 1 , 2 ] } \"", "\"\\u0041\""),
        Gen.String[Gen.Char['a', 'z'], 0, 40].Select(s => $"\"{s}\""));

    private static readonly Gen<string> Number = Gen.OneOf(
        Gen.OneOfConst("0", "-0", "1.0", "1.50", "0.010", "1e2", "1E+2", "1.0e-5", "185.0000", "12345678901234567890.123456789"),
        Gen.Int.Select(i => i.ToString(CultureInfo.InvariantCulture)));

    private static readonly Gen<(string Loose, string Tight)> Leaf =
        Gen.OneOf(Text, Number, Gen.OneOfConst("true", "false", "null")).Select(t => (t, t));

    public static readonly Gen<(string Loose, string Tight)> Resource =
        Gen.Select(Gen.OneOfConst("Patient", "Observation", "Basic"), Object(4), Gen.Bool, Space, (type, rest, first, space) =>
        {
            var name = $"\"resourceType\"{space}:{space}\"{type}\"";
            var tight = $"\"resourceType\":\"{type}\"";
            return rest.Tight == "{}"
                ? ($"{space}{{{name}{space}}}{space}", $"{{{tight}}}")
                : first
                    ? ($"{space}{{{name},{rest.Loose[1..]}", $"{{{tight},{rest.Tight[1..]}")
                    : ($"{rest.Loose[..^1]},{name}}}{space}", $"{rest.Tight[..^1]},{tight}}}");
        });

    private static Gen<(string Loose, string Tight)> Value(int depth) =>
        depth == 0 ? Leaf : Gen.OneOf(Leaf, Leaf, Object(depth - 1), Array(depth - 1));

    private static Gen<(string Loose, string Tight)> Object(int depth) =>
        Gen.Select(Value(depth).Array[0, 6], Space, (values, space) => (
            $"{{{space}{string.Join($"{space},{space}", values.Select((v, i) => $"\"m{i}\"{space}:{space}{v.Loose}"))}{space}}}",
            $"{{{string.Join(",", values.Select((v, i) => $"\"m{i}\":{v.Tight}"))}}}"));

    private static Gen<(string Loose, string Tight)> Array(int depth) =>
        Gen.Select(Value(depth).Array[0, 5], Space, (values, space) => (
            $"[{space}{string.Join($"{space},{space}", values.Select(v => v.Loose))}{space}]",
            $"[{string.Join(",", values.Select(v => v.Tight))}]"));
}
