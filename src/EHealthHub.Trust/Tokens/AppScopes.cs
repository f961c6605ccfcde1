namespace EHealthHub.Trust.Tokens;

/// <summary>Scopes of SMART App Launch and OpenID Connect that open no data by themselves.</summary>
internal static class AppScopes
{
    internal const string OpenId = "openid";
    internal const string FhirUser = "fhirUser";
    internal const string Offline = "offline_access";
    internal const string LaunchPatient = "launch/patient";

    internal static bool IsLaunch(string scope) => scope is OpenId or FhirUser or Offline or LaunchPatient;
}
