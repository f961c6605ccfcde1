using System.Collections.Frozen;

namespace EHealthHub.Fhir.Capability;

/// <summary>A parameter of an operation.</summary>
/// <param name="Name">Name.</param>
/// <param name="IsOut">True for one that the answer has.</param>
/// <param name="Min">How often at least.</param>
/// <param name="Max">How often at most, or <c>*</c>.</param>
/// <param name="Type">Type; empty for one that is made of parts.</param>
/// <param name="Parts">Its parts.</param>
internal sealed record OperationParameter(string Name, bool IsOut, int Min, string Max, string Type, IReadOnlyList<OperationParameter> Parts);

/// <summary>
/// The parameters of R4's operations as far as the hub takes and gives them: what is not served is not named. One line an operation, then one a parameter (in or out, how often, type); parts of a parameter stand below it, indented once more.
/// </summary>
internal static class OperationParameters
{
    private const string Table = """
        Resource-meta
         out return 1 1 Meta
        Resource-meta-add
         in meta 1 1 Meta
         out return 1 1 Meta
        Resource-meta-delete
         in meta 1 1 Meta
         out return 1 1 Meta
        Resource-validate
         in resource 0 1 Resource
         in mode 0 1 code
         in profile 0 1 uri
         out return 1 1 OperationOutcome
        Patient-everything
         in start 0 1 date
         in end 0 1 date
         in _since 0 1 instant
         in _type 0 * code
         in _count 0 1 integer
         out return 1 1 Bundle
        Encounter-everything
         in _since 0 1 instant
         in _type 0 * code
         in _count 0 1 integer
         out return 1 1 Bundle
        Observation-lastn
         in max 0 1 positiveInt
         out return 1 1 Bundle
        ValueSet-expand
         in url 0 1 uri
         in valueSet 0 1 ValueSet
         in valueSetVersion 0 1 string
         in filter 0 1 string
         in offset 0 1 integer
         in count 0 1 integer
         in includeDesignations 0 1 boolean
         in designation 0 * string
         in includeDefinition 0 1 boolean
         in activeOnly 0 1 boolean
         in excludeNested 0 1 boolean
         in excludeNotForUI 0 1 boolean
         in excludePostCoordinated 0 1 boolean
         in displayLanguage 0 1 code
         in exclude-system 0 * canonical
         in system-version 0 * canonical
         in check-system-version 0 * canonical
         in force-system-version 0 * canonical
         out return 1 1 ValueSet
        ValueSet-validate-code
         in url 0 1 uri
         in valueSet 0 1 ValueSet
         in valueSetVersion 0 1 string
         in code 0 1 code
         in system 0 1 uri
         in systemVersion 0 1 string
         in display 0 1 string
         in coding 0 1 Coding
         in codeableConcept 0 1 CodeableConcept
         in abstract 0 1 boolean
         in displayLanguage 0 1 code
         out result 1 1 boolean
         out message 0 1 string
         out display 0 1 string
        CodeSystem-validate-code
         in url 0 1 uri
         in codeSystem 0 1 CodeSystem
         in code 0 1 code
         in version 0 1 string
         in display 0 1 string
         in coding 0 1 Coding
         in codeableConcept 0 1 CodeableConcept
         in abstract 0 1 boolean
         in displayLanguage 0 1 code
         out result 1 1 boolean
         out message 0 1 string
         out display 0 1 string
        CodeSystem-lookup
         in code 0 1 code
         in system 0 1 uri
         in version 0 1 string
         in coding 0 1 Coding
         in displayLanguage 0 1 code
         in property 0 * code
         out name 1 1 string
         out version 0 1 string
         out display 1 1 string
         out designation 0 *
          out language 0 1 code
          out use 0 1 Coding
          out value 1 1 string
         out property 0 *
          out code 1 1 code
          out value 0 1 Element
          out description 0 1 string
        CodeSystem-subsumes
         in codeA 0 1 code
         in codeB 0 1 code
         in system 0 1 uri
         in version 0 1 string
         in codingA 0 1 Coding
         in codingB 0 1 Coding
         out outcome 1 1 code
        ConceptMap-translate
         in url 0 1 uri
         in conceptMap 0 1 ConceptMap
         in conceptMapVersion 0 1 string
         in code 0 1 code
         in system 0 1 uri
         in version 0 1 string
         in source 0 1 uri
         in coding 0 1 Coding
         in codeableConcept 0 1 CodeableConcept
         in target 0 1 uri
         in targetsystem 0 1 uri
         in dependency 0 *
          in element 0 1 uri
          in concept 0 1 CodeableConcept
         in reverse 0 1 boolean
         out result 1 1 boolean
         out message 0 1 string
         out match 0 *
          out equivalence 0 1 code
          out concept 0 1 Coding
          out product 0 *
           out element 0 1 uri
           out concept 0 1 Coding
          out source 0 1 uri
        emergency-access
         in status 0 1 code
         out all 1 1
          out count 1 1 integer
          out open 1 1 integer
          out unjustified 1 1 integer
         out clinician 0 *
          out clinician 1 1 string
          out count 1 1 integer
          out open 1 1 integer
          out unjustified 1 1 integer
         out access 0 *
          out case 1 1 string
          out clinician 1 1 string
          out institution 1 1 string
          out purpose 1 1 string
          out reason 1 1 string
          out time 1 1 instant
          out patients 1 1 integer
          out entries 1 1 integer
          out status 1 1 string
        emergency-review
         in case 1 1 string
         in judgement 1 1 code
         in comment 1 1 string
        Patient-access-report
         in _count 0 1 integer
         in _cursor 0 1 string
         in proof 0 1 boolean
         out next 0 1 string
         out proof 0 1 base64Binary
         out return 1 1 Bundle
        Patient-document
         out return 1 1 Bundle
        hub-aggregate
         in by 0 3 string
         out type 1 1 code
         out project 1 1 string
         out minimum 1 1 integer
         out base 1 1 integer
         out cell 0 *
          out patients 1 1 integer
        SearchParameter-status
         out parameter 0 *
          out id 1 1 id
          out url 1 1 uri
          out code 1 1 code
          out status 1 1 code
         out reindexing 1 1
          out generation 1 1 integer
          out status 1 1 code
          out compartments 0 1 integer
          out compartmentsAll 0 1 integer
          out resources 0 1 integer
        Patient-request-erasure
         in reason 0 1 string
         out case 0 *
          out number 1 1 integer
          out kind 1 1 code
          out state 1 1 code
          out patient 0 1 id
          out asked 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out approved 0 *
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out closed 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out executed 0 1
           out by 1 1 string
           out at 1 1 instant
          out versions 0 1 integer
          out envelopes 0 1 string
        Patient-legal-hold
         in reason 0 1 string
         out case 0 *
          out number 1 1 integer
          out kind 1 1 code
          out state 1 1 code
          out patient 0 1 id
          out asked 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out approved 0 *
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out closed 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out executed 0 1
           out by 1 1 string
           out at 1 1 instant
          out versions 0 1 integer
          out envelopes 0 1 string
        hub-erasures
         out case 0 *
          out number 1 1 integer
          out kind 1 1 code
          out state 1 1 code
          out patient 0 1 id
          out asked 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out approved 0 *
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out closed 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out executed 0 1
           out by 1 1 string
           out at 1 1 instant
          out versions 0 1 integer
          out envelopes 0 1 string
        hub-approve-erasure
         in number 1 1 integer
         in reason 0 1 string
         out case 0 *
          out number 1 1 integer
          out kind 1 1 code
          out state 1 1 code
          out patient 0 1 id
          out asked 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out approved 0 *
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out closed 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out executed 0 1
           out by 1 1 string
           out at 1 1 instant
          out versions 0 1 integer
          out envelopes 0 1 string
        hub-refuse-erasure
         in number 1 1 integer
         in reason 0 1 string
         out case 0 *
          out number 1 1 integer
          out kind 1 1 code
          out state 1 1 code
          out patient 0 1 id
          out asked 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out approved 0 *
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out closed 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out executed 0 1
           out by 1 1 string
           out at 1 1 instant
          out versions 0 1 integer
          out envelopes 0 1 string
        hub-execute-erasure
         in number 1 1 integer
         out case 0 *
          out number 1 1 integer
          out kind 1 1 code
          out state 1 1 code
          out patient 0 1 id
          out asked 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out approved 0 *
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out closed 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out executed 0 1
           out by 1 1 string
           out at 1 1 instant
          out versions 0 1 integer
          out envelopes 0 1 string
        hub-lift-legal-hold
         in number 1 1 integer
         in reason 0 1 string
         out case 0 *
          out number 1 1 integer
          out kind 1 1 code
          out state 1 1 code
          out patient 0 1 id
          out asked 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out approved 0 *
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out closed 0 1
           out by 1 1 string
           out at 1 1 instant
           out reason 0 1 string
          out executed 0 1
           out by 1 1 string
           out at 1 1 instant
          out versions 0 1 integer
          out envelopes 0 1 string
        """;

    private static readonly Lazy<FrozenDictionary<string, IReadOnlyList<OperationParameter>>> All = new(Read);

    /// <summary>The parameters of a definition, by the end of its URL; none for one that the table does not know.</summary>
    public static IReadOnlyList<OperationParameter> Of(string id) => All.Value.GetValueOrDefault(id, []);

    private static FrozenDictionary<string, IReadOnlyList<OperationParameter>> Read()
    {
        var all = new Dictionary<string, IReadOnlyList<OperationParameter>>(StringComparer.Ordinal);
        var open = new List<List<OperationParameter>>();
        foreach (var line in Table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var depth = line.Length - line.TrimStart(' ').Length;
            if (depth == 0)
            {
                open = [[]];
                all.Add(line, open[0]);
                continue;
            }

            var fields = line.Trim().Split(' ');
            var parts = new List<OperationParameter>();
            open.RemoveRange(depth, open.Count - depth);
            open[depth - 1].Add(new OperationParameter(fields[1], fields[0] == "out", fields[2][0] - '0', fields[3], fields.Length > 4 ? fields[4] : "", parts));
            open.Add(parts);
        }

        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
