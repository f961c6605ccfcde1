using System.Xml.Linq;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Patching;

/// <summary>The operations of an XML Patch on one document (RFC 5261 4.3 to 4.5). The elements of the patch are moved into the document, not copied.</summary>
internal sealed class XmlPatchRun(XDocument document, PatchLimits limits)
{
    private readonly XmlPatchSelector _selector = new(document, limits);

    public Failure? Apply(XElement operation, string place)
    {
        if (operation.Attribute("sel")?.Value is not { Length: > 0 } sel || sel.Length > limits.PathLengthMax)
        {
            return PatchOutcome.Malformed("patch-path", $"An operation has a sel of at most {limits.PathLengthMax} characters.", place);
        }

        if (!_selector.Select(sel, operation, place).Try(out var target, out var failure))
        {
            return failure;
        }

        return operation.Name.LocalName switch
        {
            "add" => Add(operation, target, place),
            "replace" => Replace(operation, target, place),
            "remove" => Remove(operation, target, place),
            _ => PatchOutcome.Malformed("patch-operation", "An operation is one of add, replace and remove.", place),
        };
    }

    private static Failure? Add(XElement operation, XObject target, string place)
    {
        if (target is not XElement element)
        {
            return PatchOutcome.Malformed("patch-path", "Something is added to an element, or beside one.", place);
        }

        var (type, pos) = (operation.Attribute("type")?.Value, operation.Attribute("pos")?.Value);
        if (type is not null)
        {
            return type.StartsWith('@') && pos is null ? AddAttribute(operation, element, type[1..], place)
                : PatchOutcome.Malformed("patch-operation", "Beside elements only attributes can be added (type=\"@name\"), without a pos.", place);
        }

        var content = Content(operation);
        if (content.Count == 0)
        {
            return PatchOutcome.Malformed("patch-value", "There is nothing to add.", place);
        }

        if (pos is "before" or "after" && element.Parent is null)
        {
            return PatchOutcome.Refused("patch-target", "Nothing can stand beside the resource.", place);
        }

        switch (pos)
        {
            case null:
                element.Add(content);
                return null;
            case "prepend":
                element.AddFirst(content);
                return null;
            case "before":
                element.AddBeforeSelf(content);
                return null;
            case "after":
                element.AddAfterSelf(content);
                return null;
            default:
                return PatchOutcome.Malformed("patch-operation", "pos is one of prepend, before and after.", place);
        }
    }

    private static Failure? AddAttribute(XElement operation, XElement element, string name, string place)
    {
        if (operation.HasElements || !IsName(name))
        {
            return PatchOutcome.Malformed("patch-value", "An attribute has a name without a prefix, and a text.", place);
        }

        if (element.Attribute(name) is not null)
        {
            return PatchOutcome.Refused("patch-target", "The attribute is there already.", place);
        }

        element.SetAttributeValue(name, operation.Value);
        return null;
    }

    private static Failure? Replace(XElement operation, XObject target, string place)
    {
        switch (target)
        {
            case XAttribute attribute when !operation.HasElements:
                attribute.Value = operation.Value;
                return null;
            case XText text when !operation.HasElements:
                text.Value = operation.Value;
                return null;
            case XElement element when Content(operation) is [XElement replacement]:
                element.ReplaceWith(replacement);
                return null;
            default:
                return PatchOutcome.Malformed("patch-value", "An element is replaced by one element, an attribute or a text by a text.", place);
        }
    }

    private static Failure? Remove(XElement operation, XObject target, string place)
    {
        if (Content(operation).Count > 0)
        {
            return PatchOutcome.Malformed("patch-value", "A remove brings nothing.", place);
        }

        switch (target)
        {
            case XAttribute attribute:
                attribute.Remove();
                return null;
            case XElement { Parent: null }:
                return PatchOutcome.Refused("patch-target", "The resource itself cannot be removed.", place);
            default:
                ((XNode)target).Remove();
                return null;
        }
    }

    /// <summary>What an operation brings, taken out of it; white space around elements is nobody's.</summary>
    private static List<XNode> Content(XElement operation)
    {
        var nodes = operation.Nodes().Where(n => n is not XText text || !operation.HasElements || !string.IsNullOrWhiteSpace(text.Value)).ToList();
        if (nodes.TrueForAll(n => n is XText text && string.IsNullOrWhiteSpace(text.Value)))
        {
            return [];
        }

        nodes.ForEach(n => n.Remove());
        return nodes;
    }

    private static bool IsName(string name) => name.Length is > 0 and <= 64 && char.IsAsciiLetter(name[0]) && name != "xmlns" && name.All(char.IsAsciiLetterOrDigit);
}
