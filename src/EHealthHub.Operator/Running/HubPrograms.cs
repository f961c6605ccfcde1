namespace EHealthHub.Operator.Running;

/// <summary>Finds the hub's programs: beside this one, as in a published hub, or in their own rooms, as in a clone.</summary>
internal static class HubPrograms
{
    public static string Gateway => Find("EHealthHub.Gateway");

    public static string Auditor => Find("EHealthHub.Auditor");

    /// <summary>This program.</summary>
    public static string Operator => Path.Combine(AppContext.BaseDirectory, "EHealthHub.Operator.dll");

    /// <summary>The host that runs this program, so that its children run on the same runtime.</summary>
    public static string Dotnet
    {
        get
        {
            var own = Environment.ProcessPath;
            return own is not null && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
        }
    }

    private static string Find(string name)
    {
        // .../src/EHealthHub.Operator/bin/Release/net10.0/ has its neighbours four folders up.
        var here = AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar);
        var build = Path.Combine(Path.GetFileName(Path.GetDirectoryName(here)) ?? "", Path.GetFileName(here));
        string[] places =
        [
            Path.Combine(here, "..", "..", "..", "..", name, "bin", build, name + ".dll"),
            Path.Combine(here, name + ".dll"),
        ];
        return places.Select(Path.GetFullPath).FirstOrDefault(p => File.Exists(p) && File.Exists(Path.ChangeExtension(p, ".runtimeconfig.json")))
            ?? throw new FileNotFoundException($"{name} is not built; ./hub builds it.", places[0]);
    }
}
