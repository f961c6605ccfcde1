using EHealthHub.Fhir.Search.Extraction;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;

namespace EHealthHub.Fhir.Search.Expressions;

/// <summary>Which element types carry values of which parameter types (R4 3.1.1.4.5 to 3.1.1.4.13).</summary>
internal static class Shapes
{
    /// <summary>How the element is read, or null where R4 gives no meaning to that pair (a date parameter over a string).</summary>
    internal static ValueShape? Of(ClassMapping mapping, FactKind kind)
    {
        ValueShape? shape = mapping.IsResource ? ValueShape.Resource : mapping.NativeType == typeof(Location.PositionComponent) ? ValueShape.Position : mapping.Name switch
        {
            "code" or "id" or "string" or "markdown" or "uri" or "url" or "canonical" or "oid" or "uuid" => ValueShape.Text,
            "boolean" => ValueShape.Boolean,
            "integer" or "positiveInt" or "unsignedInt" or "decimal" => ValueShape.Number,
            "date" or "dateTime" or "instant" => ValueShape.DateTime,
            "Quantity" or "Age" or "Count" or "Distance" or "Duration" => ValueShape.Quantity,
            "Period" => ValueShape.Period,
            "Timing" => ValueShape.Timing,
            "Coding" => ValueShape.Coding,
            "CodeableConcept" => ValueShape.CodeableConcept,
            "Identifier" => ValueShape.Identifier,
            "ContactPoint" => ValueShape.ContactPoint,
            "HumanName" => ValueShape.HumanName,
            "Address" => ValueShape.Address,
            "Money" => ValueShape.Money,
            "Range" => ValueShape.Range,
            "Reference" => ValueShape.Reference,
            _ => null,
        };
        return shape is { } known && Takes(kind, known) ? shape : null;
    }

    private static bool Takes(FactKind kind, ValueShape shape) => kind switch
    {
        FactKind.Token => shape is ValueShape.Text or ValueShape.Boolean or ValueShape.Coding or ValueShape.CodeableConcept or ValueShape.Identifier or ValueShape.ContactPoint,
        FactKind.String => shape is ValueShape.Text or ValueShape.HumanName or ValueShape.Address,
        FactKind.Date => shape is ValueShape.DateTime or ValueShape.Period or ValueShape.Timing,
        FactKind.Number => shape is ValueShape.Number or ValueShape.Range or ValueShape.Position,
        FactKind.Quantity => shape is ValueShape.Quantity or ValueShape.Money or ValueShape.Range,
        FactKind.Reference => shape is ValueShape.Reference or ValueShape.Text or ValueShape.Resource,
        FactKind.Uri => shape is ValueShape.Text,
        _ => false,
    };
}
