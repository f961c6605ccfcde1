using Hl7.Fhir.Model;

namespace EHealthHub.Fhir.Search.Expressions;

/// <summary>Of the types of an open choice such as Extension.value[x] (R4 2.24.0.2), those that a search parameter can compare.</summary>
internal static class OpenTypes
{
    internal static readonly Type[] All =
    [
        typeof(FhirString), typeof(Code), typeof(Id), typeof(Markdown), typeof(FhirUri), typeof(FhirUrl), typeof(Canonical), typeof(Oid), typeof(Uuid),
        typeof(FhirBoolean), typeof(Integer), typeof(PositiveInt), typeof(UnsignedInt), typeof(FhirDecimal), typeof(Date), typeof(FhirDateTime), typeof(Instant),
        typeof(Quantity), typeof(Age), typeof(Count), typeof(Distance), typeof(Duration), typeof(Period), typeof(Timing), typeof(Coding), typeof(CodeableConcept),
        typeof(Identifier), typeof(ContactPoint), typeof(HumanName), typeof(Address), typeof(Money), typeof(Hl7.Fhir.Model.Range), typeof(ResourceReference),
    ];
}
