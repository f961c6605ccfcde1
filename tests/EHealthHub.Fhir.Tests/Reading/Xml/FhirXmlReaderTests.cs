using System.Text;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Tests.Support;

namespace EHealthHub.Fhir.Tests.Reading.Xml;

public class FhirXmlReaderTests
{
    private const string Ns = "xmlns=\"http://hl7.org/fhir\"";
    private const string Div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";

    [Fact]
    public void A_patient_becomes_minified_json() => Assert.Equal(
        """{"resourceType":"Patient","id":"p","active":true,"name":[{"family":"Kaya","given":["Zeynep","Ece"]}],"multipleBirthInteger":2}""",
        Support.Xml.Json($"""<?xml version="1.0" encoding="UTF-8"?><!-- x --><Patient {Ns}><id value="p"/> <active value="true"/><name><family value="Kaya"/><?pi x?><given value="Zeynep"/><given value="Ece"></given></name><multipleBirthInteger value="2"/></Patient>"""));

    [Fact]
    public void Ids_and_extensions_of_primitives_become_companions() => Assert.Equal(
        """{"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"extension":[{"url":"u","valueCode":"x","_valueCode":{"id":"i"}}]},{"id":"c"}]}],"birthDate":"1984-02-29","_birthDate":{"id":"b"}}""",
        Support.Xml.Json($"""<Patient {Ns}><name><given value="A"/><given><extension url="u"><valueCode id="i" value="x"/></extension></given><given id="c" value="C"/></name><birthDate id="b" value="1984-02-29"/></Patient>"""));

    [Fact]
    public void A_list_of_primitives_without_any_value_has_only_its_companions() => Assert.Equal(
        """{"resourceType":"Patient","name":[{"family":"K","_given":[{"id":"a"},{"id":"b"}],"suffix":["x"]}]}""",
        Support.Xml.Json($"""<Patient {Ns}><name><family value="K"/><given id="a"/><given id="b"/><suffix value="x"/></name></Patient>"""));

    [Theory]
    [InlineData("0.010")]
    [InlineData("185.0000")]
    [InlineData("1.0e-5")]
    [InlineData("-7")]
    [InlineData("12345678901234567890.123456789")]
    public void A_decimal_keeps_its_digits(string digits) =>
        Assert.Contains($"\"value\":{digits}}}", Support.Xml.Json($"""<Observation {Ns}><valueQuantity><value value="{digits}"/></valueQuantity></Observation>"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("NaN")]
    [InlineData("")]
    [InlineData("1,\"x\":2")]
    public void What_is_no_number_is_refused_where_it_stands(string digits) =>
        Refused($"""<Observation {Ns}><valueQuantity><value value="{digits.Replace("\"", "&quot;", StringComparison.Ordinal)}"/></valueQuantity></Observation>""", "primitive-format", "Observation.value.value");

    [Fact]
    public void Characters_arrive_as_they_were_meant() => Assert.Equal(
        "{\"resourceType\":\"Patient\",\"name\":[{\"text\":\"a\\\"b\\\\c<&>\\n\\t\\r ğ 😀 ' d\"}]}",
        Support.Xml.Json($"<Patient {Ns}><name><text value=\"a&quot;b\\c&lt;&amp;&gt;&#10;&#x9;&#13; ğ &#x1F600; ' d\"/></name></Patient>"));

    [Fact]
    public void A_character_of_two_halves_survives_the_edge_of_a_chunk()
    {
        for (var length = 4_090; length < 4_100; length++)
        {
            var text = new string('x', length) + "😀" + new string('y', 5_000);
            Assert.Equal($$"""{"resourceType":"Patient","name":[{"text":"{{text}}"}]}""", Support.Xml.Json($"<Patient {Ns}><name><text value='{text}'/></name></Patient>"));
        }
    }

    [Fact]
    public void A_narrative_becomes_one_string() => Assert.Equal(
        "{\"resourceType\":\"Patient\",\"text\":{\"status\":\"generated\",\"div\":\"<div xmlns=\\\"http://www.w3.org/1999/xhtml\\\" lang=\\\"tr\\\"> <p class=\\\"a&quot;&lt;\\\">x &lt; y <b>\\\"z\\\"</b> <i>q</i><br/></p>\\n\u00A0</div>\"}}",
        Support.Xml.Json($"<Patient {Ns}><text><status value='generated'/><h:div xmlns:h='http://www.w3.org/1999/xhtml' lang='tr'> <h:p class='a&quot;&lt;'>x &lt; y <h:b><![CDATA[\"z\"]]></h:b> <h:i>q</h:i><!-- c --><h:br/></h:p>\r\n&#160;</h:div></text></Patient>"));

    [Fact]
    public void Resources_stand_inside_resources() => Assert.Equal(
        """{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Observation","contained":[{"resourceType":"Patient","id":"a"},{"resourceType":"Specimen"}]}},{"resource":{"resourceType":"Parameters","parameter":[{"name":"x","resource":{"resourceType":"Basic"}}]}}]}""",
        Support.Xml.Json($"""<f:Bundle xmlns:f="http://hl7.org/fhir"><f:type value="collection"/><f:entry><f:fullUrl value="urn:uuid:1"/><f:resource><Observation {Ns}><contained><Patient><id value="a"/></Patient></contained><contained><Specimen/></contained></Observation></f:resource></f:entry><f:entry><f:resource><f:Parameters><f:parameter><f:name value="x"/><f:resource><f:Basic/></f:resource></f:parameter></f:Parameters></f:resource></f:entry></f:Bundle>"""));

    [Fact]
    public void A_schema_location_is_let_pass_and_never_looked_up() => Assert.Equal(
        """{"resourceType":"Patient"}""",
        Support.Xml.Json($"""<Patient {Ns} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://hl7.org/fhir http://127.0.0.1:1/patient.xsd"/>"""));

    public static TheoryData<string, string, string?> Bad => new()
    {
        { "", "body-empty", null },
        { "   ", "xml-malformed", null },
        { "{\"resourceType\":\"Patient\"}", "xml-malformed", null },
        { "<Patient/>", "xml-namespace", null },
        { "<Patient xmlns='urn:x'/>", "xml-namespace", null },
        { $"<Nobody {Ns}/>", "resource-type-unknown", null },
        { $"<Patient {Ns}><x/></Patient>", "element-unknown", "Patient.x" },
        { $"<Patient {Ns}><_birthDate/></Patient>", "element-unknown", "Patient._birthDate" },
        { $"<Patient {Ns}><resourceType value='Patient'/></Patient>", "element-unknown", "Patient.resourceType" },
        { $"<Patient {Ns}><name><id value='1'/></name></Patient>", "element-unknown", "Patient.name[0].id" },
        { $"<Patient {Ns}><active xmlns='urn:x' value='true'/></Patient>", "xml-namespace", "Patient.active" },
        { $"<Patient {Ns} id='1'/>", "xml-attribute", "Patient" },
        { $"<Patient {Ns}><name x='1'/></Patient>", "xml-attribute", "Patient.name[0]" },
        { $"<Patient {Ns}><active value='true' x='1'/></Patient>", "xml-attribute", "Patient.active" },
        { $"<Patient {Ns}><active xmlns:q='urn:q' q:value='true'/></Patient>", "xml-attribute", "Patient.active" },
        { $"<Patient {Ns}><id id='1' value='1'/></Patient>", "xml-attribute", "Patient.id" },
        { $"<Patient {Ns}><id value='1'><extension url='u'/></id></Patient>", "element-unknown", "Patient.id.extension" },
        { $"<Patient {Ns}><active value='yes'/></Patient>", "primitive-format", "Patient.active" },
        { $"<Patient {Ns}><active/></Patient>", "element-empty", "Patient.active" },
        { $"<Patient {Ns}><active> </active></Patient>", "element-empty", "Patient.active" },
        { $"<Patient {Ns}><name/></Patient>", "element-empty", "Patient.name[0]" },
        { $"<Patient {Ns}><active value='true'>true</active></Patient>", "xml-text", "Patient.active" },
        { $"<Patient {Ns}>x<active value='true'/></Patient>", "xml-text", "Patient" },
        { $"<Patient {Ns}><![CDATA[x]]></Patient>", "xml-text", "Patient" },
        { $"<Patient {Ns}><name><given value='a'/><family value='b'/></name></Patient>", "xml-order", "Patient.name[0].family" },
        { $"<Patient {Ns}><name><given value='a'/><prefix value='b'/><given value='c'/></name></Patient>", "xml-order", "Patient.name[0].given" },
        { $"<Patient {Ns}><active value='true'/><active value='true'/></Patient>", "element-is-array", "Patient.active" },
        { $"<Patient {Ns}><deceasedBoolean value='true'/><deceasedDateTime value='2026'/></Patient>", "choice-twice", "Patient.deceased" },
        { $"<Patient {Ns}><contained/></Patient>", "xml-resource", "Patient.contained[0]" },
        { $"<Patient {Ns}><contained><Patient/><Patient/></contained></Patient>", "xml-resource", "Patient.contained[0]" },
        { $"<Patient {Ns}><contained id='x'><Patient/></contained></Patient>", "xml-attribute", "Patient.contained[0]" },
        { $"<Patient {Ns}><text><status value='generated'/><div>x</div></text></Patient>", "xml-namespace", "Patient.text.div" },
        { $"<Patient {Ns}><text><status value='generated'/>{Div}<x xmlns='urn:x'/></div></text></Patient>", "xml-namespace", "Patient.text.div" },
        { $"<Patient {Ns}><text><status value='generated'/>{Div}&nbsp;</div></text></Patient>", "xml-malformed", "Patient.text.div" },
        { $"<!DOCTYPE x [<!ENTITY a 'b'>]><Patient {Ns}/>", "xml-dtd", null },
        { $"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><Patient {Ns}/>", "xml-dtd", null },
        { $"<Patient {Ns}><!ENTITY x 'y'></Patient>", "xml-dtd", null },
        { $"<?xml version='1.0' encoding='ISO-8859-1'?><Patient {Ns}/>", "xml-encoding", null },
        { $"<?xml version='1.1'?><Patient {Ns}/>", "xml-malformed", null },
        { $"<Patient {Ns}><name><text value='&#0;'/></name></Patient>", "xml-malformed", "Patient.name[0]" },
        { $"<Patient {Ns}><name><text value='&#xD800;'/></name></Patient>", "xml-malformed", "Patient.name[0]" },
        { $"<Patient {Ns}><name><text value='&bomb;'/></name></Patient>", "xml-malformed", "Patient.name[0]" },
        { $"<Patient {Ns}><active value='true' value='true'/></Patient>", "xml-malformed", "Patient" },
        { $"<Patient {Ns}><active value='true'></Patient>", "xml-malformed", "Patient.active" },
        { $"<Patient {Ns}/><Patient {Ns}/>", "xml-malformed", "Patient" },
        { $"<Patient {Ns}/>x", "xml-malformed", "Patient" },
        { $"<Patient {Ns} {string.Join(' ', Enumerable.Range(0, 100).Select(i => $"a{i}=''"))}/>", "xml-too-many-attributes", null },
        { $"<Patient {Ns}><{new string('x', 10_000)}/></Patient>", "xml-too-many-attributes", null },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Bad_xml_is_refused_by_name(string xml, string code, string? expression) => Refused(xml, code, expression);

    [Fact]
    public void An_issue_tells_line_and_column_and_has_a_text_in_both_languages()
    {
        var issue = Support.Xml.Failure($"<Patient {Ns}>\n  <name>\n    <wrong value='secret'/>\n  </name>\n</Patient>").Issues[0];
        Assert.Contains("(line 3, column 6)", issue.Diagnostics, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", issue.Diagnostics, StringComparison.Ordinal);
        Assert.Equal("Bir öge bu tür için tanımlı değil.", OutcomeTexts.For(issue, "tr"));
        Assert.All(Bad, row => Assert.Contains((string)row[1]!, OutcomeTexts.Codes));
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        var extension = string.Concat(Enumerable.Repeat("<extension url='u'>", 10_000));
        Refused($"<Patient {Ns}>{extension}", "xml-too-deep", null);
        Refused($"<Patient {Ns}>{string.Concat(Enumerable.Repeat("<extension url='u'>", 60))}<valueCode value='x'/>{string.Concat(Enumerable.Repeat("</extension>", 60))}</Patient>", "xml-too-deep", "Patient" + string.Concat(Enumerable.Repeat(".extension[0]", 32)));
        Refused($"<Patient {Ns}><text><status value='generated'/>{Div}{string.Concat(Enumerable.Repeat("<b>", 10_000))}", "xml-too-deep", null);
    }

    [Fact]
    public void A_long_value_is_read_and_a_longer_body_refused()
    {
        var text = new string('ş', 5_000_000);
        Assert.Contains(text, Support.Xml.Json($"<Patient {Ns}><name><text value='{text}'/></name></Patient>"), StringComparison.Ordinal);
        Assert.Equal(413, Support.Xml.Failure($"<Patient {Ns}><name><text value='{text}'/></name></Patient>", new FhirLimits { BytesMax = 1_000_000 }).Status);
        Assert.Equal(413, Support.Xml.Failure($"<Patient {Ns}><name><text value='{new string('\\', 900_000)}'/></name></Patient>", new FhirLimits { BytesMax = 1_000_000 }).Status);
    }

    [Fact]
    public void Whitespace_between_elements_may_be_of_any_length()
    {
        var space = string.Concat(Enumerable.Repeat(" \n\t\r", 500_000));
        Assert.Equal("""{"resourceType":"Patient","active":true}""", Support.Xml.Json($"{space}<Patient {Ns}>{space}<active value='true'/>{space}</Patient>{space}"));
        Refused($"<Patient {Ns}>{space}x<active value='true'/></Patient>", "xml-text", "Patient");
    }

    [Fact]
    public void Other_encodings_than_utf8_are_refused()
    {
        Assert.False(FhirXmlReader_Read(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes($"<Patient {Ns}/>")).ToArray(), out var code));
        Assert.Equal("json-invalid-utf8", code);
        Assert.True(FhirXmlReader_Read([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($"<Patient {Ns}/>")], out _));
    }

    private static bool FhirXmlReader_Read(byte[] body, out string? code)
    {
        var ok = EHealthHub.Fhir.Reading.Xml.FhirXmlReader.Read(body, Read.Limits).Try(out var resource, out var failure);
        resource?.Dispose();
        code = failure?.Issues[0].Code;
        return ok;
    }

    private static void Refused(string xml, string code, string? expression)
    {
        var failure = Support.Xml.Failure(xml);
        Assert.Equal(400, failure.Status);
        Assert.Equal(code, failure.Issues[0].Code);
        Assert.Equal(expression, failure.Issues[0].Expression);
    }
}
