using System.Text;
using System.Text.Json;

namespace EHealthHub.Fhir.Reading;

/// <summary>Names a place in accepted JSON. Walks from the start each time: for faults only.</summary>
internal static class JsonPlace
{
    /// <summary>The FHIRPath of the value at <paramref name="offset"/>, after <paramref name="root"/>: for example <c>Bundle.entry[3].resource.subject.reference</c>.</summary>
    public static string Of(string root, ReadOnlySpan<byte> json, int offset)
    {
        var steps = new Stack<(string? Name, int Index)>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read() && reader.TokenStartIndex <= offset)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    steps.Pop();
                    steps.Push((JsonFrame.Printable(reader.ValueSpan), -1));
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    steps.Pop();
                    break;
                default:
                    if (steps.TryPop(out var step))
                    {
                        steps.Push(step.Name is null ? (null, step.Index + 1) : step);
                    }

                    if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    {
                        steps.Push(reader.TokenType == JsonTokenType.StartArray ? (null, -1) : ("", -1));
                    }

                    break;
            }
        }

        var text = new StringBuilder(root);
        foreach (var (name, index) in steps.Reverse())
        {
            _ = name is null ? text.Append('[').Append(index).Append(']') : text.Append('.').Append(name);
        }

        return text.ToString();
    }
}
