using EHealthHub.Fhir.Operations;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Fhir.Terminology;

/// <summary>What a call to <c>$expand</c> says about versions of code systems (R4 4.9.18.1): which to take where a value set names none, which to take whatever it names, and which it must be.</summary>
internal sealed class SystemVersions
{
    private readonly Dictionary<string, string> _default;
    private readonly Dictionary<string, string> _forced;
    private readonly Dictionary<string, string> _checked;

    private SystemVersions(OperationInput input) => (_default, _forced, _checked) = (Read(input, "system-version"), Read(input, "force-system-version"), Read(input, "check-system-version"));

    /// <summary>Nothing said.</summary>
    public static SystemVersions None { get; } = new(OperationInput.Empty);

    public static SystemVersions Of(OperationInput input) => new(input);

    /// <summary>The version to take of a system; null for the newest.</summary>
    public string? For(string system, string? said) => _forced.GetValueOrDefault(system) ?? said ?? _default.GetValueOrDefault(system) ?? _checked.GetValueOrDefault(system);

    /// <summary>A failure where the version taken is not the one that the call demands.</summary>
    public Failure? Refuse(string system, string? taken) =>
        _checked.TryGetValue(system, out var wanted) && taken != wanted ? Failure.Of(422, "business-rule", "code-system-version", $"The call wants {system} in the version {wanted}, and the value set takes {taken ?? "none"}.") : null;

    private static Dictionary<string, string> Read(OperationInput input, string name)
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var canonical in input.Texts(name))
        {
            var system = TerminologyCatalog.Split(canonical, out var version);
            if (version is { Length: > 0 })
            {
                read[system] = version;
            }
        }

        return read;
    }
}
