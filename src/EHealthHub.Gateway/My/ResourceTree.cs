using System.Collections.Frozen;
using System.Text.Json;
using EHealthHub.Gateway.Pages;

namespace EHealthHub.Gateway.My;

/// <summary>A resource as names and values, whatever its type: nothing that it says is left out but the narrative, which says the same again, and what only machines need.</summary>
internal static class ResourceTree
{
    private const int DepthMax = 12;
    private const int ItemsMax = 200;

    private static readonly FrozenSet<string> Left = FrozenSet.Create(StringComparer.Ordinal, "resourceType", "id", "meta", "text", "contained", "implicitRules");

    private static readonly FrozenDictionary<string, (string Turkish, string English)> Names = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["status"] = ("Durum", "Status"),
        ["clinicalStatus"] = ("Klinik durum", "Clinical status"),
        ["verificationStatus"] = ("Kesinlik", "Certainty"),
        ["category"] = ("Sınıf", "Category"),
        ["code"] = ("Ne", "What"),
        ["subject"] = ("Kimin hakkında", "About whom"),
        ["patient"] = ("Hasta", "Patient"),
        ["encounter"] = ("Hangi muayenede", "During which visit"),
        ["period"] = ("Zaman", "Period"),
        ["effectiveDateTime"] = ("Zaman", "Time"),
        ["effectivePeriod"] = ("Zaman", "Period"),
        ["issued"] = ("Yayımlanma", "Issued"),
        ["recordedDate"] = ("Kaydedilme", "Recorded"),
        ["onsetDateTime"] = ("Başlangıç", "Onset"),
        ["abatementDateTime"] = ("Bitiş", "Ended"),
        ["authoredOn"] = ("Yazıldığı gün", "Written"),
        ["performedPeriod"] = ("Zaman", "Period"),
        ["performedDateTime"] = ("Zaman", "Time"),
        ["occurrenceDateTime"] = ("Zaman", "Time"),
        ["performer"] = ("Yapan", "Performer"),
        ["requester"] = ("İsteyen", "Requested by"),
        ["recorder"] = ("Kaydeden", "Recorded by"),
        ["asserter"] = ("Bildiren", "Stated by"),
        ["participant"] = ("Katılan", "Participant"),
        ["individual"] = ("Kişi", "Person"),
        ["serviceProvider"] = ("Kurum", "Institution"),
        ["managingOrganization"] = ("Kurum", "Institution"),
        ["custodian"] = ("Saklayan kurum", "Kept by"),
        ["location"] = ("Yer", "Place"),
        ["reasonCode"] = ("Neden", "Reason"),
        ["reasonReference"] = ("Neden", "Reason"),
        ["class"] = ("Tür", "Class"),
        ["type"] = ("Tür", "Type"),
        ["name"] = ("Ad", "Name"),
        ["family"] = ("Soyadı", "Family name"),
        ["given"] = ("Adı", "Given name"),
        ["gender"] = ("Cinsiyet", "Gender"),
        ["birthDate"] = ("Doğum tarihi", "Date of birth"),
        ["identifier"] = ("Numara", "Number"),
        ["system"] = ("Sistem", "System"),
        ["value"] = ("Değer", "Value"),
        ["valueQuantity"] = ("Değer", "Value"),
        ["valueCodeableConcept"] = ("Değer", "Value"),
        ["valueString"] = ("Değer", "Value"),
        ["component"] = ("Bileşen", "Component"),
        ["interpretation"] = ("Yorum", "Interpretation"),
        ["referenceRange"] = ("Olağan aralık", "Usual range"),
        ["note"] = ("Not", "Note"),
        ["dosageInstruction"] = ("Kullanım", "Dosage"),
        ["medicationCodeableConcept"] = ("İlaç", "Medicine"),
        ["vaccineCode"] = ("Aşı", "Vaccine"),
        ["conclusion"] = ("Sonuç", "Conclusion"),
        ["result"] = ("Sonuçlar", "Results"),
        ["telecom"] = ("İletişim", "Contact"),
        ["address"] = ("Adres", "Address"),
        ["active"] = ("Etkin", "Active"),
        ["extension"] = ("Ek bilgi", "Further"),
        ["display"] = ("Ad", "Name"),
        ["start"] = ("Başlangıç", "Start"),
        ["end"] = ("Bitiş", "End"),
        ["priority"] = ("Öncelik", "Priority"),
        ["intent"] = ("Niyet", "Intent"),
        ["total"] = ("Toplam", "Total"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Writes it. <paramref name="link"/> gives the page of a reference within the record; null for one that has none.</summary>
    public static void Write(Html html, Words t, JsonElement resource, Func<string, string?> link) => Members(html, t, resource, link, 0, resource.EnumerateObject().Where(m => !Left.Contains(m.Name)));

    private static void Members(Html html, Words t, JsonElement element, Func<string, string?> link, int depth, IEnumerable<JsonProperty> members)
    {
        html.Write($"<dl>");
        foreach (var member in members.Where(m => !m.Name.StartsWith('_')).Take(ItemsMax))
        {
            html.Write($"<dt>{NameOf(t, member.Name)}</dt>");
            foreach (var item in member.Value.ValueKind == JsonValueKind.Array ? member.Value.EnumerateArray().Take(ItemsMax) : [member.Value])
            {
                html.Write($"<dd>");
                Item(html, t, member.Name, item, link, depth);
                html.Write($"</dd>");
            }
        }

        html.Write($"</dl>");
    }

    private static void Item(Html html, Words t, string name, JsonElement item, Func<string, string?> link, int depth)
    {
        if (ResourceText.IsPlain(item) || depth >= DepthMax)
        {
            var text = item.ValueKind != JsonValueKind.String ? ResourceText.Say(item, t)
                : name == "status" ? StatusText.Say(t, item.GetString()!)
                : IsDate(item.GetString()!) ? t.Written(item.GetString()!)
                : item.GetString()!;
            if (item.ValueKind == JsonValueKind.Object && item.TryGetProperty("reference", out var reference) && reference.ValueKind == JsonValueKind.String && link(reference.GetString()!) is { } address)
            {
                html.Write($"""<a href="{address}">{(text == reference.GetString() ? RecordKindName(t, text) : text)}</a>""");
            }
            else
            {
                html.Write($"{text}");
            }

            return;
        }

        if (item.EnumerateObject().ToList() is [var only] && only.Value.ValueKind != JsonValueKind.Array)
        {
            Item(html, t, only.Name, only.Value, link, depth + 1);
            return;
        }

        Members(html, t, item, link, depth + 1, item.EnumerateObject());
    }

    private static string RecordKindName(Words t, string reference)
    {
        if (reference.StartsWith("Patient/", StringComparison.Ordinal))
        {
            return t.Say("siz", "you");
        }

        var kind = RecordKind.Of(reference.Split('/')[0]);
        return t.Say(kind.Turkish, kind.English);
    }

    private static bool IsDate(string text) => text.Length >= 10 && char.IsAsciiDigit(text[0]) && text[4] == '-' && text[7] == '-' && text.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>The word for an element; for one that has none its name, taken apart.</summary>
    private static string NameOf(Words t, string name)
    {
        if (Names.TryGetValue(name, out var known))
        {
            return t.Say(known.Turkish, known.English);
        }

        var words = string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? " " + char.ToLowerInvariant(c) : c.ToString()));
        return char.ToUpperInvariant(words[0]) + words[1..];
    }
}
