namespace EHealthHub.Audit.Tests.Interop;

/// <summary>A test that needs python3, and says so where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute()
    {
        if (Interpreter is null)
        {
            Skip = "python3 is not on the PATH.";
        }
    }

    /// <summary>Full path of the interpreter, or null.</summary>
    public static string? Interpreter { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "python3")).FirstOrDefault(File.Exists);
}
