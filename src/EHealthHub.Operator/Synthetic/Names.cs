namespace EHealthHub.Operator.Synthetic;

/// <summary>Common Turkish names, roughly by how often they occur: the first ones most often.</summary>
internal static class Names
{
    public static readonly string[] Women =
    [
        "Fatma", "Ayşe", "Emine", "Hatice", "Zeynep", "Elif", "Meryem", "Şerife", "Zehra", "Sultan", "Hanife", "Merve", "Havva", "Zeliha", "Esra", "Fadime", "Özlem", "Hacer", "Yasemin", "Hülya",
        "Cemile", "Sevim", "Gülsüm", "Leyla", "Dilek", "Büşra", "Aysel", "Songül", "Kübra", "Halime", "Esma", "Aynur", "Hayriye", "Kadriye", "Tuğba", "Rabia", "Sevgi", "Rukiye", "Hatun", "Asiye",
        "Derya", "Filiz", "Pınar", "Gül", "Ebru", "Aslı", "Gamze", "Seda", "Çiğdem", "Nurcan", "İrem", "Defne", "Ecrin", "Nisa", "Azra", "Asya", "Ela", "Duru", "Miray", "Eylül",
        "Melike", "Şule", "Ümmühan", "Perihan", "Nuray", "Gönül", "Türkan", "Sibel", "Şengül", "Neslihan",
    ];

    public static readonly string[] Men =
    [
        "Mehmet", "Mustafa", "Ahmet", "Ali", "Hüseyin", "Hasan", "İbrahim", "İsmail", "Osman", "Yusuf", "Murat", "Ömer", "Ramazan", "Halil", "Süleyman", "Abdullah", "Mahmut", "Recep", "Salih", "Fatih",
        "Kadir", "Emre", "Hakan", "Adem", "Kemal", "Yaşar", "Bekir", "Musa", "Metin", "Orhan", "Bayram", "Serkan", "Burak", "Furkan", "Gökhan", "Uğur", "Yakup", "Muhammed", "Sedat", "Cemal",
        "Arif", "Selim", "Cengiz", "Tuncay", "Volkan", "Özgür", "Ümit", "Şükrü", "Çağrı", "Eymen", "Miraç", "Alparslan", "Göktuğ", "Ömer Asaf", "Kerem", "Yiğit", "Berat", "Çınar", "Poyraz", "Ege",
        "Onur", "Barış", "Deniz", "Sinan", "Tarık", "Cihan", "Şahin", "İlhan", "Nuri", "Rıza",
    ];

    public static readonly string[] Families =
    [
        "Yılmaz", "Kaya", "Demir", "Çelik", "Şahin", "Yıldız", "Yıldırım", "Öztürk", "Aydın", "Özdemir", "Arslan", "Doğan", "Kılıç", "Aslan", "Çetin", "Kara", "Koç", "Kurt", "Özkan", "Şimşek",
        "Polat", "Korkmaz", "Özcan", "Çakır", "Erdoğan", "Yavuz", "Can", "Acar", "Şen", "Aktaş", "Güler", "Yalçın", "Güneş", "Bozkurt", "Bulut", "Keskin", "Ünal", "Turan", "Gül", "Özer",
        "Işık", "Kaplan", "Avcı", "Sarı", "Tekin", "Taş", "Köse", "Yüksel", "Ateş", "Aksoy", "Uçar", "Duman", "Güngör", "Karaca", "Ekinci", "Karataş", "Coşkun", "Sönmez", "Toprak", "Özçelik",
        "Erdem", "Uysal", "Tunç", "Kahraman", "Sağlam", "İnce", "Gökçe", "Çiftçi", "Ağaoğlu", "Özgür",
    ];

    public static readonly string[] Streets =
    [
        "Atatürk Caddesi", "Cumhuriyet Caddesi", "İnönü Caddesi", "Fevzi Çakmak Caddesi", "Gazi Caddesi", "İstiklal Caddesi", "Mimar Sinan Sokak", "Yunus Emre Sokak", "Zafer Sokak", "Barbaros Bulvarı",
        "Çamlık Sokak", "Gül Sokak", "Lale Sokak", "Menekşe Sokak", "Ihlamur Sokak", "Şehitler Caddesi", "Okul Sokak", "Çınar Sokak", "Kuşadası Sokak", "Değirmen Sokak",
    ];

    public static readonly string[] Neighbourhoods =
    [
        "Cumhuriyet Mahallesi", "Yeni Mahalle", "Bahçelievler Mahallesi", "Fatih Mahallesi", "Hürriyet Mahallesi", "İstiklal Mahallesi", "Kurtuluş Mahallesi", "Mimar Sinan Mahallesi", "Yıldız Mahallesi", "Çamlıca Mahallesi",
        "Esentepe Mahallesi", "Gültepe Mahallesi", "Şirinevler Mahallesi", "Güzelyurt Mahallesi", "Karşıyaka Mahallesi",
    ];
}
