using System.Globalization;
using System.Xml.Linq;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Patching;

/// <summary>
/// Evaluates the selectors of RFC 5261 (4.1): steps of names, prefixed as the patch declares, or <c>*</c>, with <c>[2]</c>, <c>[@name='text']</c>, <c>[.='text']</c> and <c>[child='text']</c>; the last step may be <c>@name</c> or <c>text()</c>. In an
/// equality a path of children may lead to an attribute, as FHIR keeps its values there: <c>[f:system/@value='urn:x']</c>. Nothing else of XPath is run.
/// </summary>
internal sealed class XmlPatchSelector(XDocument document, PatchLimits limits)
{
    private const int PredicatesMax = 8;

    private int _visits;

    /// <summary>The one node; 400 for what is no selector, 422 where it leads to none or to several.</summary>
    public Result<XObject> Select(string sel, XElement scope, string place)
    {
        var text = new Cursor(sel.Trim(), scope);
        text.Take('/');
        List<XElement>? found = null;
        do
        {
            if (found is not null && text.Peek == '@')
            {
                return Attribute(found, ref text, place);
            }

            if (found is not null && text.Take("text()"))
            {
                return text.AtEnd ? One(found.SelectMany(e => e.Nodes().OfType<XText>()), place) : Malformed(place);
            }

            if (!text.Name(out var name))
            {
                return Malformed(place);
            }

            var predicates = new List<Predicate>();
            while (text.Peek == '[')
            {
                if (predicates.Count == PredicatesMax || !text.Predicate(out var predicate))
                {
                    return Malformed(place);
                }

                predicates.Add(predicate);
            }

            found = Step(found, name, predicates);
            if (_visits > limits.VisitsMax || found.Count > limits.SelectedMax)
            {
                return Failure.Of(400, "too-costly", "patch-target", "The selectors of the patch look at too many elements.", place);
            }
        }
        while (text.Take('/'));

        return text.AtEnd ? One(found, place) : Malformed(place);
    }

    private static Result<XObject> Attribute(List<XElement> found, ref Cursor text, string place) =>
        text.Take('@') && text.Plain(out var name) && text.AtEnd ? One(found.Select(e => e.Attribute(name)).OfType<XAttribute>().Where(a => !a.IsNamespaceDeclaration), place) : Malformed(place);

    private List<XElement> Step(List<XElement>? parents, XName? name, List<Predicate> predicates)
    {
        var found = new List<XElement>();
        foreach (var children in parents is null ? [[document.Root!]] : parents.Select(p => p.Elements()))
        {
            var here = children.Where(e => ++_visits <= limits.VisitsMax && (name is null || e.Name == name)).ToList();
            foreach (var predicate in predicates)
            {
                here = predicate.Position is { } position ? here.Skip(position - 1).Take(1).ToList() : here.FindAll(e => Holds(e, predicate));
            }

            found.AddRange(here);
        }

        return found;
    }

    private bool Holds(XElement element, Predicate predicate)
    {
        IEnumerable<XElement> at = [element];
        foreach (var name in predicate.Path)
        {
            at = at.SelectMany(e => e.Elements()).Where(e => ++_visits <= limits.VisitsMax && e.Name == name);
        }

        return at.Any(e => (predicate.Attribute is { } attribute ? e.Attribute(attribute)?.Value : Text(e)) == predicate.Value);
    }

    /// <summary>The text below an element, which is counted, since it is put together anew each time.</summary>
    private string Text(XElement element)
    {
        var value = _visits > limits.VisitsMax ? "" : element.Value;
        _visits += value.Length / 16;
        return value;
    }

    private static Result<XObject> One(IEnumerable<XObject> found, string place)
    {
        var two = found.Take(2).ToList();
        return two is [var one] ? one : PatchOutcome.Refused("patch-target", two.Count == 0 ? "The selector leads to nothing." : "The selector leads to more than one node.", place);
    }

    private static Failure Malformed(string place) => PatchOutcome.Malformed("patch-path", "The sel is none of those that RFC 5261 allows.", place);

    /// <summary>A position, or an equality of what a path leads to.</summary>
    private sealed record Predicate(int? Position, List<XName> Path, string? Attribute, string Value);

    /// <summary>Reads a selector from left to right.</summary>
    private struct Cursor(string text, XElement scope)
    {
        private int _at;

        public readonly bool AtEnd => _at == text.Length;

        public readonly char Peek => AtEnd ? '\0' : text[_at];

        public bool Take(char c)
        {
            var there = Peek == c;
            _at += there ? 1 : 0;
            return there;
        }

        public bool Take(string word)
        {
            var there = string.CompareOrdinal(text, _at, word, 0, word.Length) == 0;
            _at += there ? word.Length : 0;
            return there;
        }

        /// <summary>A name, whose prefix the patch declares, or an asterisk (null).</summary>
        public bool Name(out XName? name)
        {
            name = null;
            if (Take('*'))
            {
                return true;
            }

            if (!Plain(out var first))
            {
                return false;
            }

            if (!Take(':'))
            {
                name = scope.GetDefaultNamespace() + first;
                return true;
            }

            if (!Plain(out var local) || scope.GetNamespaceOfPrefix(first) is not { } space)
            {
                return false;
            }

            name = space + local;
            return true;
        }

        public bool Plain(out string name)
        {
            var from = _at;
            while (!AtEnd && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '_' or '-') && (_at > from || char.IsAsciiLetter(text[_at])))
            {
                _at++;
            }

            name = text[from.._at];
            return name.Length > 0;
        }

        public bool Predicate(out Predicate predicate)
        {
            predicate = new Predicate(null, [], null, "");
            if (!Take('['))
            {
                return false;
            }

            var from = _at;
            while (char.IsAsciiDigit(Peek))
            {
                _at++;
            }

            if (_at > from)
            {
                var isPosition = int.TryParse(text.AsSpan(from, _at - from), NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position > 0;
                predicate = predicate with { Position = position };
                return isPosition && Take(']');
            }

            string? attribute = null;
            if (!Take('.'))
            {
                do
                {
                    if (Take('@'))
                    {
                        if (!Plain(out attribute))
                        {
                            return false;
                        }

                        break;
                    }

                    if (!Name(out var name) || name is null)
                    {
                        return false;
                    }

                    predicate.Path.Add(name);
                }
                while (Take('/'));
            }

            var quote = Take('=') ? Peek : '\0';
            if (quote is not ('\'' or '"'))
            {
                return false;
            }

            var end = text.IndexOf(quote, _at + 1);
            if (end < 0)
            {
                return false;
            }

            predicate = predicate with { Attribute = attribute, Value = text[(_at + 1)..end] };
            _at = end + 1;
            return Take(']');
        }
    }
}
