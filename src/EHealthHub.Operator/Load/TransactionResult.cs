using System.Text.Json;

namespace EHealthHub.Operator.Load;

/// <summary>What a transaction or batch response says of its entries.</summary>
/// <param name="Locations">For each entry <c>Type/id</c>, or null where the answer names none.</param>
/// <param name="Created">Those that did not exist before.</param>
/// <param name="Accepted">Entries with a status of 2xx.</param>
/// <param name="Refused">Entries with another status.</param>
/// <param name="FirstFault">Of the first refused entry, for people.</param>
internal sealed record TransactionResult(IReadOnlyList<string?> Locations, IReadOnlyList<string> Created, int Accepted, int Refused, string? FirstFault)
{
    /// <summary>The logical id of the created Patient, if there is exactly one.</summary>
    public string? PatientId
    {
        get
        {
            var patients = Created.Where(l => l.StartsWith("Patient/", StringComparison.Ordinal)).ToList();
            return patients.Count == 1 ? patients[0]["Patient/".Length..] : null;
        }
    }

    public static TransactionResult Read(JsonElement response)
    {
        var locations = new List<string?>();
        var created = new List<string>();
        var accepted = 0;
        string? fault = null;
        if (response.TryGetProperty("entry", out var entries))
        {
            foreach (var entry in entries.EnumerateArray())
            {
                var answer = entry.GetProperty("response");
                var status = answer.GetProperty("status").GetString() ?? "";
                var isAccepted = status.StartsWith('2');
                var location = isAccepted && answer.TryGetProperty("location", out var text) ? ResourceOf(text.GetString()!) : null;
                accepted += isAccepted ? 1 : 0;
                fault ??= isAccepted ? null : $"entry {locations.Count}: {answer}";
                locations.Add(location);
                if (location is not null && status.StartsWith("201", StringComparison.Ordinal))
                {
                    created.Add(location);
                }
            }
        }

        return new TransactionResult(locations, created, accepted, locations.Count - accepted, fault);
    }

    /// <summary><c>Type/id</c> of a location, absolute or relative, with or without its version.</summary>
    public static string ResourceOf(string location)
    {
        var parts = location.Split('/');
        var end = Array.IndexOf(parts, "_history");
        end = end < 0 ? parts.Length : end;
        return parts[end - 2] + "/" + parts[end - 1];
    }
}
