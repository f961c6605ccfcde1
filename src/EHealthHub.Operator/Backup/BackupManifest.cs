using System.Collections.Immutable;
using System.Text.Json;
using EHealthHub.Audit.Tiles;

namespace EHealthHub.Operator.Backup;

/// <summary>A file of a backup.</summary>
/// <param name="Path">Relative to the backup's folder, with '/'.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">Lower-case hex.</param>
internal sealed record BackedFile(string Path, long Bytes, string Sha256);

/// <summary>A log in a backup.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Signed">Entries under its checkpoint.</param>
/// <param name="Size">Entries in all, with those that only the journal holds.</param>
internal sealed record BackedLog(string Origin, long Signed, long Size);

/// <summary>
/// What a part of a backup holds (<c>manifest.json</c>). Written last, so that a copy that was broken off is not taken for a whole one. It finds damage and mixing up; against somebody who writes a new one the contents speak for themselves:
/// the log is signed, the records are bound to it.
/// </summary>
/// <param name="Part"><see cref="Records"/> or <see cref="Keys"/>.</param>
/// <param name="Hub">Whose backup it is.</param>
/// <param name="Time">The moment that it shows; the same in both parts of one run.</param>
/// <param name="Commits">Sequence of the database's last commit.</param>
/// <param name="Logs">The logs; none in the keys' part.</param>
/// <param name="Files">Every file but the manifest, in ordinal order.</param>
internal sealed record BackupManifest(string Part, Guid Hub, DateTimeOffset Time, long Commits, ImmutableArray<BackedLog> Logs, ImmutableArray<BackedFile> Files)
{
    public const string FileName = "manifest.json";
    public const string Records = "records";
    public const string Keys = "keys";

    private const int Format = 1;
    private const int FileBytesMax = 256 * 1024 * 1024;
    private const int PathMax = 1_024;

    public long Bytes => Files.Sum(f => f.Bytes);

    /// <summary>The manifest of one part of a backup. Throws <see cref="InvalidDataException"/> with a sentence for people when there is none, or not a whole one.</summary>
    public static BackupManifest Read(string folder, string part)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new InvalidDataException(Directory.Exists(folder) ? $"{folder} holds no backup, or one that was broken off: there is no {FileName}." : $"There is no folder {folder}.");
        }

        if (new FileInfo(path).Length > FileBytesMax)
        {
            throw new InvalidDataException($"{path} is larger than {FileBytesMax} bytes.");
        }

        BackupManifest manifest;
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            manifest = Parse(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is damaged: {e.Message}", e);
        }

        if (manifest.Part != part)
        {
            throw new InvalidDataException($"{folder} holds the part \"{manifest.Part}\" of a backup, where \"{part}\" is wanted.");
        }

        return manifest.Files.FirstOrDefault(f => !IsPlace(f.Path) || f.Bytes < 0) is { } wrong ? throw new InvalidDataException($"{path} is damaged: \"{wrong.Path}\" is no place in a backup.")
            : manifest.Logs.FirstOrDefault(l => !LogFolder.IsOrigin(l.Origin)) is { } log ? throw new InvalidDataException($"{path} is damaged: \"{log.Origin}\" is no log.")
            : manifest;
    }

    /// <summary>Writes the manifest into its part's folder. Not durable yet.</summary>
    public void Write(string folder)
    {
        using var stream = PrivateFiles.Create(Path.Combine(folder, FileName));
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("format"u8, Format);
        json.WriteString("part"u8, Part);
        json.WriteString("hub"u8, Hub);
        json.WriteString("time"u8, Time);
        json.WriteNumber("commits"u8, Commits);
        json.WriteStartArray("logs"u8);
        foreach (var log in Logs)
        {
            json.WriteStartObject();
            json.WriteString("origin"u8, log.Origin);
            json.WriteNumber("signed"u8, log.Signed);
            json.WriteNumber("size"u8, log.Size);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("files"u8);
        foreach (var file in Files)
        {
            json.WriteStartObject();
            json.WriteString("path"u8, file.Path);
            json.WriteNumber("bytes"u8, file.Bytes);
            json.WriteString("sha256"u8, file.Sha256);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static BackupManifest Parse(JsonElement root)
    {
        if (root.GetProperty("format"u8).GetInt32() != Format)
        {
            throw new FormatException($"it is not of format {Format}.");
        }

        return new BackupManifest(
            Text(root, "part"),
            root.GetProperty("hub"u8).GetGuid(),
            root.GetProperty("time"u8).GetDateTimeOffset(),
            root.GetProperty("commits"u8).GetInt64(),
            [.. root.GetProperty("logs"u8).EnumerateArray().Select(l => new BackedLog(Text(l, "origin"), l.GetProperty("signed"u8).GetInt64(), l.GetProperty("size"u8).GetInt64()))],
            [.. root.GetProperty("files"u8).EnumerateArray().Select(f => new BackedFile(Text(f, "path"), f.GetProperty("bytes"u8).GetInt64(), Text(f, "sha256")))]);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null.");

    /// <summary>A path that stays below the folder, whoever wrote it.</summary>
    private static bool IsPlace(string path) =>
        path.Length is > 0 and <= PathMax && !path.Contains('\\', StringComparison.Ordinal) && !path.Contains('\0', StringComparison.Ordinal) && path.Split('/').All(part => part is not ("" or "." or ".."));
}
