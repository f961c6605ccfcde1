using System.Buffers;
using System.Runtime.InteropServices;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;

namespace EHealthHub.Fhir.Patching;

/// <summary>JSON Patch (RFC 6902; R4, 3.1.0.6).</summary>
public static class JsonPatch
{
    /// <summary>
    /// Applies all operations or none. Everything that they do not touch keeps its bytes, numbers their digits. 400 for a patch that is not understood; 422 for a failing test, a pointer to nothing, and a change of resourceType or id; 413 where too much is added. The expression
    /// names the operation, <c>operation[3]</c>. The result is read as any resource is, and not yet validated.
    /// </summary>
    public static Result<FhirResource> Apply(FhirResource resource, ReadOnlyMemory<byte> patch, FhirLimits limits, PatchLimits patchLimits)
    {
        if (FhirReader.ReadPatch(patch, limits, out var minified) is { } failure)
        {
            return failure;
        }

        try
        {
            return Apply(resource, PatchNode.Of(minified.Json).Items, limits, patchLimits);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(minified.Buffer, clearArray: true);
        }
    }

    private static Result<FhirResource> Apply(FhirResource resource, List<PatchNode> operations, FhirLimits limits, PatchLimits patchLimits)
    {
        if (operations.Count > patchLimits.OperationsMax)
        {
            return PatchOutcome.TooManyOperations(patchLimits);
        }

        var run = new Run(JsonMarshal.GetRawUtf8Value(resource.Root).ToArray(), limits, patchLimits);
        for (var i = 0; i < operations.Count; i++)
        {
            if (run.Apply(operations[i], $"operation[{i}]") is { } failure)
            {
                return failure;
            }
        }

        return PatchOutcome.Read(run.Root, resource, limits);
    }

    private sealed class Run(byte[] json, FhirLimits limits, PatchLimits patchLimits)
    {
        /// <summary>How often all tests together may compare a body of the largest size.</summary>
        private const int ComparedMax = 4;

        private long _size = json.Length;
        private long _compared;

        public PatchNode Root { get; private set; } = PatchNode.Of(json);

        public Failure? Apply(PatchNode operation, string name)
        {
            var kind = operation.Get("op")?.Text();
            if (kind is not ("add" or "remove" or "replace" or "move" or "copy" or "test"))
            {
                return PatchOutcome.Malformed("patch-operation", "An operation has an op: add, remove, replace, move, copy or test.", name);
            }

            if (Pointer(operation, "path") is not { } path)
            {
                return PatchOutcome.Malformed("patch-path", $"path is a JSON Pointer of at most {patchLimits.PathLengthMax} characters.", name);
            }

            var value = operation.Get("value");
            if (value is null && kind is "add" or "replace" or "test")
            {
                return PatchOutcome.Malformed("patch-operation", $"{kind} needs a value.", name);
            }

            return kind switch
            {
                "add" => Grow(value!, name) ?? Add(path, value!, name),
                "remove" => Remove(path, name, out _),
                "replace" => Grow(value!, name) ?? Replace(path, value!, name),
                "test" => Test(path, value!, name),
                _ => Transfer(operation, path, isMove: kind == "move", name),
            };
        }

        /// <summary>Counts what comes in: a copy of a copy of everything would double the resource at each step.</summary>
        private Failure? Grow(PatchNode value, string name) => value.ToBytes(limits.DepthMax) is not { } bytes ? PatchOutcome.TooDeep(limits, name)
            : (_size += bytes.Length) > limits.BytesMax ? PatchOutcome.TooLarge(limits, name)
            : null;

        private Failure? Add(string[] path, PatchNode value, string name)
        {
            if (path.Length == 0)
            {
                Root = value;
                return null;
            }

            var owner = JsonPointer.Find(Root, path.AsSpan(..^1));
            if (owner is { IsObject: true })
            {
                owner.Set(path[^1], value);
                return null;
            }

            if (owner is not { IsArray: true })
            {
                return NotFound(name);
            }

            if (path[^1] == "-")
            {
                owner.Items.Add(value);
                return null;
            }

            if (!JsonPointer.TryIndex(path[^1], owner.Items.Count + 1, out var index))
            {
                return NotFound(name);
            }

            owner.Items.Insert(index, value);
            return null;
        }

        private Failure? Remove(string[] path, string name, out PatchNode? removed)
        {
            removed = path.Length == 0 ? null : JsonPointer.Find(Root, path);
            if (removed is null)
            {
                return NotFound(name);
            }

            var owner = JsonPointer.Find(Root, path.AsSpan(..^1))!;
            if (owner.IsObject)
            {
                owner.Remove(path[^1]);
            }
            else if (JsonPointer.TryIndex(path[^1], owner.Items.Count, out var index))
            {
                owner.Items.RemoveAt(index);
            }

            return null;
        }

        private Failure? Replace(string[] path, PatchNode value, string name)
        {
            if (JsonPointer.Find(Root, path) is null)
            {
                return NotFound(name);
            }

            if (path.Length > 0 && JsonPointer.Find(Root, path.AsSpan(..^1)) is { IsArray: true } owner && JsonPointer.TryIndex(path[^1], owner.Items.Count, out var index))
            {
                owner.Items[index] = value;
                return null;
            }

            return Add(path, value, name);
        }

        private Failure? Test(string[] path, PatchNode value, string name)
        {
            if (JsonPointer.Find(Root, path) is not { } found)
            {
                return NotFound(name);
            }

            if (found.ToBytes(limits.DepthMax) is not { } left || value.ToBytes(limits.DepthMax) is not { } right)
            {
                return PatchOutcome.TooDeep(limits, name);
            }

            _compared += left.Length + right.Length;
            return _compared > (long)limits.BytesMax * ComparedMax ? PatchOutcome.Refused("patch-too-many-operations", "The tests compare more than the hub compares in one patch.", name)
                : JsonEquality.AreEqual(left, right) ? null
                : PatchOutcome.Refused("patch-test-failed", "The value is not the one that the test asks for.", name);
        }

        private Failure? Transfer(PatchNode operation, string[] path, bool isMove, string name)
        {
            if (Pointer(operation, "from") is not { } from)
            {
                return PatchOutcome.Malformed("patch-path", $"from is a JSON Pointer of at most {patchLimits.PathLengthMax} characters.", name);
            }

            if (JsonPointer.Find(Root, from) is not { } value)
            {
                return NotFound(name);
            }

            if (!isMove)
            {
                // Of its bytes, so that the two are changed apart from now on.
                if (value.ToBytes(limits.DepthMax) is not { } bytes)
                {
                    return PatchOutcome.TooDeep(limits, name);
                }

                var copy = PatchNode.Of(bytes);
                return Grow(copy, name) ?? Add(path, copy, name);
            }

            if (path.Length > from.Length && path.AsSpan(..from.Length).SequenceEqual(from))
            {
                return PatchOutcome.Refused("patch-target", "A value cannot be moved into itself.", name);
            }

            return path.AsSpan().SequenceEqual(from) ? null : Remove(from, name, out _) ?? Add(path, value, name);
        }

        private string[]? Pointer(PatchNode operation, string member) => operation.Get(member)?.Text() is { } text ? JsonPointer.Parse(text, patchLimits.PathLengthMax) : null;

        private static Failure NotFound(string name) => PatchOutcome.Refused("patch-target", "The pointer leads to nothing in the resource.", name);
    }
}
