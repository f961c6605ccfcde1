using System.Text.Json;

namespace EHealthHub.Access.Labels;

/// <summary>The security labels of one resource (DS4P), as far as access depends on them. Made by adding one label after the other; the default is a resource without any.</summary>
public readonly record struct ResourceLabels
{
    /// <summary>Code system of confidentiality.</summary>
    public const string ConfidentialitySystem = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

    /// <summary>Code system of sensitivity.</summary>
    public const string SensitivitySystem = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    private readonly Confidentiality? _said;

    private ResourceLabels(Sensitivities sensitivities, Confidentiality? said)
    {
        Sensitivities = sensitivities;
        _said = said;
    }

    /// <summary>Labels as they are known already; no confidentiality means that none is said.</summary>
    public static ResourceLabels Of(Sensitivities sensitivities, Confidentiality? confidentiality = null) => new(sensitivities, confidentiality);

    /// <summary>All reasons together.</summary>
    public Sensitivities Sensitivities { get; }

    /// <summary>The highest that is said. Where none is said, normal; what is sensitive is restricted at least, whatever is said.</summary>
    public Confidentiality Confidentiality
    {
        get
        {
            var said = _said ?? Confidentiality.Normal;
            return Sensitivities != Sensitivities.None && said < Confidentiality.Restricted ? Confidentiality.Restricted : said;
        }
    }

    /// <summary>With one more label. Codes of other systems say nothing of how confidential it is.</summary>
    public ResourceLabels With(string? system, string? code) => system switch
    {
        ConfidentialitySystem => new(Sensitivities, Higher(ConfidentialityOf(code) ?? Confidentiality.VeryRestricted)),
        SensitivitySystem => new(Sensitivities | SensitivityOf(code), _said),
        _ => this,
    };

    /// <summary>The labels of a resource's <c>meta.security</c>.</summary>
    public static ResourceLabels Read(JsonElement resource)
    {
        var labels = default(ResourceLabels);
        if (resource.ValueKind == JsonValueKind.Object && resource.TryGetProperty("meta", out var meta) && meta.ValueKind == JsonValueKind.Object
            && meta.TryGetProperty("security", out var security) && security.ValueKind == JsonValueKind.Array)
        {
            foreach (var coding in security.EnumerateArray())
            {
                labels = labels.With(Text(coding, "system"), Text(coding, "code"));
            }
        }

        return labels;
    }

    /// <summary>The level of a code of v3-Confidentiality; null for any other.</summary>
    public static Confidentiality? ConfidentialityOf(string? code) => code switch
    {
        "U" => Confidentiality.Unrestricted,
        "L" => Confidentiality.Low,
        "M" => Confidentiality.Moderate,
        "N" => Confidentiality.Normal,
        "R" => Confidentiality.Restricted,
        "V" => Confidentiality.VeryRestricted,
        _ => null,
    };

    /// <summary>The reason that a code of v3-ActCode gives. A code that is not known is a reason all the same: <see cref="Sensitivities.Other"/>.</summary>
    public static Sensitivities SensitivityOf(string? code) => code switch
    {
        "PSY" or "PSYTHPN" or "MH" or "BH" or "COGN" or "DVD" or "EMOTDIS" => Sensitivities.Psychiatry,
        "SEX" or "STD" => Sensitivities.Sexuality,
        "HIV" => Sensitivities.Hiv,
        "ETH" or "ETHUD" or "OPIOIDUD" or "SUD" => Sensitivities.Substances,
        "GDIS" or "SCA" or "SICKLE" => Sensitivities.Genetics,
        "SDV" or "VIO" or "MST" => Sensitivities.Violence,
        _ => Sensitivities.Other,
    };

    private static string? Text(JsonElement coding, string name) =>
        coding.ValueKind == JsonValueKind.Object && coding.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private Confidentiality Higher(Confidentiality level) => _said is { } said && said > level ? said : level;
}
