using System.Globalization;
using System.Runtime.InteropServices;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Patching;

/// <summary>FHIRPath Patch: operations in a Parameters resource (R4, fhirpatch.html).</summary>
public static class FhirPathPatch
{
    /// <summary>
    /// Applies all operations or none. Everything that they do not touch keeps its bytes, numbers their digits. Paths are of the part of FHIRPath that names places (<c>Patient.name.where(use = 'official').given[0]</c>). 400 for a patch that is not understood; 422 for a path that selects nothing or
    /// several where one is meant (but a delete of nothing is fine), for a value of a type that does not fit, and for a change of id; 413 where too much is added. The expression names the operation, <c>Parameters.parameter[3]</c>. The result is read as any resource is, and not yet validated.
    /// </summary>
    public static Result<FhirResource> Apply(FhirResource resource, FhirResource parameters, FhirLimits limits, PatchLimits patchLimits)
    {
        var operations = PatchNode.Of(JsonMarshal.GetRawUtf8Value(parameters.Root).ToArray()).Get("parameter");
        if (parameters.Type != "Parameters" || operations is not { IsArray: true })
        {
            return PatchOutcome.Malformed("patch-operation", "A FHIRPath Patch is a Parameters resource with a parameter for each operation.", "Parameters.parameter");
        }

        if (operations.Items.Count > patchLimits.OperationsMax)
        {
            return PatchOutcome.TooManyOperations(patchLimits);
        }

        var run = new Run(resource, limits, patchLimits);
        for (var i = 0; i < operations.Items.Count; i++)
        {
            if (run.Apply(operations.Items[i], string.Create(CultureInfo.InvariantCulture, $"Parameters.parameter[{i}]")) is { } failure)
            {
                return failure;
            }
        }

        return PatchOutcome.Read(run.Root, resource, limits);
    }

    private sealed class Run
    {
        private readonly string _type;
        private readonly FhirLimits _limits;
        private readonly PatchLimits _patchLimits;
        private readonly PatchSelector _selector;
        private long _size;
        private string _name = "";

        public Run(FhirResource resource, FhirLimits limits, PatchLimits patchLimits)
        {
            var json = JsonMarshal.GetRawUtf8Value(resource.Root).ToArray();
            Root = PatchNode.Of(json);
            _type = resource.Type;
            _size = json.Length;
            _limits = limits;
            _patchLimits = patchLimits;
            _selector = new PatchSelector(Root, SchemaCatalog.Resource(resource.Type), patchLimits);
        }

        public PatchNode Root { get; }

        public Failure? Apply(PatchNode parameter, string name)
        {
            _name = name;
            if (parameter.Get("name")?.Text() != "operation" || parameter.Get("part") is not { IsArray: true } parts)
            {
                return PatchOutcome.Malformed("patch-operation", "Each parameter is named operation and has parts.", name);
            }

            var operation = new PatchOperation(parts);
            if (operation.Type is not ("add" or "insert" or "delete" or "replace" or "move"))
            {
                return PatchOutcome.Malformed("patch-operation", "The type of an operation is add, insert, delete, replace or move.", name);
            }

            if (operation.Path is not { } text || PatchPath.Parse(text, _type, _patchLimits.PathLengthMax) is not { } path)
            {
                return PatchOutcome.Malformed("patch-path", $"The path is missing, longer than {_patchLimits.PathLengthMax} characters, or outside of what a patch may use: names, indexes, first(), last(), where(path = literal), ofType(), as() and extension().", name);
            }

            _size += operation.Value?.ToBytes(_limits.DepthMax)?.Length ?? 0;
            return _size > _limits.BytesMax ? PatchOutcome.TooLarge(_limits, name) : operation.Type switch
            {
                "add" => Add(path, operation),
                "delete" => Delete(path),
                "replace" => Replace(path, operation),
                "insert" => Insert(path, operation),
                _ => Move(path, operation),
            };
        }

        private Failure? Add(PatchPath path, PatchOperation operation)
        {
            if (One(path, out var place) is { } failure)
            {
                return failure;
            }

            var owner = place.OwnChildren(out var type);
            if (owner is null || type is null || operation.Name is not { } element || operation.Value is not { } part || PatchValue.For(type, element, part) is not { } value)
            {
                return Unfit();
            }

            var present = PatchSlot.Present(owner, type, element);
            if (present is not null && !(present.IsArray && ReferenceEquals(present, value.Rule)))
            {
                return Refused("The element is there already and does not repeat; replace it.");
            }

            if (!TryLoad(owner, value.Rule, out var items))
            {
                return TooMuch();
            }

            items.Add((value.Value, value.Companion));
            PatchSlot.Store(owner, value.Rule, items);
            return null;
        }

        private Failure? Insert(PatchPath path, PatchOperation operation)
        {
            if (List(path, out var owner, out var type, out var element) is { } failure)
            {
                return failure;
            }

            if (operation.Value is not { } part || PatchValue.For(type, element, part) is not { } value || !value.Rule.IsArray)
            {
                return Unfit();
            }

            if (!TryLoad(owner, value.Rule, out var items))
            {
                return TooMuch();
            }

            if (operation.Index is not { } index || index > items.Count)
            {
                return Refused($"index is needed, and at most the length of the list, {items.Count}.");
            }

            items.Insert(index, (value.Value, value.Companion));
            PatchSlot.Store(owner, value.Rule, items);
            return null;
        }

        private Failure? Move(PatchPath path, PatchOperation operation)
        {
            if (List(path, out var owner, out var type, out var element) is { } failure)
            {
                return failure;
            }

            var rule = PatchSlot.Present(owner, type, element);
            if (!TryLoad(owner, rule is { IsArray: true } ? rule : null, out var items))
            {
                return TooMuch();
            }

            if (operation.Source is not { } source || operation.Destination is not { } destination || source >= items.Count || destination >= items.Count)
            {
                return Refused($"source and destination are places in the list, which has {items.Count}.");
            }

            var item = items[source];
            items.RemoveAt(source);
            items.Insert(destination, item);
            PatchSlot.Store(owner, rule!, items);
            return null;
        }

        private Failure? Delete(PatchPath path)
        {
            var places = _selector.Select(path);
            if (_selector.Problem is not null || places.Count > 1)
            {
                return Refused(_selector.Problem ?? $"The path selects {places.Count} elements; only one can be deleted.");
            }

            if (places.Count == 0)
            {
                return null;
            }

            if (places[0].Rule is not { } rule)
            {
                return Refused("The resource itself cannot be deleted by a patch.");
            }

            if (!TryLoad(places[0].Owner, rule, out var items))
            {
                return TooMuch();
            }

            items.RemoveAt(places[0].Index);
            PatchSlot.Store(places[0].Owner, rule, items);
            return null;
        }

        private Failure? Replace(PatchPath path, PatchOperation operation)
        {
            if (One(path, out var place) is { } failure)
            {
                return failure;
            }

            if (place.Rule is not { } rule || operation.Value is not { } part || PatchValue.For(place.OwnerType, rule.Element, part) is not { } value)
            {
                return Unfit();
            }

            if (!TryLoad(place.Owner, rule, out var items))
            {
                return TooMuch();
            }

            if (!ReferenceEquals(rule, value.Rule))
            {
                // Another type of a choice: its member goes, and the new one comes.
                items.RemoveAt(place.Index);
                PatchSlot.Store(place.Owner, rule, items);
                PatchSlot.Store(place.Owner, value.Rule, [(value.Value, value.Companion)]);
                return null;
            }

            items[place.Index] = (value.Value, value.Companion);
            PatchSlot.Store(place.Owner, rule, items);
            return null;
        }

        private Failure? One(PatchPath path, out PatchPlace place)
        {
            var places = _selector.Select(path);
            place = places.FirstOrDefault();
            return places.Count == 1 ? null : Refused(_selector.Problem ?? $"The path selects {places.Count} elements; it must be one.");
        }

        /// <summary>The list that a path names, which may be empty as yet.</summary>
        private Failure? List(PatchPath path, out PatchNode owner, out TypeTable type, out string element)
        {
            (owner, type, element) = (Root, SchemaCatalog.Resource(_type), "");
            if (path.Collection is not { } collection)
            {
                return Refused("The path names no list; it ends with the name of one.");
            }

            if (One(collection.Owner, out var place) is { } failure)
            {
                return failure;
            }

            element = collection.Name;
            if (place.OwnChildren(out var found) is not { } node || found is null || !found.Elements.Contains(element))
            {
                return Refused("The path names no list of the element.");
            }

            (owner, type) = (node, found);
            return null;
        }

        /// <summary>The list that changes; false when all lists so far were too long.</summary>
        private bool TryLoad(PatchNode owner, ElementRule? rule, out List<(PatchNode? Value, PatchNode? Companion)> items)
        {
            var isAllowed = rule is null || _selector.TryVisit(PatchSlot.Count(owner, rule));
            items = isAllowed && rule is not null ? PatchSlot.Load(owner, rule) : [];
            return isAllowed;
        }

        private Failure TooMuch() => Refused(_selector.Problem!);

        private Failure Refused(string diagnostics) => PatchOutcome.Refused("patch-target", diagnostics, _name);

        private Failure Unfit() => PatchOutcome.Refused("patch-value", "The value is missing, or its type does not fit the element that it is for.", _name);
    }
}
