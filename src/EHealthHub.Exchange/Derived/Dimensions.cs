using System.Globalization;
using EHealthHub.Exchange.Deciding;
using EHealthHub.Exchange.Operations;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Search;

namespace EHealthHub.Exchange.Derived;

/// <summary>What is known of a patient for the dimensions that are about people; of one who is kept from the caller nothing.</summary>
internal sealed record CountedPerson(string Sex, string Province, DateTimeOffset? Born)
{
    /// <summary>Nothing is known.</summary>
    public static CountedPerson Unknown { get; } = new("", "", null);

    /// <summary>From the facts of the Patient.</summary>
    public static CountedPerson Of(ReadOnlySpan<byte> encoded)
    {
        var facts = SearchFacts.Decode(encoded);
        var province = facts.Of("address-state").Concat(facts.Of("address-city")).Select(a => Derived.Province.Of(a.Text)).FirstOrDefault(p => p is not null);
        var born = facts.Of("birthdate").FirstOrDefault() is { } date ? FactTime.From(date.From) : null;
        return new CountedPerson(facts.Of("gender").Select(g => g.Text).FirstOrDefault() ?? "", province ?? "", born);
    }
}

/// <summary>
/// The dimensions of a table: by kinds (<c>code</c>, <c>category</c> ...), by year or month of care, and by sex, province and age of the patient. Bands of age are fixed, ten years each and one from 90 on, so that nobody moves their edges over
/// somebody's birthday.
/// </summary>
internal sealed class Dimensions
{
    private const int ValuesMax = 32;
    private const int CellsOfOneMax = 256;

    private readonly string _type;
    private readonly IReadOnlyList<string> _names;
    private readonly string? _care;
    private readonly bool _needsPerson;
    private readonly DateTimeOffset _now;

    private Dimensions(string type, IReadOnlyList<string> names, DateTimeOffset now)
    {
        (_type, _names, _now) = (type, names, now);
        _care = CareDates.Of(type);
        _needsPerson = names.Any(n => n is "sex" or "province" or "age");
    }

    /// <summary>Their names, as asked.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>Whether the patient's own resource is looked at.</summary>
    public bool NeedPerson => _needsPerson;

    /// <summary>True for one whose values are codes with their systems.</summary>
    public static bool IsCoded(string name) => name is not ("year" or "month" or "sex" or "province" or "age");

    /// <summary>Of names as they were asked for.</summary>
    public static Result<Dimensions> Parse(string type, IReadOnlyList<string> names, DerivedBounds bounds, DateTimeOffset now)
    {
        if (names.Count > bounds.DimensionsMax || names.Distinct(StringComparer.Ordinal).Count() != names.Count)
        {
            return Failure.Of(400, "invalid", "parameter-invalid", $"At most {bounds.DimensionsMax} dimensions, each once.", "by");
        }

        if (names.FirstOrDefault(n => n is "year" or "month" ? CareDates.Of(type) is null : IsCoded(n) && !CoarseCriteria.IsKind(type, n)) is { } unknown)
        {
            return Failure.Of(400, "invalid", "parameter-invalid", $"{type} is not counted by {(unknown.Length <= 64 ? unknown : unknown[..64])}: year, month, sex, province, age, or a parameter that tells of a kind (code, category, status, class, type ...).", "by");
        }

        return new Dimensions(type, names, now);
    }

    /// <summary>The cells that a resource is in: one, or several where it has several codes.</summary>
    public void Add(ReadOnlySpan<byte> facts, CountedPerson person, HashSet<string> cells)
    {
        var codes = new List<string>?[_names.Count];
        DateTimeOffset? care = null;
        for (var walk = new FactsWalk(facts); walk.Next();)
        {
            if (!walk.IsPlain)
            {
                continue;
            }

            if (walk.Kind == FactKind.Date && care is null && walk.Parameter == _care)
            {
                care = FactTime.From(walk.Range().From);
            }
            else if (walk.Kind == FactKind.Token)
            {
                Take(codes, walk.Parameter, walk.Pair());
            }
        }

        Combine(codes, care, person, new string[_names.Count], 0, cells, cells.Count + CellsOfOneMax);
    }

    private void Take(List<string>?[] codes, string parameter, (string? System, string? Text) value)
    {
        for (var i = 0; i < _names.Count; i++)
        {
            if (_names[i] == parameter && (codes[i] ??= []).Count < ValuesMax)
            {
                codes[i]!.Add($"{value.System}|{value.Text}");
            }
        }
    }

    private void Combine(List<string>?[] codes, DateTimeOffset? care, CountedPerson person, string[] values, int at, HashSet<string> cells, int most)
    {
        if (at == _names.Count)
        {
            cells.Add(Tally.KeyOf(values));
            return;
        }

        foreach (var value in IsCoded(_names[at]) ? codes[at] ?? [""] : [Of(_names[at], care, person)])
        {
            if (cells.Count < most)
            {
                values[at] = value;
                Combine(codes, care, person, values, at + 1, cells, most);
            }
        }
    }

    private string Of(string name, DateTimeOffset? care, CountedPerson person) => name switch
    {
        "year" => care?.ToOffset(SearchSettings.Default.Zone).ToString("yyyy", CultureInfo.InvariantCulture) ?? "",
        "month" => care?.ToOffset(SearchSettings.Default.Zone).ToString("yyyy-MM", CultureInfo.InvariantCulture) ?? "",
        "sex" => person.Sex,
        "province" => person.Province,
        _ => Band(person.Born, _type == "Patient" ? _now : care ?? _now),
    };

    private static string Band(DateTimeOffset? born, DateTimeOffset at)
    {
        if (born is not { } day || day > at)
        {
            return "";
        }

        var years = at.Year - day.Year - (at.Month < day.Month || (at.Month == day.Month && at.Day < day.Day) ? 1 : 0);
        var from = Math.Min(years / 10 * 10, 90);
        return from == 90 ? "90+" : FormattableString.Invariant($"{from}-{from + 9}");
    }
}
