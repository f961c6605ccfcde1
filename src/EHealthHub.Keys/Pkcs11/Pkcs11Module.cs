using System.Reflection;
using System.Runtime.InteropServices;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;

namespace EHealthHub.Keys.Pkcs11;

/// <summary>How a module is told about threads (PKCS#11 2.40, C_Initialize).</summary>
public enum Pkcs11Locking
{
    /// <summary>By the operating system's locks; where the module refuses that, none, and calls one after the other.</summary>
    Auto = 0,

    /// <summary>CKF_OS_LOCKING_OK, or nothing.</summary>
    Os,

    /// <summary>No arguments at all: for modules that fail otherwise. Calls are made one after the other.</summary>
    None,
}

/// <summary>A certificate on a token, readable without a PIN.</summary>
/// <param name="Token">Label of the token.</param>
/// <param name="Id">CKA_ID in lower-case hexadecimal: what ties certificate and key together.</param>
/// <param name="Label">CKA_LABEL, for people.</param>
/// <param name="Certificate">DER.</param>
public sealed record TokenCertificate(string Token, string Id, string Label, ReadOnlyMemory<byte> Certificate);

/// <summary>
/// A PKCS#11 library (OASIS PKCS#11 2.40): a smart card's, an HSM's, or SoftHSM2. One for each path in a process, since C_Initialize may be called once.
/// </summary>
public sealed class Pkcs11Module : IDisposable
{
    private const int LabelBytesMax = 1_024;
    private const int CertificatesMax = 64;

    // The wrapper asks for dlopen in "libdl", which Debian has under the name libdl.so.2 alone.
    private static readonly bool Resolved = Resolve();

    private readonly IPkcs11Library _library;

    private Pkcs11Module(IPkcs11Library library, bool serial)
    {
        _library = library;
        Serial = serial;
    }

    /// <summary>True where calls have to be made one after the other.</summary>
    internal bool Serial { get; }

    internal Lock Turn { get; } = new();

    /// <summary>Loads and initializes. Throws <see cref="Pkcs11TokenException"/>.</summary>
    /// <param name="path">The module, for example <c>/usr/lib/softhsm/libsofthsm2.so</c>.</param>
    /// <param name="locking">How it is told about threads.</param>
    public static Pkcs11Module Load(string path, Pkcs11Locking locking)
    {
        if (!Resolved || !File.Exists(path))
        {
            throw new Pkcs11TokenException(Pkcs11Fault.ModuleUnusable, $"There is no PKCS#11 module {path}.");
        }

        try
        {
            return locking == Pkcs11Locking.None ? Open(path, AppType.SingleThreaded) : Open(path, AppType.MultiThreaded);
        }
        catch (Pkcs11Exception e) when (locking == Pkcs11Locking.Auto && e.RV is CKR.CKR_CANT_LOCK or CKR.CKR_ARGUMENTS_BAD or CKR.CKR_NEED_TO_CREATE_THREADS or CKR.CKR_GENERAL_ERROR)
        {
            return Again(path);
        }
        catch (Exception e) when (e is Pkcs11Exception or UnmanagedException or BadImageFormatException or DllNotFoundException)
        {
            throw Unusable(path, e);
        }
    }

    /// <summary>The certificates on all tokens, or on the one with a label, for which the token says that it has one. Throws <see cref="Pkcs11TokenException"/>.</summary>
    public IReadOnlyList<TokenCertificate> Certificates(string? token = null)
    {
        var found = new List<TokenCertificate>();
        foreach (var slot in Slots(token))
        {
            var label = LabelOf(slot);
            using var session = Guard(() => slot.OpenSession(SessionType.ReadOnly));
            foreach (var handle in Guard(() => session.FindAllObjects([Attribute(session, CKA.CKA_CLASS, CKO.CKO_CERTIFICATE), Attribute(session, CKA.CKA_TOKEN, true)])).Take(CertificatesMax))
            {
                var values = Guard(() => session.GetAttributeValue(handle, [CKA.CKA_ID, CKA.CKA_LABEL, CKA.CKA_VALUE]));
                if (values[2].GetValueAsByteArray() is { Length: > 0 } der)
                {
                    found.Add(new TokenCertificate(label, Convert.ToHexStringLower(values[0].GetValueAsByteArray() ?? []), Text(values[1]), der));
                }
            }
        }

        return found;
    }

    /// <summary>Opens the key beside a certificate. Throws <see cref="Pkcs11TokenException"/>.</summary>
    /// <param name="certificate">One of <see cref="Certificates"/>.</param>
    /// <param name="pin">The user's PIN; the caller clears it.</param>
    public TokenKey OpenKey(TokenCertificate certificate, ReadOnlySpan<byte> pin)
    {
        var slot = Slots(certificate.Token)[0];
        var session = Guard(() => slot.OpenSession(SessionType.ReadOnly));
        var copy = pin.ToArray();
        try
        {
            try
            {
                session.Login(CKU.CKU_USER, copy);
            }
            catch (Pkcs11Exception e) when (e.RV == CKR.CKR_USER_ALREADY_LOGGED_IN)
            {
                // Another session of this process did: the login belongs to the token, not to the session.
            }

            var keys = session.FindAllObjects([Attribute(session, CKA.CKA_CLASS, CKO.CKO_PRIVATE_KEY), session.Factories.ObjectAttributeFactory.Create(CKA.CKA_ID, Convert.FromHexString(certificate.Id))]);
            return keys.Count == 1
                ? new TokenKey(this, session, keys[0], certificate)
                : throw new Pkcs11TokenException(Pkcs11Fault.NoCertificate, $"The token {certificate.Token} has {(keys.Count == 0 ? "no" : "more than one")} private key {certificate.Id}.");
        }
        catch (Pkcs11Exception e)
        {
            session.Dispose();
            throw Fault(e);
        }
        catch (Pkcs11TokenException)
        {
            session.Dispose();
            throw;
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(copy);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _library.Dispose();

    /// <summary>The same fault in our words.</summary>
    internal static Pkcs11TokenException Fault(Pkcs11Exception e) => e.RV switch
    {
        CKR.CKR_PIN_INCORRECT or CKR.CKR_PIN_INVALID or CKR.CKR_PIN_LEN_RANGE => new Pkcs11TokenException(Pkcs11Fault.PinWrong, "The PIN is wrong. Cards lock after a few wrong ones.", e),
        CKR.CKR_PIN_LOCKED or CKR.CKR_PIN_EXPIRED or CKR.CKR_USER_PIN_NOT_INITIALIZED => new Pkcs11TokenException(Pkcs11Fault.PinLocked, "The PIN is locked, expired or not set: the card's issuer helps.", e),
        CKR.CKR_DEVICE_REMOVED or CKR.CKR_TOKEN_NOT_PRESENT or CKR.CKR_SESSION_HANDLE_INVALID or CKR.CKR_SESSION_CLOSED or CKR.CKR_USER_NOT_LOGGED_IN or CKR.CKR_DEVICE_ERROR =>
            new Pkcs11TokenException(Pkcs11Fault.TokenGone, "The token was taken out or its session ended.", e),
        CKR.CKR_MECHANISM_INVALID or CKR.CKR_MECHANISM_PARAM_INVALID or CKR.CKR_KEY_TYPE_INCONSISTENT or CKR.CKR_KEY_FUNCTION_NOT_PERMITTED or CKR.CKR_FUNCTION_NOT_SUPPORTED =>
            new Pkcs11TokenException(Pkcs11Fault.NotOffered, $"The token does not sign in the way that the certificate's key needs ({e.RV}).", e),
        _ => new Pkcs11TokenException(Pkcs11Fault.ModuleUnusable, $"The PKCS#11 module answered {e.RV} to {e.Method}.", e),
    };

    private static Pkcs11Module Again(string path)
    {
        try
        {
            return Open(path, AppType.SingleThreaded);
        }
        catch (Exception e) when (e is Pkcs11Exception or UnmanagedException)
        {
            throw Unusable(path, e);
        }
    }

    private static Pkcs11Module Open(string path, AppType type)
    {
        var factories = new Pkcs11InteropFactories();
        return new Pkcs11Module(factories.Pkcs11LibraryFactory.LoadPkcs11Library(factories, path, type), type == AppType.SingleThreaded);
    }

    private static Pkcs11TokenException Unusable(string path, Exception e) =>
        new(Pkcs11Fault.ModuleUnusable, $"{path} cannot be used as a PKCS#11 module: {(e is Pkcs11Exception p ? p.RV.ToString() : e.Message)}", e);

    private List<ISlot> Slots(string? token)
    {
        var slots = Guard(() => _library.GetSlotList(SlotsType.WithTokenPresent)).Where(s => Guard(() => s.GetTokenInfo()).TokenFlags.TokenInitialized).ToList();
        var named = token is null ? slots : [.. slots.Where(s => LabelOf(s) == token)];
        return named switch
        {
            [] => throw new Pkcs11TokenException(Pkcs11Fault.NoToken, token is null ? "No token is present." : $"No token {token} is present; there are: {string.Join(", ", slots.Select(LabelOf))}."),
            { Count: > 1 } when token is not null => throw new Pkcs11TokenException(Pkcs11Fault.SeveralTokens, $"Several tokens are called {token}."),
            _ => named,
        };
    }

    private static string LabelOf(ISlot slot) => Guard(() => slot.GetTokenInfo()).Label.Trim();

    private static T Guard<T>(Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Pkcs11Exception e)
        {
            throw Fault(e);
        }
    }

    private static IObjectAttribute Attribute(ISession session, CKA name, CKO value) => session.Factories.ObjectAttributeFactory.Create(name, value);

    private static IObjectAttribute Attribute(ISession session, CKA name, bool value) => session.Factories.ObjectAttributeFactory.Create(name, value);

    /// <summary>A label comes from the token and is shown to people: bounded, and without control characters.</summary>
    private static string Text(IObjectAttribute attribute)
    {
        var bytes = attribute.GetValueAsByteArray() ?? [];
        var text = System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, LabelBytesMax)));
        return string.Concat(text.Where(c => !char.IsControl(c)));
    }

    private static bool Resolve()
    {
        NativeLibrary.SetDllImportResolver(typeof(Pkcs11InteropFactories).Assembly, static (name, assembly, search) =>
            name is "libdl" && OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libdl.so.2", assembly, search, out var handle) ? handle : IntPtr.Zero);
        return true;
    }
}
