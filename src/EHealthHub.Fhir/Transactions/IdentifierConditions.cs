using System.Text;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Transactions;

/// <summary>Reads conditions as they are written in ifNoneExist and in conditional references: search parameters, of which the hub decides exactly one, <c>identifier=system|value</c>.</summary>
internal static class IdentifierConditions
{
    private const int LengthMax = 2_048;

    /// <summary>
    /// The condition, or null with the reason in <paramref name="problem"/>. A leading question mark, percent-encoding, and the escapes of search values (R4 3.1.1.4.17) are understood; a plus sign is a space, as in every query.
    /// </summary>
    public static IdentifierCondition? Parse(string type, string query, out string problem)
    {
        problem = "";
        query = query.StartsWith('?') ? query[1..] : query;
        if (query.Length > LengthMax)
        {
            problem = $"a condition of more than {LengthMax} characters";
            return null;
        }

        var equals = query.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? query : query[..equals];
        if (query.Contains('&', StringComparison.Ordinal) || name != "identifier")
        {
            problem = query.Contains('&', StringComparison.Ordinal) ? "a condition of several parameters" : $"the condition '{JsonFrame.Printable(Encoding.UTF8.GetBytes(name))}'";
            return null;
        }

        if (equals < 0 || !TrySplit(Uri.UnescapeDataString(query[(equals + 1)..].Replace('+', ' ')), out var system, out var value))
        {
            problem = "an identifier condition that is not one system|value";
            return null;
        }

        return new IdentifierCondition(type, system, value);
    }

    /// <summary>Splits at the one unescaped bar, undoing backslashes; an unescaped comma would mean several values, and a value without a system any system.</summary>
    private static bool TrySplit(string token, out string system, out string value)
    {
        var part = new StringBuilder(token.Length);
        system = "";
        value = "";
        var bars = 0;
        for (var i = 0; i < token.Length; i++)
        {
            var c = token[i];
            if (c == '\\' && i + 1 < token.Length && token[i + 1] is (',' or '|' or '$' or '\\'))
            {
                part.Append(token[++i]);
            }
            else if (c == ',' || char.IsControl(c))
            {
                return false;
            }
            else if (c == '|' && bars++ == 0)
            {
                system = part.ToString();
                part.Clear();
            }
            else
            {
                part.Append(c);
            }
        }

        value = part.ToString();
        return bars == 1 && value.Length > 0;
    }
}
