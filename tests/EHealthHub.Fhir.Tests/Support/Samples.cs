using System.Text;

namespace EHealthHub.Fhir.Tests.Support;

/// <summary>Small resources of our own making, valid unless said otherwise.</summary>
internal static class Samples
{
    public const string Patient = """
        {"resourceType":"Patient","id":"zeynep","meta":{"source":"urn:x:1","tag":[{"system":"urn:t","code":"a"}]},
        "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>Zeynep <b>Kaya</b></p></div>"},
        "extension":[{"url":"http://example.org/birth-place","valueAddress":{"city":"İzmir"}}],
        "identifier":[{"use":"official","system":"urn:oid:2.16.840.1.113883.3.129.1.1.1","value":"10000000146"}],"active":true,
        "name":[{"use":"official","family":"Kaya","given":["Zeynep",null],"_given":[null,{"extension":[{"url":"http://example.org/x","valueString":"y"}]}]}],
        "telecom":[{"system":"phone","value":"+90 312 000 00 00","rank":1}],"gender":"female","birthDate":"1984-02-29","deceasedBoolean":false,
        "address":[{"line":["Atatürk Bulvarı 1"],"city":"Ankara","country":"TR","period":{"start":"2020-01-01"}}],
        "generalPractitioner":[{"reference":"Practitioner/ayse"}],"managingOrganization":{"reference":"Organization/ankara","display":"Ankara"}}
        """;

    public const string Observation = """
        {"resourceType":"Observation","id":"glucose","contained":[{"resourceType":"Specimen","id":"s1","subject":{"reference":"Patient/zeynep"}}],
        "status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
        "code":{"coding":[{"system":"http://loinc.org","code":"2339-0","display":"Glucose"}],"text":"Glucose"},
        "subject":{"reference":"Patient/zeynep"},"encounter":{"reference":"Encounter/1"},"effectiveDateTime":"2026-11-20T08:30:00+03:00","issued":"2026-11-20T09:00:00.000+03:00",
        "valueQuantity":{"value":95.50,"unit":"mg/dL","system":"http://unitsofmeasure.org","code":"mg/dL"},"specimen":{"reference":"#s1"},
        "referenceRange":[{"low":{"value":70},"high":{"value":1.10e2}}],"component":[{"code":{"text":"x"},"valueInteger":-7}]}
        """;

    public const string Transaction = """
        {"resourceType":"Bundle","type":"transaction","entry":[
        {"fullUrl":"urn:uuid:0b5d1a2c-0000-4000-8000-000000000001","resource":{"resourceType":"Patient","name":[{"family":"Kaya"}]},"request":{"method":"POST","url":"Patient","ifNoneExist":"identifier=urn:x|1"}},
        {"fullUrl":"urn:uuid:0b5d1a2c-0000-4000-8000-000000000002","resource":{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},
        "subject":{"reference":"urn:uuid:0b5d1a2c-0000-4000-8000-000000000001"},"serviceProvider":{"reference":"Organization?identifier=urn:o%7C9"}},"request":{"method":"POST","url":"Encounter"}},
        {"resource":{"resourceType":"Basic","id":"b","code":{"text":"x"}},"request":{"method":"PUT","url":"Basic/b","ifMatch":"W/\"3\""}},
        {"request":{"method":"DELETE","url":"Basic/c"}},{"request":{"method":"GET","url":"Patient?name=kaya"}}]}
        """;

    public static readonly byte[][] Bodies = [.. new[] { Patient, Observation, Transaction }.Select(Encoding.UTF8.GetBytes)];
}
