namespace EHealthHub.EndToEnd.Tests.Support;

/// <summary>What a test in a real browser wants; <c>./test</c> installs it.</summary>
internal static class ChromiumNeeds
{
    /// <summary>Where the policy stands by which Chromium sends a certificate of the development authority without asking (AutoSelectCertificateForUrls); nothing else can say so.</summary>
    public const string PolicyFile = "/etc/chromium/policies/managed/ehealthhub-tests.json";

    public static string? Missing { get; } =
        !File.Exists("/usr/bin/chromium") ? "chromium is not installed."
        : !File.Exists("/usr/bin/certutil") || !File.Exists("/usr/bin/pk12util") ? "libnss3-tools is not installed."
        : !File.Exists(PolicyFile) ? PolicyFile + " is missing: ./test installs it, for which it must be allowed to write there."
        : null;

    public static string? MissingWindow { get; } = Missing
        ?? (File.Exists("/usr/bin/Xvfb") && File.Exists("/usr/bin/xdotool") && File.Exists("/usr/bin/modutil") ? null : "xvfb, xdotool or libnss3-tools is not installed.");
}

/// <summary>A test in a real browser.</summary>
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = ChromiumNeeds.Missing;
}

/// <summary>The same for several cases.</summary>
internal sealed class ChromiumTheoryAttribute : TheoryAttribute
{
    public ChromiumTheoryAttribute() => Skip = ChromiumNeeds.Missing;
}

/// <summary>A test in a real browser's window, with the card in a token.</summary>
internal sealed class ChromiumWithCardFactAttribute : FactAttribute
{
    public ChromiumWithCardFactAttribute() => Skip = ChromiumNeeds.MissingWindow ?? new SoftTokenFactAttribute().Skip;
}
