namespace EHealthHub.Operator.Synthetic;

/// <summary>A Turkish province: plate code, name, inhabitants (end of 2025), telephone area code, and its most populous districts.</summary>
internal sealed record Province(string Plate, string Name, int Population, int AreaCode, string[] Districts);

/// <summary>The 81 provinces, in the order of their plate codes. Public facts.</summary>
internal static class Provinces
{
    public static readonly Province[] All =
    [
        new("01", "Adana", 2283609, 322, ["Seyhan", "Yüreğir", "Çukurova", "Sarıçam"]),
        new("02", "Adıyaman", 617821, 416, ["Merkez", "Kahta", "Besni", "Gölbaşı"]),
        new("03", "Afyonkarahisar", 751808, 272, ["Merkez", "Sandıklı", "Dinar", "Bolvadin"]),
        new("04", "Ağrı", 491489, 472, ["Merkez", "Doğubayazıt", "Patnos", "Diyadin"]),
        new("05", "Amasya", 342242, 358, ["Merkez", "Merzifon", "Suluova", "Taşova"]),
        new("06", "Ankara", 5910320, 312, ["Çankaya", "Keçiören", "Yenimahalle", "Mamak"]),
        new("07", "Antalya", 2777677, 242, ["Kepez", "Muratpaşa", "Alanya", "Manavgat"]),
        new("08", "Artvin", 167531, 466, ["Merkez", "Hopa", "Arhavi", "Borçka"]),
        new("09", "Aydın", 1172107, 256, ["Efeler", "Nazilli", "Kuşadası", "Söke"]),
        new("10", "Balıkesir", 1284517, 266, ["Karesi", "Altıeylül", "Edremit", "Bandırma"]),
        new("11", "Bilecik", 228995, 228, ["Merkez", "Bozüyük", "Osmaneli", "Söğüt"]),
        new("12", "Bingöl", 282299, 426, ["Merkez", "Solhan", "Genç", "Karlıova"]),
        new("13", "Bitlis", 360423, 434, ["Tatvan", "Merkez", "Güroymak", "Ahlat"]),
        new("14", "Bolu", 327173, 374, ["Merkez", "Gerede", "Mudurnu", "Göynük"]),
        new("15", "Burdur", 277226, 248, ["Merkez", "Bucak", "Gölhisar", "Yeşilova"]),
        new("16", "Bursa", 3263011, 224, ["Osmangazi", "Yıldırım", "Nilüfer", "İnegöl"]),
        new("17", "Çanakkale", 573976, 286, ["Merkez", "Biga", "Çan", "Gelibolu"]),
        new("18", "Çankırı", 200549, 376, ["Merkez", "Orta", "Çerkeş", "Ilgaz"]),
        new("19", "Çorum", 519590, 364, ["Merkez", "Sungurlu", "Osmancık", "Alaca"]),
        new("20", "Denizli", 1060975, 258, ["Merkezefendi", "Pamukkale", "Çivril", "Acıpayam"]),
        new("21", "Diyarbakır", 1852356, 412, ["Kayapınar", "Bağlar", "Yenişehir", "Ergani"]),
        new("22", "Edirne", 422438, 284, ["Merkez", "Keşan", "Uzunköprü", "İpsala"]),
        new("23", "Elazığ", 605678, 424, ["Merkez", "Kovancılar", "Karakoçan", "Palu"]),
        new("24", "Erzincan", 239625, 446, ["Merkez", "Tercan", "Üzümlü", "Refahiye"]),
        new("25", "Erzurum", 736877, 442, ["Yakutiye", "Palandöken", "Aziziye", "Horasan"]),
        new("26", "Eskişehir", 927956, 222, ["Odunpazarı", "Tepebaşı", "Sivrihisar", "Çifteler"]),
        new("27", "Gaziantep", 2222415, 342, ["Şahinbey", "Şehitkamil", "Nizip", "İslahiye"]),
        new("28", "Giresun", 455074, 454, ["Merkez", "Bulancak", "Espiye", "Tirebolu"]),
        new("29", "Gümüşhane", 138807, 456, ["Merkez", "Kelkit", "Şiran", "Kürtün"]),
        new("30", "Hakkari", 279681, 438, ["Yüksekova", "Merkez", "Şemdinli", "Derecik"]),
        new("31", "Hatay", 1577531, 326, ["Antakya", "İskenderun", "Defne", "Dörtyol"]),
        new("32", "Isparta", 445303, 246, ["Merkez", "Yalvaç", "Eğirdir", "Şarkikaraağaç"]),
        new("33", "Mersin", 1956428, 324, ["Tarsus", "Toroslar", "Yenişehir", "Akdeniz"]),
        new("34", "İstanbul", 15754053, 212, ["Esenyurt", "Küçükçekmece", "Pendik", "Ümraniye"]),
        new("35", "İzmir", 4504185, 232, ["Buca", "Karabağlar", "Bornova", "Karşıyaka"]),
        new("36", "Kars", 268991, 474, ["Merkez", "Kağızman", "Sarıkamış", "Selim"]),
        new("37", "Kastamonu", 379934, 366, ["Merkez", "Tosya", "Taşköprü", "Cide"]),
        new("38", "Kayseri", 1458991, 352, ["Melikgazi", "Kocasinan", "Talas", "Develi"]),
        new("39", "Kırklareli", 379595, 288, ["Lüleburgaz", "Merkez", "Babaeski", "Vize"]),
        new("40", "Kırşehir", 242777, 386, ["Merkez", "Kaman", "Mucur", "Çiçekdağı"]),
        new("41", "Kocaeli", 2161171, 262, ["Gebze", "İzmit", "Darıca", "Körfez"]),
        new("42", "Konya", 2343409, 332, ["Selçuklu", "Karatay", "Meram", "Ereğli"]),
        new("43", "Kütahya", 570478, 274, ["Merkez", "Tavşanlı", "Simav", "Gediz"]),
        new("44", "Malatya", 755854, 422, ["Yeşilyurt", "Battalgazi", "Doğanşehir", "Akçadağ"]),
        new("45", "Manisa", 1477756, 236, ["Yunusemre", "Akhisar", "Turgutlu", "Şehzadeler"]),
        new("46", "Kahramanmaraş", 1146278, 344, ["Onikişubat", "Dulkadiroğlu", "Elbistan", "Türkoğlu"]),
        new("47", "Mardin", 903576, 482, ["Kızıltepe", "Artuklu", "Midyat", "Nusaybin"]),
        new("48", "Muğla", 1099547, 252, ["Bodrum", "Fethiye", "Milas", "Menteşe"]),
        new("49", "Muş", 389127, 436, ["Merkez", "Bulanık", "Malazgirt", "Varto"]),
        new("50", "Nevşehir", 320150, 384, ["Merkez", "Ürgüp", "Avanos", "Gülşehir"]),
        new("51", "Niğde", 374492, 388, ["Merkez", "Bor", "Çiftlik", "Ulukışla"]),
        new("52", "Ordu", 768087, 452, ["Altınordu", "Ünye", "Fatsa", "Perşembe"]),
        new("53", "Rize", 346947, 464, ["Merkez", "Ardeşen", "Çayeli", "Pazar"]),
        new("54", "Sakarya", 1123693, 264, ["Adapazarı", "Serdivan", "Akyazı", "Hendek"]),
        new("55", "Samsun", 1392403, 362, ["İlkadım", "Atakum", "Bafra", "Çarşamba"]),
        new("56", "Siirt", 332369, 484, ["Merkez", "Kurtalan", "Pervari", "Baykan"]),
        new("57", "Sinop", 225848, 368, ["Merkez", "Boyabat", "Gerze", "Ayancık"]),
        new("58", "Sivas", 631401, 346, ["Merkez", "Şarkışla", "Yıldızeli", "Suşehri"]),
        new("59", "Tekirdağ", 1208441, 282, ["Çorlu", "Süleymanpaşa", "Çerkezköy", "Kapaklı"]),
        new("60", "Tokat", 614141, 356, ["Merkez", "Erbaa", "Turhal", "Niksar"]),
        new("61", "Trabzon", 823323, 462, ["Ortahisar", "Akçaabat", "Yomra", "Araklı"]),
        new("62", "Tunceli", 85083, 428, ["Merkez", "Pertek", "Çemişgezek", "Mazgirt"]),
        new("63", "Şanlıurfa", 2265800, 414, ["Eyyübiye", "Haliliye", "Karaköprü", "Siverek"]),
        new("64", "Uşak", 374405, 276, ["Merkez", "Banaz", "Eşme", "Sivaslı"]),
        new("65", "Van", 1112013, 432, ["İpekyolu", "Erciş", "Tuşba", "Edremit"]),
        new("66", "Yozgat", 413208, 354, ["Merkez", "Sorgun", "Akdağmadeni", "Boğazlıyan"]),
        new("67", "Zonguldak", 585203, 372, ["Ereğli", "Merkez", "Çaycuma", "Devrek"]),
        new("68", "Aksaray", 441136, 382, ["Merkez", "Ortaköy", "Eskil", "Gülağaç"]),
        new("69", "Bayburt", 82836, 458, ["Merkez", "Demirözü", "Aydıntepe"]),
        new("70", "Karaman", 262355, 338, ["Merkez", "Ermenek", "Sarıveliler", "Ayrancı"]),
        new("71", "Kırıkkale", 282830, 318, ["Merkez", "Yahşihan", "Keskin", "Delice"]),
        new("72", "Batman", 662626, 488, ["Merkez", "Kozluk", "Beşiri", "Sason"]),
        new("73", "Şırnak", 573666, 486, ["Cizre", "Silopi", "Merkez", "İdil"]),
        new("74", "Bartın", 206663, 378, ["Merkez", "Ulus", "Amasra", "Kurucaşile"]),
        new("75", "Ardahan", 90392, 478, ["Merkez", "Göle", "Çıldır", "Hanak"]),
        new("76", "Iğdır", 205071, 476, ["Merkez", "Tuzluca", "Aralık", "Karakoyunlu"]),
        new("77", "Yalova", 311635, 226, ["Merkez", "Çiftlikköy", "Çınarcık", "Altınova"]),
        new("78", "Karabük", 249614, 370, ["Merkez", "Safranbolu", "Yenice", "Eskipazar"]),
        new("79", "Kilis", 157363, 348, ["Merkez", "Musabeyli", "Elbeyli", "Polateli"]),
        new("80", "Osmaniye", 564123, 328, ["Merkez", "Kadirli", "Düziçi", "Bahçe"]),
        new("81", "Düzce", 415622, 380, ["Merkez", "Akçakoca", "Gölyaka", "Kaynaşlı"]),    ];

    private static readonly long Inhabitants = All.Sum(p => (long)p.Population);

    /// <summary>A province, with the probability of living there.</summary>
    public static Province Pick(SeededSource source)
    {
        var at = source.Below(Inhabitants);
        foreach (var province in All)
        {
            at -= province.Population;
            if (at < 0)
            {
                return province;
            }
        }

        throw new InvalidOperationException("The inhabitants do not add up.");
    }
}
