namespace EHealthHub.Keys.Pkcs11;

/// <summary>Why a token could not be used.</summary>
public enum Pkcs11Fault
{
    /// <summary>The library cannot be loaded, is no PKCS#11 module, or does not initialize.</summary>
    ModuleUnusable = 1,

    /// <summary>No token is present, or none with that label.</summary>
    NoToken,

    /// <summary>Several tokens would do; one must be named.</summary>
    SeveralTokens,

    /// <summary>No certificate with a key, or none with that name.</summary>
    NoCertificate,

    /// <summary>Several certificates would do; one must be named.</summary>
    SeveralCertificates,

    /// <summary>The PIN is wrong. Cards count: after a few the PIN is locked.</summary>
    PinWrong,

    /// <summary>The PIN is locked, expired or not yet set.</summary>
    PinLocked,

    /// <summary>The token was taken out, or its session ended.</summary>
    TokenGone,

    /// <summary>The key or the module does not offer what the certificate's kind of key needs.</summary>
    NotOffered,
}

/// <summary>A fault of a PKCS#11 module or token, named. The message never holds a PIN.</summary>
public sealed class Pkcs11TokenException : Exception
{
    /// <summary>A fault without further words.</summary>
    public Pkcs11TokenException()
        : this(Pkcs11Fault.ModuleUnusable, "The PKCS#11 module cannot be used.")
    {
    }

    /// <summary>A fault of the module.</summary>
    public Pkcs11TokenException(string message)
        : this(Pkcs11Fault.ModuleUnusable, message)
    {
    }

    /// <summary>A fault of the module.</summary>
    public Pkcs11TokenException(string message, Exception innerException)
        : this(Pkcs11Fault.ModuleUnusable, message, innerException)
    {
    }

    /// <summary>A named fault.</summary>
    public Pkcs11TokenException(Pkcs11Fault fault, string message, Exception? innerException = null)
        : base(message, innerException) => Fault = fault;

    /// <summary>Which.</summary>
    public Pkcs11Fault Fault { get; }
}
