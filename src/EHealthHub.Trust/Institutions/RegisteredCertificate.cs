using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;
using EHealthHub.Trust.Certificates;
using EHealthHub.Trust.Revocation;

namespace EHealthHub.Trust.Institutions;

/// <summary>A TLS client certificate of an institution. During a renewal the old and the new one are good together, the old one until a day.</summary>
/// <param name="Thumbprint">SHA-256, lower-case hex.</param>
/// <param name="From">Good from, inclusive; null for always.</param>
/// <param name="Until">Good until, exclusive; null for no end beside its own.</param>
/// <param name="Der">The certificate, base64, where it was at hand: then its revocation is asked ahead, and people can read whose it is. It gives nothing that the thumbprint does not.</param>
[JsonConverter(typeof(RegisteredCertificateConverter))]
public sealed record RegisteredCertificate(string Thumbprint, DateTimeOffset? From = null, DateTimeOffset? Until = null, string? Der = null)
{
    internal const int DerLengthMax = 24 * 1024;

    /// <summary>A certificate known by its thumbprint alone, without a period.</summary>
    public static implicit operator RegisteredCertificate(string thumbprint) => new(thumbprint);

    /// <summary>With the certificate itself.</summary>
    public static RegisteredCertificate Of(X509Certificate2 certificate, DateTimeOffset? from = null, DateTimeOffset? until = null) =>
        new(CertificateThumbprint.Of(certificate), from, until, Convert.ToBase64String(certificate.RawDataMemory.Span));

    /// <summary>True within the period.</summary>
    public bool IsCurrent(DateTimeOffset now) => !(From > now) && !(Until <= now);

    /// <summary>The certificate, for the caller to dispose; null where it is not at hand or not the one of the thumbprint.</summary>
    public X509Certificate2? Load()
    {
        if (Der is null)
        {
            return null;
        }

        try
        {
            var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(Der));
            if (CertificateThumbprint.Of(certificate) == Thumbprint)
            {
                return certificate;
            }

            certificate.Dispose();
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            // Said by the caller: it is not the certificate of its thumbprint.
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => Thumbprint;
}

/// <summary>
/// An institution's certificates by issuer and subject instead of one by one: every certificate that this very authority (name and key) issues to this very subject is the institution's. For authorities that vouch for their subjects' names.
/// </summary>
/// <param name="Issuer">For people.</param>
/// <param name="Subject">For people.</param>
/// <param name="Key">What counts: SHA-256 over the authority (its name and key) and the encoded subject, lower-case hex.</param>
/// <param name="From">Good from, inclusive; null for always.</param>
/// <param name="Until">Good until, exclusive; null for no end.</param>
public sealed record RegisteredName(string Issuer, string Subject, string Key, DateTimeOffset? From = null, DateTimeOffset? Until = null)
{
    /// <summary>The name of a certificate and the authority that issued it.</summary>
    public static RegisteredName Of(X509Certificate2 issuer, X509Certificate2 certificate, DateTimeOffset? from = null, DateTimeOffset? until = null) =>
        new(issuer.Subject, certificate.Subject, KeyOf(CertificateId.IssuerOf(issuer), certificate).ToHex(), from, until);

    /// <summary>The name of a certificate that one of these authorities issued; null when none did.</summary>
    public static RegisteredName? Find(X509Certificate2 certificate, IEnumerable<X509Certificate2> authorities, DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        var issuer = SignedDer.TryRead(certificate, out var signed)
            ? authorities.FirstOrDefault(a => a.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) && signed.IsSignedBy(a.PublicKey))
            : null;
        return issuer is null ? null : Of(issuer, certificate, from, until);
    }

    internal static Hash256 KeyOf(Hash256 issuer, X509Certificate2 certificate)
    {
        var subject = certificate.SubjectName.RawData;
        var both = new byte[Hash256.Size + subject.Length];
        issuer.Write(both);
        subject.CopyTo(both, Hash256.Size);
        return Hash256.Of(both);
    }

    /// <summary>True within the period.</summary>
    public bool IsCurrent(DateTimeOffset now) => !(From > now) && !(Until <= now);
}

/// <summary>The institution that a certificate stands for, and while.</summary>
internal sealed class Registration(Institution institution, DateTimeOffset? from, DateTimeOffset? until)
{
    private readonly long _from = from?.UtcTicks ?? long.MinValue;
    private readonly long _until = until?.UtcTicks ?? long.MaxValue;

    internal Institution Institution { get; } = institution;

    internal bool IsCurrent(DateTimeOffset now) => _from <= now.UtcTicks && now.UtcTicks < _until;

    internal long Until => _until;
}

/// <summary>A bare thumbprint where nothing else is said, so that the file stays readable; else an object, strictly.</summary>
internal sealed class RegisteredCertificateConverter : JsonConverter<RegisteredCertificate>
{
    public override RegisteredCertificate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString()!;
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("A certificate is a thumbprint, or an object with one.");
        }

        string? thumbprint = null, der = null;
        DateTimeOffset? from = null, until = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!seen.Add(name) || !reader.Read() || reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException($"A certificate's {name} stands twice or is no text.");
            }

            switch (name)
            {
                case "thumbprint": thumbprint = reader.GetString(); break;
                case "from": from = reader.GetDateTimeOffset(); break;
                case "until": until = reader.GetDateTimeOffset(); break;
                case "certificate": der = reader.GetString(); break;
                default: throw new JsonException($"A certificate has no {name}.");
            }
        }

        return new RegisteredCertificate(thumbprint ?? throw new JsonException("A certificate has a thumbprint."), from, until, der);
    }

    public override void Write(Utf8JsonWriter writer, RegisteredCertificate value, JsonSerializerOptions options)
    {
        if (value is { From: null, Until: null, Der: null })
        {
            writer.WriteStringValue(value.Thumbprint);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("thumbprint", value.Thumbprint);
        if (value.From is { } from)
        {
            writer.WriteString("from", from);
        }

        if (value.Until is { } until)
        {
            writer.WriteString("until", until);
        }

        if (value.Der is { } der)
        {
            writer.WriteString("certificate", der);
        }

        writer.WriteEndObject();
    }
}
