using System.Diagnostics.CodeAnalysis;

namespace EHealthHub.Fhir.Outcomes;

/// <summary>A value, or the <see cref="Failure"/> that stood in its way.</summary>
public readonly struct Result<T>
    where T : class
{
    private readonly T? _value;
    private readonly Failure? _failure;

    private Result(T? value, Failure? failure)
    {
        _value = value;
        _failure = failure;
    }

    /// <summary>True with <paramref name="value"/>; false with <paramref name="failure"/>. A default result is a failure to nobody's benefit and throws.</summary>
    public bool Try([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Failure? failure)
    {
        value = _value;
        failure = _failure;
        if (value is null && failure is null)
        {
            throw new InvalidOperationException("A default Result holds neither a value nor a failure.");
        }

        return value is not null;
    }

    /// <summary>Wraps a value.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>Wraps a failure.</summary>
    public static implicit operator Result<T>(Failure failure) => new(null, failure);
}
