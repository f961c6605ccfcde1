namespace EHealthHub.Fhir.Reading.Xml;

/// <summary>The namespaces that may stand in FHIR XML.</summary>
internal static class XmlNamespaces
{
    public const string Fhir = "http://hl7.org/fhir";

    /// <summary>Of <c>xmlns</c> attributes.</summary>
    public const string Declarations = "http://www.w3.org/2000/xmlns/";

    /// <summary>Of <c>xsi:schemaLocation</c>, which is let pass on the root and never looked up.</summary>
    public const string SchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";
}
