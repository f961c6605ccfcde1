namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>Small resources that tests post. Written compactly, so that what comes back can be compared byte for byte.</summary>
internal static class Samples
{
    public const string NationalIdSystem = "urn:oid:2.16.840.1.113883.3.129.1.1.1";

    public static string Patient(string family, string? nationalId = null)
    {
        var identifier = nationalId is null ? "" : "\"identifier\":[{\"system\":\"" + NationalIdSystem + "\",\"value\":\"" + nationalId + "\"}],";
        return $$$"""{"resourceType":"Patient",{{{identifier}}}"active":true,"name":[{"family":"{{{family}}}","given":["Zeynep"]}],"gender":"female","birthDate":"1984-05-06"}""";
    }

    public static string Encounter(string patient, string status) =>
        $$$"""{"resourceType":"Encounter","status":"{{{status}}}","class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"AMB"},"subject":{"reference":"{{{patient}}}"},"period":{"start":"2026-11-20T09:00:00+03:00"}}""";

    public static string Observation(string patient, string code = "8867-4", string value = "72.50", string date = "2026-11-20T09:15:00+03:00", string category = "vital-signs") =>
        $$$"""{"resourceType":"Observation","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"{{{category}}}"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"{{{code}}}"}]},"subject":{"reference":"{{{patient}}}"},"effectiveDateTime":"{{{date}}}","valueQuantity":{"value":{{{value}}},"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}}""";

    public static string Bundle(string type, params string[] entries) => $$$"""{"resourceType":"Bundle","type":"{{{type}}}","entry":[{{{string.Join(',', entries)}}}]}""";

    public static string Entry(string fullUrl, string resource, string method, string url, string more = "") =>
        $$$"""{"fullUrl":"{{{fullUrl}}}","resource":{{{resource}}},"request":{"method":"{{{method}}}","url":"{{{url}}}"{{{more}}}}}""";

    /// <summary>A stored resource without what the server sets, for byte-for-byte comparison with what was posted.</summary>
    public static string WithoutServerMembers(string stored)
    {
        var text = System.Text.RegularExpressions.Regex.Replace(stored, "\"id\":\"[^\"]*\",", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5));
        return System.Text.RegularExpressions.Regex.Replace(text, "\"meta\":\\{[^}]*\\},", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5));
    }
}
