using System.Text.Json;
using EHealthHub.Exchange.Reports;

namespace EHealthHub.Exchange.AuditEvents;

/// <summary>Who took part: the institution whose certificate made the connection, the person, the token, the gateway; under the names that the pattern has for them.</summary>
internal readonly ref struct EventAgents(Utf8JsonWriter json, LoggedEntry logged, EventForm form, EventViewer viewer, ReportNames names, string hubUrl)
{
    private static readonly EventCode Application = EventCode.Dicom("110150");
    private static readonly EventCode Destination = EventCode.Dicom("110152");
    private static readonly EventCode Origin = EventCode.Dicom("110153");
    private static readonly EventCode Custodian = new("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "custodian");
    private static readonly EventCode Provider = new("http://terminology.hl7.org/CodeSystem/v3-RoleClass", "PROV");
    private static readonly EventCode Authorizer = new("http://terminology.hl7.org/CodeSystem/extra-security-role-type", "authserver");

    private bool IsHubs => logged.Entry is { Institution: "", Person: "", Certificate: "", Source: "" };

    public void Write()
    {
        json.WriteStartArray("agent"u8);
        switch (form)
        {
            case EventForm.Basic when IsHubs:
                Hub(Application, isRequestor: true, hasNetwork: true);
                break;
            case EventForm.Decision:
                Client(Application);
                User(EventCode.Participation("IRCP"));
                Organization();
                Hub(Authorizer, isRequestor: false, hasNetwork: false);
                break;
            case EventForm.Token:
                Client(Application);
                Hub(EventCode.Agent("AuthzOauthService"), isRequestor: false, hasNetwork: true);
                Person(EventCode.Participation("IRCP"));
                break;
            default:
                var (client, server, user) = Roles();
                Client(client);
                Hub(server, isRequestor: false, hasNetwork: true);
                Person(user);
                Token();
                break;
        }

        json.WriteEndArray();
    }

    /// <summary>BALP names client and server by which way the data goes; of a disclosure, the source is the hub and the recipient the client.</summary>
    private (EventCode Client, EventCode Server, EventCode User) Roles() => form switch
    {
        EventForm.Read or EventForm.Disclosure => (Destination, Origin, EventCode.Participation("IRCP")),
        EventForm.Query => (Origin, Destination, EventCode.Participation("IRCP")),
        EventForm.Write => (Origin, Destination, EventCode.Participation("AUT")),
        EventForm.Delete => (Application, Custodian, EventCode.Participation("AUT")),
        _ => (Application, Destination, EventCode.Participation("IRCP")),
    };

    private void Client(EventCode type)
    {
        var entry = logged.Entry;
        Begin(type);
        var showsCertificate = viewer.SeesAll && entry.Certificate.Length > 0;
        var isNamed = entry.Institution.Length > 0 && form != EventForm.Decision;
        if (IsHubs)
        {
            EventJson.Gateway(json, "who"u8, logged);
        }
        else if (isNamed)
        {
            EventJson.Identified(json, "who"u8, EventJson.Institutions, entry.Institution, names.Institution(entry.Institution));
        }
        else if (showsCertificate)
        {
            EventJson.Identified(json, "who"u8, EventJson.Certificates, entry.Certificate);
        }
        else
        {
            EventJson.Described(json, "who"u8, entry.Person.Length > 0 ? "own connection" : entry.Institution.Length > 0 ? "client of the institution" : "not identified");
        }

        if (isNamed && showsCertificate)
        {
            json.WriteString("altId"u8, entry.Certificate);
        }

        json.WriteBoolean("requestor"u8, entry.Person.Length == 0 && form != EventForm.Decision);
        json.WriteStartObject("network"u8);
        if (IsHubs)
        {
            HubAddress();
        }
        else if (viewer.SeesAll && entry.Source is { Length: > 0 } and not "unknown" and not "many")
        {
            json.WriteString("address"u8, entry.Source);
            json.WriteString("type"u8, "2"u8);
        }
        else
        {
            EventJson.Absent(json, viewer.SeesAll ? "unknown" : "masked");
        }

        json.WriteEndObject();
        if (entry.Person.Length == 0 && form != EventForm.Decision)
        {
            EventWriter.Purpose(json, "purposeOfUse"u8, entry.Purpose, "");
        }

        json.WriteEndObject();
    }

    /// <summary>The person; none where a system acted for itself.</summary>
    private void Person(EventCode type)
    {
        if (logged.Entry.Person.Length > 0)
        {
            User(type);
        }
    }

    /// <summary>Who wanted it: the person, else the institution's system.</summary>
    private void User(EventCode type)
    {
        var entry = logged.Entry;
        Begin(type);
        if (entry.Role.Length > 0)
        {
            json.WriteStartArray("role"u8);
            json.WriteStartObject();
            json.WriteString("text"u8, entry.Role);
            json.WriteEndObject();
            json.WriteEndArray();
        }

        if (entry.Person.Length > 0)
        {
            EventJson.Identified(json, "who"u8, EventJson.People, entry.Person, names.Person(entry.Person));
        }
        else
        {
            EventJson.Identified(json, "who"u8, EventJson.Institutions, entry.Institution, names.Institution(entry.Institution));
        }

        json.WriteBoolean("requestor"u8, true);
        if (form == EventForm.Token)
        {
            Policy();
        }

        EventWriter.Purpose(json, "purposeOfUse"u8, entry.Purpose, "");
        json.WriteEndObject();
    }

    private void Organization()
    {
        Begin(Provider);
        EventJson.Identified(json, "who"u8, EventJson.Institutions, logged.Entry.Institution, names.Institution(logged.Entry.Institution));
        json.WriteBoolean("requestor"u8, false);
        json.WriteEndObject();
    }

    /// <summary>BALP's minimal pattern of an OAuth token: its jti as policy, and nothing else of it.</summary>
    private void Token()
    {
        if (!viewer.SeesAll || logged.Entry.TokenId.Length == 0)
        {
            return;
        }

        Begin(EventCode.Agent("UserOauthAgent"));
        json.WriteBoolean("requestor"u8, true);
        Policy();
        json.WriteEndObject();
    }

    private void Policy()
    {
        if (viewer.SeesAll && logged.Entry.TokenId.Length > 0)
        {
            json.WriteStartArray("policy"u8);
            json.WriteStringValue(logged.Entry.TokenId);
            json.WriteEndArray();
        }
    }

    private void Hub(EventCode type, bool isRequestor, bool hasNetwork)
    {
        Begin(type);
        EventJson.Gateway(json, "who"u8, logged);
        json.WriteBoolean("requestor"u8, isRequestor);
        if (hasNetwork)
        {
            json.WriteStartObject("network"u8);
            HubAddress();
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void HubAddress()
    {
        json.WriteString("address"u8, hubUrl);
        json.WriteString("type"u8, "5"u8);
    }

    private void Begin(EventCode type)
    {
        json.WriteStartObject();
        json.WriteStartObject("type"u8);
        json.WriteStartArray("coding"u8);
        EventJson.Coding(json, type);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
