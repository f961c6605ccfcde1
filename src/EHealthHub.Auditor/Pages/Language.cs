namespace EHealthHub.Auditor.Pages;

/// <summary>Languages of the pages.</summary>
internal enum Language
{
    English = 0,
    Turkish = 1,
}

/// <summary>Which language a request wants: <c>lang</c> in the query, else the first that we speak in Accept-Language, else English.</summary>
internal static class Languages
{
    private const int HeaderMax = 256;

    public static Language Of(string? query, string? acceptLanguage) => Parse(query) ?? FromHeader(acceptLanguage) ?? Language.English;

    public static string Code(Language language) => language == Language.Turkish ? "tr" : "en";

    private static Language? Parse(string? code) => code switch
    {
        "tr" => Language.Turkish,
        "en" => Language.English,
        _ => null,
    };

    /// <summary>Browsers list what they prefer first; weights that contradict the order are not worth a parser.</summary>
    private static Language? FromHeader(string? header)
    {
        if (header is null || header.Length > HeaderMax)
        {
            return null;
        }

        foreach (var range in header.Split(','))
        {
            if (Parse(range.Split(';', '-')[0].Trim()) is { } language)
            {
                return language;
            }
        }

        return null;
    }
}
