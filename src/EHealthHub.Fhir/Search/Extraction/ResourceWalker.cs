using System.Runtime.InteropServices;
using System.Text.Json;

namespace EHealthHub.Fhir.Search.Extraction;

/// <summary>Walks a resource along an <see cref="ExtractionPlan"/>: each member once, whole branches that no parameter needs not at all.</summary>
internal static class ResourceWalker
{
    internal static void Walk(PathNode node, JsonElement element, FactSink sink)
    {
        foreach (ref readonly var emitter in node.Emitters.AsSpan())
        {
            ValueReader.Read(sink, emitter, element);
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (ref readonly var composite in node.Composites.AsSpan())
        {
            Repetition(composite, element, sink);
        }

        foreach (ref readonly var condition in node.Conditions.AsSpan())
        {
            if (element.TryGetProperty(condition.Member, out var member) && member.ValueKind == JsonValueKind.String && member.ValueEquals(condition.Literal))
            {
                Walk(condition.Node, element, sink);
            }
        }

        if (node.Edges.Length > 0)
        {
            WalkMembers(node, element, sink);
        }
    }

    // A repetition counts when every component has a value, and is kept whole or not at all.
    private static void Repetition(in CompositeEmitter composite, JsonElement element, FactSink sink)
    {
        sink.BeginRepetition(composite.Name);
        foreach (ref readonly var part in composite.Parts.AsSpan())
        {
            var before = sink.Count;
            Walk(part.Node, part.FromResource ? sink.Resource : element, sink);
            if (sink.Count == before)
            {
                sink.EndRepetition(false);
                return;
            }
        }

        sink.EndRepetition(true);
    }

    private static void WalkMembers(PathNode node, JsonElement element, FactSink sink)
    {
        foreach (var member in element.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(member);
            foreach (ref readonly var edge in node.Edges.AsSpan())
            {
                if (JsonText.NameIs(member, name, edge.Name))
                {
                    WalkValue(edge, member.Value, sink);
                }
            }
        }
    }

    private static void WalkValue(in PathEdge edge, JsonElement value, FactSink sink)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            Walk(edge.Node, value, sink);
            return;
        }

        foreach (var item in value.EnumerateArray())
        {
            Walk(edge.Node, item, sink);
            if (edge.FirstOnly)
            {
                return;
            }
        }
    }
}
