using System.Globalization;
using System.Text.Json;
using EHealthHub.Fhir.Outcomes;
using EHealthHub.Fhir.Reading;
using EHealthHub.Fhir.Validation;

namespace EHealthHub.Fhir.Operations;

/// <summary>
/// What an operation was given (R4 3.2.0): by the query of a GET, where every value is text, or by a Parameters resource. Values are looked at when they are asked for; the JSON of a Parameters resource must live until the answer is written.
/// </summary>
public sealed class OperationInput
{
    /// <summary>Most parameters of one call.</summary>
    private const int ParametersMax = 200;

    private const int IssuesMax = 20;

    private readonly List<(string Name, string? Text, JsonElement Value)> _given;

    private OperationInput(List<(string, string?, JsonElement)> given) => _given = given;

    /// <summary>Nothing but what is added by With.</summary>
    public static OperationInput Empty { get; } = new([]);

    /// <summary>The decoded names and values of a query. Parameters of the protocol (<c>_format</c>, <c>_pretty</c> ...) are left out.</summary>
    public static Result<OperationInput> OfQuery(IEnumerable<KeyValuePair<string, string>> query)
    {
        var given = query.Where(p => !p.Key.StartsWith('_')).Select(p => (p.Key, (string?)p.Value, default(JsonElement))).Take(ParametersMax + 1).ToList();
        return given.Count > ParametersMax ? TooMany() : new OperationInput(given);
    }

    /// <summary>The parameters of a Parameters resource; parts and resources are values too. 400 for one that is not valid R4.</summary>
    public static Result<OperationInput> OfParameters(FhirResource parameters)
    {
        if (parameters.Type != "Parameters")
        {
            return Failure.Of(400, "invalid", "parameter-invalid", "The operation takes a Parameters resource.", parameters.Type);
        }

        if (new ValidationRun().Validate(parameters, IssuesMax, null) is { IsEmpty: false } issues)
        {
            return new Failure(400, issues);
        }

        var given = new List<(string, string?, JsonElement)>();
        foreach (var item in parameters.Root.Items("parameter"u8))
        {
            if (given.Count == ParametersMax)
            {
                return TooMany();
            }

            if (item.Text("name"u8) is not { } name)
            {
                return Failure.Of(400, "required", "parameter-invalid", "Every parameter has a name.", "Parameters.parameter.name");
            }

            var value = Value(item);
            given.Add((name, value.ValueKind switch { JsonValueKind.String => value.GetString(), JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(), _ => null }, value));
        }

        return new OperationInput(given);
    }

    /// <summary>The same with a parameter more: the resource that a call on an instance is about, or a value that stands in the address.</summary>
    public OperationInput With(string name, JsonElement value) => new([.. _given, (name, value.ValueKind == JsonValueKind.String ? value.GetString() : null, value)]);

    /// <summary>The same with a parameter more, given as text.</summary>
    public OperationInput With(string name, string text) => new([.. _given, (name, text, default)]);

    /// <summary>The text of a parameter; null where it is not given.</summary>
    public string? Text(string name) => _given.Find(p => p.Name == name && p.Text is { Length: > 0 }).Text;

    /// <summary>All texts of a parameter that may repeat.</summary>
    public IEnumerable<string> Texts(string name) => _given.Where(p => p.Name == name && p.Text is { Length: > 0 }).Select(p => p.Text!);

    /// <summary>The object of a parameter: a Coding, a CodeableConcept or a resource; undefined where none is given.</summary>
    public JsonElement Object(string name) => _given.Find(p => p.Name == name && p.Value.ValueKind == JsonValueKind.Object).Value;

    /// <summary>True only for a parameter that says so.</summary>
    public bool Flag(string name) => Text(name) == "true";

    /// <summary>A failure for a parameter that is not among <paramref name="served"/>, or that is no number or no flag although it must be one (names with <c>#</c> and <c>?</c> before them); null where all is well.</summary>
    public Failure? Refuse(params ReadOnlySpan<string> served)
    {
        foreach (var (name, text, _) in _given)
        {
            var kind = '\0';
            var isServed = false;
            foreach (var word in served)
            {
                if (word.AsSpan().TrimStart("#?").SequenceEqual(name))
                {
                    (kind, isServed) = (word[0], true);
                    break;
                }
            }

            if (!isServed)
            {
                return Failure.Of(400, "not-supported", "parameter-invalid", $"The parameter '{JsonFrame.Printable(System.Text.Encoding.UTF8.GetBytes(name))}' is not served by this operation.");
            }

            if ((kind == '#' && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)) || (kind == '?' && text is not ("true" or "false")))
            {
                return Failure.Of(400, "invalid", "parameter-invalid", $"The parameter '{name}' is {(kind == '#' ? "a number that is not negative" : "true or false")}.");
            }
        }

        return null;
    }

    /// <summary>A number that <see cref="Refuse"/> looked at.</summary>
    internal int? Number(string name) => Text(name) is { } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : null;

    /// <summary>All values of a parameter that has parts.</summary>
    internal IEnumerable<JsonElement> Parts(string name) => _given.Where(p => p.Name == name && p.Value.ValueKind == JsonValueKind.Object).Select(p => p.Value);

    private static Failure TooMany() => Failure.Of(400, "too-costly", "parameter-invalid", $"An operation takes at most {ParametersMax} parameters.");

    private static JsonElement Value(JsonElement parameter)
    {
        foreach (var member in parameter.EnumerateObject())
        {
            if (member.Name.StartsWith("value", StringComparison.Ordinal) || member.Name is "resource")
            {
                return member.Value;
            }
        }

        return parameter.TryGetProperty("part"u8, out _) ? parameter : default;
    }
}

/// <summary>Looks at the parts of a parameter.</summary>
internal static class ParameterParts
{
    /// <summary>The part of this name; undefined where there is none.</summary>
    public static JsonElement Part(this JsonElement parameter, string name) => parameter.Items("part"u8).FirstOrDefault(p => p.Is("name"u8, name));
}
