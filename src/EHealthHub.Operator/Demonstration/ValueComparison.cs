using System.Text.Json;

namespace EHealthHub.Operator.Demonstration;

/// <summary>Compares what was posted with what comes back, byte for byte: only the logical id, meta, and references that pointed inside the Bundle may differ.</summary>
internal static class ValueComparison
{
    /// <summary>The first place where the two differ; null when they do not.</summary>
    public static string? FirstDifference(JsonElement posted, JsonElement stored) => Compare(posted, stored, posted.GetProperty("resourceType").GetString()!, isRoot: true);

    private static string? Compare(JsonElement posted, JsonElement stored, string path, bool isRoot)
    {
        if (posted.ValueKind != stored.ValueKind)
        {
            return path;
        }

        return posted.ValueKind switch
        {
            JsonValueKind.Object => CompareObjects(posted, stored, path, isRoot),
            JsonValueKind.Array => CompareArrays(posted, stored, path),
            _ => posted.GetRawText() == stored.GetRawText() || IsRewritten(posted, path) ? null : path,
        };
    }

    private static string? CompareObjects(JsonElement posted, JsonElement stored, string path, bool isRoot)
    {
        var left = posted.EnumerateObject().Where(p => !isRoot || p.Name is not ("id" or "meta")).ToList();
        var right = stored.EnumerateObject().Where(p => !isRoot || p.Name is not ("id" or "meta")).ToList();
        for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
        {
            if (i >= left.Count || i >= right.Count || left[i].Name != right[i].Name)
            {
                return $"{path}.{(i < left.Count ? left[i].Name : right[i].Name)}";
            }

            if (Compare(left[i].Value, right[i].Value, $"{path}.{left[i].Name}", isRoot: false) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static string? CompareArrays(JsonElement posted, JsonElement stored, string path)
    {
        if (posted.GetArrayLength() != stored.GetArrayLength())
        {
            return path;
        }

        var number = 0;
        foreach (var (left, right) in posted.EnumerateArray().Zip(stored.EnumerateArray()))
        {
            if (Compare(left, right, $"{path}[{number++}]", isRoot: false) is { } difference)
            {
                return difference;
            }
        }

        return null;
    }

    private static bool IsRewritten(JsonElement posted, string path) =>
        posted.ValueKind == JsonValueKind.String
        && (path.EndsWith(".reference", StringComparison.Ordinal) || path.EndsWith(".url", StringComparison.Ordinal))
        && posted.GetString() is { } text
        && (text.StartsWith("urn:", StringComparison.Ordinal) || text.Contains('?', StringComparison.Ordinal));
}
