using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using EHealthHub.Fhir.Outcomes;

namespace EHealthHub.Exchange.Submit;

/// <summary>A value, or the failure that the caller is told together with what the log is told: the rule that decided, and whom it concerned.</summary>
internal readonly struct Attempt<T>
    where T : class
{
    private readonly T? _value;
    private readonly Failure? _failure;

    /// <summary>A refusal by a rule.</summary>
    public Attempt(Failure failure, string rule, ImmutableArray<string> patients)
    {
        _failure = failure;
        Rule = rule;
        Patients = patients;
    }

    private Attempt(T value) => _value = value;

    /// <summary>For the log.</summary>
    public string Rule { get; } = "";

    /// <summary>For the log.</summary>
    public ImmutableArray<string> Patients { get; } = [];

    /// <summary>True with the value, false with the failure.</summary>
    public bool Try([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Failure? failure)
    {
        value = _value;
        failure = _failure;
        return value is not null || (failure is null ? throw new InvalidOperationException("A default attempt holds nothing.") : false);
    }

    /// <summary>The same refusal where another value was hoped for.</summary>
    public Attempt<TOther> As<TOther>()
        where TOther : class => new(_failure!, Rule, Patients);

    public static implicit operator Attempt<T>(T value) => new(value);

    public static implicit operator Attempt<T>(Failure failure) => new(failure, failure.Issues[0].Code, []);
}
