using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using EHealthHub.Trust.Clinicians;

namespace EHealthHub.Trust.Certificates;

/// <summary>What a certificate says about itself, read once. Nothing of it is proven until the chain is.</summary>
internal sealed record CertificateFacts
{
    private const string BasicConstraints = "2.5.29.19";
    private const string KeyUsageExtension = "2.5.29.15";
    private const string ExtendedKeyUsage = "2.5.29.37";
    private const string QualifiedStatements = "1.3.6.1.5.5.7.1.3";
    private const string QualifiedType = "0.4.0.1862.1.6";

    // RFC 5280 sets no bound; real certificates have about ten, and their policies a handful.
    private const int ExtensionsMax = 32;
    private const int PoliciesMax = 32;
    private const int AttributesMax = 32;

    internal bool IsAuthority { get; private set; }

    /// <summary>None where the extension is missing.</summary>
    internal X509KeyUsageFlags KeyUsage { get; private set; }

    /// <summary>Default where the extension is missing, which is another thing than empty.</summary>
    internal ImmutableArray<string> ExtendedUsages { get; private set; }

    internal ImmutableArray<string> Policies { get; private set; } = [];

    /// <summary>Qualified-certificate statements, and the types of a QcType statement.</summary>
    internal ImmutableArray<string> Statements { get; private set; } = [];

    /// <summary>Attributes of the subject that are text, in order.</summary>
    internal ImmutableArray<(string Oid, string Text)> Subject { get; private init; } = [];

    /// <summary>The national id in an attribute of the subject; null where there is none, or where the subject names the attribute twice.</summary>
    internal string? NationalIdIn(string attribute)
    {
        string? text = null;
        foreach (var (oid, value) in Subject)
        {
            if (oid == attribute)
            {
                if (text is not null)
                {
                    return null;
                }

                text = value;
            }
        }

        return text is null ? null : NationalId.FromSerialNumber(text);
    }

    /// <summary>Null for a certificate that cannot be read, repeats an extension (RFC 5280, 4.2), or has too many.</summary>
    internal static CertificateFacts? Read(X509Certificate2 certificate)
    {
        try
        {
            if (certificate.Extensions.Count > ExtensionsMax)
            {
                return null;
            }

            var facts = new CertificateFacts { Subject = ReadSubject(certificate.SubjectName.RawData) };
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var extension in certificate.Extensions)
            {
                if (!seen.Add(extension.Oid!.Value!))
                {
                    return null;
                }

                facts.Take(extension);
            }

            return facts;
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException)
        {
            return null;
        }
    }

    private void Take(X509Extension extension)
    {
        switch (extension.Oid!.Value)
        {
            case BasicConstraints:
                IsAuthority = new X509BasicConstraintsExtension(extension, extension.Critical).CertificateAuthority;
                break;
            case KeyUsageExtension:
                KeyUsage = new X509KeyUsageExtension(extension, extension.Critical).KeyUsages;
                break;
            case ExtendedKeyUsage:
                ExtendedUsages = [.. new X509EnhancedKeyUsageExtension(extension, extension.Critical).EnhancedKeyUsages.Cast<Oid>().Select(o => o.Value!)];
                break;
            case CertificateOids.CertificatePolicies:
                Policies = ReadPolicies(extension.RawData);
                break;
            case QualifiedStatements:
                Statements = ReadStatements(extension.RawData);
                break;
        }
    }

    private static ImmutableArray<string> ReadPolicies(byte[] extension)
    {
        var policies = ImmutableArray.CreateBuilder<string>();
        var sequence = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData && policies.Count < PoliciesMax)
        {
            policies.Add(sequence.ReadSequence().ReadObjectIdentifier());
        }

        return policies.ToImmutable();
    }

    /// <summary>QCStatements (RFC 3739, 3.2.6) with the types of certificate (ETSI EN 319 412-5, 4.2.3): <c>SEQUENCE OF SEQUENCE { OID, ANY OPTIONAL }</c>.</summary>
    private static ImmutableArray<string> ReadStatements(byte[] extension)
    {
        var statements = ImmutableArray.CreateBuilder<string>();
        var sequence = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
        while (sequence.HasData && statements.Count < PoliciesMax)
        {
            var statement = sequence.ReadSequence();
            var oid = statement.ReadObjectIdentifier();
            statements.Add(oid);
            if (oid == QualifiedType && statement.HasData)
            {
                var types = statement.ReadSequence();
                while (types.HasData && statements.Count < PoliciesMax)
                {
                    statements.Add(types.ReadObjectIdentifier());
                }
            }
        }

        return statements.ToImmutable();
    }

    private static ImmutableArray<(string Oid, string Text)> ReadSubject(byte[] subject)
    {
        var attributes = ImmutableArray.CreateBuilder<(string, string)>();
        var name = new AsnReader(subject, AsnEncodingRules.DER).ReadSequence();
        while (name.HasData)
        {
            var set = name.ReadSetOf(skipSortOrderValidation: true);
            while (set.HasData)
            {
                if (attributes.Count == AttributesMax)
                {
                    throw new AsnContentException("A subject with too many attributes.");
                }

                var attribute = set.ReadSequence();
                attributes.Add((attribute.ReadObjectIdentifier(), ReadText(attribute)));
            }
        }

        return attributes.ToImmutable();
    }

    private static string ReadText(AsnReader attribute)
    {
        var tag = attribute.PeekTag();
        return tag.HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.PrintableString)) ? attribute.ReadCharacterString(UniversalTagNumber.PrintableString)
            : tag.HasSameClassAndValue(new Asn1Tag(UniversalTagNumber.UTF8String)) ? attribute.ReadCharacterString(UniversalTagNumber.UTF8String)
            : "";
    }
}
