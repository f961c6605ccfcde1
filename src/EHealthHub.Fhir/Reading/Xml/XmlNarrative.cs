using System.Text;
using System.Xml;

namespace EHealthHub.Fhir.Reading.Xml;

/// <summary>Writes the div of a narrative as R4 has it in JSON: one string of XHTML in the default namespace. Whether its elements are allowed is for the validator to say.</summary>
internal static class XmlNarrative
{
    public const string Namespace = "http://www.w3.org/1999/xhtml";
    private const string XmlPrefix = "xml";

    /// <summary>Writes the string, from the div that the reader stands on to its end. Null when all is well, else what is not, where the reader stands.</summary>
    public static (string Code, string Text)? Write(XmlReader xml, XmlText text, PooledBuffer json)
    {
        var outer = xml.Depth;
        json.Add((byte)'"');
        do
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Element:
                    if (Element(xml, text, json, isDiv: xml.Depth == outer) is { } problem)
                    {
                        return problem;
                    }

                    if (xml.Depth == outer && xml.IsEmptyElement)
                    {
                        json.Add((byte)'"');
                        return null;
                    }

                    break;
                case XmlNodeType.EndElement:
                    json.Add("</"u8);
                    Name(json, xml.LocalName);
                    json.Add((byte)'>');
                    if (xml.Depth == outer)
                    {
                        json.Add((byte)'"');
                        return null;
                    }

                    break;
                case XmlNodeType.EntityReference:
                    return ("xml-malformed", "An entity is used that XML does not define.");
                default:
                    text.Xhtml(json, isAttribute: false);
                    break;
            }
        }
        while (xml.Read());

        return ("xml-malformed", "The narrative is not closed.");
    }

    private static (string Code, string Text)? Element(XmlReader xml, XmlText text, PooledBuffer json, bool isDiv)
    {
        if (xml.NamespaceURI != Namespace)
        {
            return ("xml-namespace", $"The narrative has an element outside the namespace {Namespace}.");
        }

        var isEmpty = xml.IsEmptyElement;
        json.Add((byte)'<');
        Name(json, xml.LocalName);
        if (isDiv)
        {
            json.Add(" xmlns=\\\"http://www.w3.org/1999/xhtml\\\""u8);
        }

        for (var any = xml.MoveToFirstAttribute(); any; any = xml.MoveToNextAttribute())
        {
            if (xml.NamespaceURI == XmlNamespaces.Declarations)
            {
                continue;
            }

            if (xml.NamespaceURI.Length > 0 && xml.Prefix != XmlPrefix)
            {
                return ("xml-namespace", "The narrative has an attribute of another namespace.");
            }

            json.Add((byte)' ');
            Name(json, xml.Prefix == XmlPrefix ? "xml:" + xml.LocalName : xml.LocalName);
            json.Add("=\\\""u8);
            text.Xhtml(json, isAttribute: true);
            json.Add("\\\""u8);
        }

        xml.MoveToElement();
        json.Add(isEmpty ? "/>"u8 : ">"u8);
        return null;
    }

    private static void Name(PooledBuffer json, string name) => json.Advance(Encoding.UTF8.GetBytes(name, json.GetSpan(name.Length * 3)));
}
