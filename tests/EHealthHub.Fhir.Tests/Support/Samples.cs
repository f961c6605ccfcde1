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

    public const string Encounter = """
        {"resourceType":"Encounter","id":"e1","identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:uuid:0b5d1a2c-0000-4000-8000-000000000009"}],"status":"in-progress",
        "class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"IMP"},"type":[{"coding":[{"system":"http://snomed.info/sct","code":"183452005"}]}],
        "subject":{"reference":"Patient/zeynep","type":"Patient"},"participant":[{"individual":{"reference":"Practitioner/ayse"},"period":{"start":"2026-11-20"}}],
        "period":{"start":"2026-11-20T08:00:00+03:00"},"length":{"value":4,"unit":"h","system":"http://unitsofmeasure.org","code":"h"},
        "diagnosis":[{"condition":{"reference":"Condition/c1"},"rank":1}],"hospitalization":{"admitSource":{"text":"emergency"}},"serviceProvider":{"reference":"Organization/ankara"}}
        """;

    public const string Condition = """
        {"resourceType":"Condition","id":"c1","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"resolved"}]},
        "verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}]},"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"E11.9"}]},
        "subject":{"reference":"https://ehealthhub.example/fhir/Patient/zeynep"},"onsetAge":{"value":42,"unit":"a","system":"http://unitsofmeasure.org","code":"a"},"abatementDateTime":"2026-10","recordedDate":"2026-11-20","note":[{"text":"Stable.\nSee *letter*."}]}
        """;

    public const string MedicationRequest = """
        {"resourceType":"MedicationRequest","id":"m1","status":"active","intent":"order","_intent":{"id":"i1"},"medicationCodeableConcept":{"coding":[{"system":"http://www.whocc.no/atc","code":"A10BA02"}]},
        "subject":{"identifier":{"system":"urn:oid:2.16.840.1.113883.3.129.1.1.1","value":"12345678950"}},"authoredOn":"2026-11-20T10:00:00Z","requester":{"reference":"PractitionerRole/r1"},
        "dosageInstruction":[{"sequence":1,"asNeededBoolean":false,"timing":{"repeat":{"boundsPeriod":{"start":"2026-11-20","end":"2027-02"},"frequency":2,"period":1,"periodUnit":"d","timeOfDay":["08:00:00","20:00:00"]}},
        "doseAndRate":[{"doseQuantity":{"value":0.50,"unit":"g"}}]}],"dispenseRequest":{"numberOfRepeatsAllowed":0,"quantity":{"value":60},"expectedSupplyDuration":{"value":30,"system":"http://unitsofmeasure.org","code":"d"}}}
        """;

    public const string Document = """
        {"resourceType":"Bundle","id":"d1","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:uuid:0b5d1a2c-0000-4000-8000-00000000000a"},"type":"document","timestamp":"2026-11-20T10:00:00.123456Z",
        "entry":[{"fullUrl":"urn:uuid:0b5d1a2c-0000-4000-8000-00000000000b","resource":{"resourceType":"Composition","status":"final","type":{"text":"Discharge"},"subject":{"reference":"urn:uuid:0b5d1a2c-0000-4000-8000-00000000000c"},
        "date":"2026-11-20","author":[{"reference":"Practitioner/ayse"}],"title":"Epikriz","section":[{"title":"Course","text":{"status":"additional","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Uneventful &amp; short</div>"}}]}},
        {"fullUrl":"urn:uuid:0b5d1a2c-0000-4000-8000-00000000000c","resource":{"resourceType":"Patient","name":[{"text":"Zeynep Kaya"}]}}],
        "signature":{"type":[{"system":"urn:iso-astm:E1762-95:2013","code":"1.2.840.10065.1.12.1.1"}],"when":"2026-11-20T10:00:00Z","who":{"reference":"Practitioner/ayse"},"data":"QUJD"}}
        """;

    /// <summary>Resources that validate as they stand.</summary>
    public static readonly string[] Valid = [Patient, Observation, Encounter, Condition, MedicationRequest, Document];

    public static readonly byte[][] Bodies = [.. new[] { Patient, Observation, Transaction }.Select(Encoding.UTF8.GetBytes)];
}
