using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;

namespace EHealthHub.Records;

/// <summary>A log as it was when the hub was restored.</summary>
/// <param name="Origin">The log.</param>
/// <param name="Size">Entries in the backup.</param>
/// <param name="Seen">Entries that are known to have been seen; more than <paramref name="Size"/> when some were lost.</param>
public sealed record RestoredLog(string Origin, long Size, long Seen);

/// <summary>That a data directory was restored from a backup (<c>DIR/restored.json</c>): the name that its logs bear from then on, and what was known to be lost. The last restoration counts.</summary>
/// <param name="Name"><c>r</c> and eight hexadecimal digits at random, so that two restorations of one backup do not write one log.</param>
/// <param name="Restored">When.</param>
/// <param name="Backup">When the backup was taken.</param>
/// <param name="Logs">The logs that the backup holds or that were seen before.</param>
public sealed record RestoreMark(string Name, DateTimeOffset Restored, DateTimeOffset Backup, ImmutableArray<RestoredLog> Logs)
{
    /// <summary>Name of the file in the data directory.</summary>
    public const string FileName = "restored.json";

    private const int FileBytesMax = 4 * 1024 * 1024;
    private const int NameLength = 9;

    /// <summary>A new mark.</summary>
    public static RestoreMark Create(DateTimeOffset restored, DateTimeOffset backup, ImmutableArray<RestoredLog> logs) =>
        new("r" + RandomNumberGenerator.GetHexString(NameLength - 1, lowercase: true), restored, backup, logs);

    /// <summary>The mark of a data directory; null for one that was never restored. Throws <see cref="InvalidDataException"/> for a damaged file.</summary>
    public static RestoreMark? Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        if (new FileInfo(path).Length > FileBytesMax)
        {
            throw new InvalidDataException($"{FileName} is larger than {FileBytesMax} bytes.");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            var logs = root.GetProperty("logs"u8).EnumerateArray().Select(l => new RestoredLog(l.GetProperty("origin"u8).GetString() ?? "", l.GetProperty("size"u8).GetInt64(), l.GetProperty("seen"u8).GetInt64()));
            var mark = new RestoreMark(root.GetProperty("log"u8).GetString() ?? "", root.GetProperty("restored"u8).GetDateTimeOffset(), root.GetProperty("backup"u8).GetDateTimeOffset(), [.. logs]);
            return IsName(mark.Name) ? mark : throw new InvalidDataException($"{FileName} is damaged: the log's name is not r and eight hexadecimal digits.");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"{FileName} is damaged: {exception.Message}", exception);
        }
    }

    /// <summary>Writes the mark into a directory that has none.</summary>
    public void Write(string folder)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("log"u8, Name);
            json.WriteString("restored"u8, Restored);
            json.WriteString("backup"u8, Backup);
            json.WriteStartArray("logs"u8);
            foreach (var log in Logs)
            {
                json.WriteStartObject();
                json.WriteString("origin"u8, log.Origin);
                json.WriteNumber("size"u8, log.Size);
                json.WriteNumber("seen"u8, log.Seen);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        if (!DurableFile.TryCreate(Path.Combine(folder, FileName), stream.ToArray()))
        {
            throw new IOException($"{folder} has a {FileName} already.");
        }
    }

    private static bool IsName(string name) => name.Length == NameLength && name[0] == 'r' && name.Skip(1).All(char.IsAsciiHexDigitLower);
}
