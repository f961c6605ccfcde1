namespace EHealthHub.Trust.OpenId;

/// <summary>A person as an OpenID provider knows them: they are this and nothing else, whatever name or address the provider gives them.</summary>
/// <param name="Issuer">The provider's authority, without a slash at its end.</param>
/// <param name="Subject">The value of the subject's claim.</param>
public sealed record OpenIdLogin(string Issuer, string Subject)
{
    internal const int PersonMax = 8;
    internal const int SubjectLengthMax = 255;

    private const int IssuerLengthMax = 500;

    internal bool IsSound =>
        Issuer.Length is > 0 and <= IssuerLengthMax && Issuer[^1] != '/' && Uri.TryCreate(Issuer, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps
        && Subject.Length is > 0 and <= SubjectLengthMax && !Subject.Any(char.IsControl);
}
