using System.Collections.Immutable;
using System.Globalization;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Http;

/// <summary>The value of If-Match or If-None-Match: versions, or any (R4, 3.1.0.5; RFC 9110, 13.1).</summary>
/// <param name="Any">True for <c>*</c>.</param>
/// <param name="Versions">The versions named; a tag that is no version of the hub's names none, and matches nothing.</param>
public sealed record VersionTags(bool Any, ImmutableArray<int> Versions)
{
    private const int HeaderMax = 1_024;
    private const int TagsMax = 32;

    /// <summary>True when a resource at this version is among those meant.</summary>
    public bool Matches(int version) => Any || Versions.Contains(version);

    /// <summary>Reads <c>*</c> or a list such as <c>W/"1", W/"2"</c>; a strong tag <c>"1"</c> is taken as well. 400 for anything else. <paramref name="header"/> is the header's name, for the issue.</summary>
    public static Result<VersionTags> Parse(string header, string value)
    {
        if (value.Trim() == "*")
        {
            return new VersionTags(true, []);
        }

        var versions = ImmutableArray.CreateBuilder<int>();
        var tags = 0;
        for (var rest = value.AsSpan().Trim(); value.Length <= HeaderMax && tags < TagsMax;)
        {
            rest = rest.StartsWith("W/", StringComparison.Ordinal) ? rest[2..] : rest;
            var end = rest.StartsWith("\"") ? rest[1..].IndexOf('"') : -1;
            if (end < 0)
            {
                break;
            }

            tags++;
            var tag = rest.Slice(1, end);
            if (int.TryParse(tag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) && tag[0] != '0')
            {
                versions.Add(version);
            }

            rest = rest[(end + 2)..].Trim();
            if (rest.IsEmpty)
            {
                return new VersionTags(false, versions.ToImmutable());
            }

            if (rest[0] != ',')
            {
                break;
            }

            rest = rest[1..].Trim();
        }

        return Failure.Of(400, "invalid", "if-match-invalid", $"{header} is * or a list of at most {TagsMax} version tags such as W/\"1\".", header);
    }
}
