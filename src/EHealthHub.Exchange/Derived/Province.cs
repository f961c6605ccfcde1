using System.Collections.Frozen;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Exchange.Derived;

/// <summary>The 81 provinces, the finest place that is told of anybody. In Turkish addresses the province stands as city, or as state.</summary>
internal static class Province
{
    private static readonly string[] Names =
    [
        "Adana", "Adıyaman", "Afyonkarahisar", "Ağrı", "Amasya", "Ankara", "Antalya", "Artvin", "Aydın", "Balıkesir", "Bilecik", "Bingöl", "Bitlis", "Bolu", "Burdur", "Bursa", "Çanakkale", "Çankırı", "Çorum", "Denizli", "Diyarbakır",
        "Edirne", "Elazığ", "Erzincan", "Erzurum", "Eskişehir", "Gaziantep", "Giresun", "Gümüşhane", "Hakkari", "Hatay", "Isparta", "Mersin", "İstanbul", "İzmir", "Kars", "Kastamonu", "Kayseri", "Kırklareli", "Kırşehir", "Kocaeli", "Konya",
        "Kütahya", "Malatya", "Manisa", "Kahramanmaraş", "Mardin", "Muğla", "Muş", "Nevşehir", "Niğde", "Ordu", "Rize", "Sakarya", "Samsun", "Siirt", "Sinop", "Sivas", "Tekirdağ", "Tokat", "Trabzon", "Tunceli", "Şanlıurfa", "Uşak", "Van",
        "Yozgat", "Zonguldak", "Aksaray", "Bayburt", "Karaman", "Kırıkkale", "Batman", "Şırnak", "Bartın", "Ardahan", "Iğdır", "Yalova", "Karabük", "Kilis", "Osmaniye", "Düzce",
    ];

    private static readonly FrozenDictionary<string, string> ByFolded = Names.ToFrozenDictionary(SearchText.Fold, StringComparer.Ordinal);

    /// <summary>The province that a text names, as it is written here; null for anything else.</summary>
    public static string? Of(string? text) => text is { Length: > 0 and <= 64 } ? ByFolded.GetValueOrDefault(SearchText.Fold(text)) : null;
}
