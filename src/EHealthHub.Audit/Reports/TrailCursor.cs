using System.Globalization;
using System.Text;
using EHealthHub.Audit.Proofs;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Audit.Reports;

/// <summary>Where a page of a patient's entries goes on: for each log that has more, the index of the next. As text: <c>origin:index</c>, separated by commas.</summary>
internal static class TrailCursor
{
    private const int LengthMax = 1_000_000;

    public static string Format(Dictionary<string, long> positions)
    {
        var text = new StringBuilder();
        foreach (var (origin, index) in positions.OrderBy(position => position.Key, StringComparer.Ordinal))
        {
            text.Append(text.Length > 0 ? "," : "").Append(origin).Append(':').Append(index.ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    /// <summary>Null for a text that is no cursor.</summary>
    public static Dictionary<string, long>? Parse(string text)
    {
        var positions = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var part in text.Length <= LengthMax ? text.Split(',') : [""])
        {
            if (part.Split(':') is not [var origin, var number] || !LogFolder.IsOrigin(origin) || !StrictText.TryDecimal(number, out var index) || !positions.TryAdd(origin, index))
            {
                return null;
            }
        }

        return positions;
    }
}
