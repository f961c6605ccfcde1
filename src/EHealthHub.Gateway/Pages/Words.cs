using System.Globalization;

namespace EHealthHub.Gateway.Pages;

/// <summary>The language of a page: each text stands in both where it is used, so that neither is forgotten.</summary>
internal sealed class Words(bool turkish)
{
    /// <summary>For the code that <see cref="Language"/> gives.</summary>
    public static Words Of(string language) => new(language == "tr");

    /// <summary><c>tr</c> or <c>en</c>.</summary>
    public string Language => turkish ? "tr" : "en";

    /// <summary>The other one.</summary>
    public string Other => turkish ? "en" : "tr";

    public string Say(string tr, string en) => turkish ? tr : en;

    /// <summary>A moment, to the minute, in UTC.</summary>
    public string Moment(DateTimeOffset time) =>
        time.UtcDateTime.ToString(turkish ? "dd.MM.yyyy HH:mm 'UTC'" : "yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A date or moment of FHIR as it is written, in its own offset: a year, a month, a day, or to the minute.</summary>
    public string Written(string fhir)
    {
        var day = fhir.Length > 10 ? fhir[..10] : fhir;
        var time = fhir.Length >= 16 && fhir[10] == 'T' ? " " + fhir[11..16] : "";
        return (turkish && day.Length is 7 or 10 ? string.Join('.', day.Split('-').Reverse()) : day) + time;
    }

    /// <summary>A day, in UTC.</summary>
    public string Day(DateTimeOffset time) => time.UtcDateTime.ToString(turkish ? "dd.MM.yyyy" : "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
