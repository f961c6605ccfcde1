using System.Text;

namespace EHealthHub.Fhir.Reading;

/// <summary>One open object or array while reading, and where in the output its latest member's name stands: enough to name a place when something is wrong.</summary>
internal struct JsonFrame
{
    private const int NameCharactersMax = 64;

    public bool IsArray;

    /// <summary>Members or items begun.</summary>
    public int Count;

    /// <summary>First of this object's names on the stack of names.</summary>
    public int NamesFrom;

    /// <summary>Offset of the latest name in the output, without its quote.</summary>
    public int NameStart;

    public int NameLength;

    /// <summary>A FHIRPath of the latest place, for example <c>Patient.name[1].given[0]</c>. Null where nothing was read.</summary>
    public static string? Expression(string? type, ReadOnlySpan<byte> output, ReadOnlySpan<JsonFrame> frames)
    {
        if (frames.IsEmpty || frames[0].Count == 0)
        {
            return type;
        }

        var text = new StringBuilder(type ?? "Resource");
        foreach (ref readonly var frame in frames)
        {
            if (frame.Count == 0)
            {
                break;
            }

            if (frame.IsArray)
            {
                text.Append('[').Append(frame.Count - 1).Append(']');
            }
            else
            {
                text.Append('.').Append(Printable(output.Slice(frame.NameStart, frame.NameLength)));
            }
        }

        return text.ToString();
    }

    /// <summary>A name of a caller's making, cut short and without anything but letters, digits and a few signs.</summary>
    public static string Printable(ReadOnlySpan<byte> name)
    {
        var shown = name.Length > NameCharactersMax ? name[..NameCharactersMax] : name;
        var text = new StringBuilder(shown.Length);
        foreach (var b in shown)
        {
            text.Append(char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'-' or (byte)'.' or (byte)':' ? (char)b : '?');
        }

        return text.ToString();
    }
}
