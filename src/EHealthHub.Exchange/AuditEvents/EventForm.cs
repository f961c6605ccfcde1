namespace EHealthHub.Exchange.AuditEvents;

/// <summary>Which pattern of IHE BALP an event follows: what its agents are called and what may stand among its entities.</summary>
internal enum EventForm
{
    /// <summary>Basic patterns: RESTful interactions, and with free agents whatever else happened.</summary>
    Basic,

    /// <summary>A read: data goes from the hub to the client.</summary>
    Read,

    /// <summary>A search: criteria go from the client to the hub.</summary>
    Query,

    /// <summary>A create or update: data goes from the client to the hub.</summary>
    Write,

    /// <summary>A delete.</summary>
    Delete,

    /// <summary>Privacy disclosure at the source: somebody was shown a record for another purpose than the patient's care.</summary>
    Disclosure,

    /// <summary>An authorization decision; nothing else may stand among the entities.</summary>
    Decision,

    /// <summary>IUA: an access token was issued; the request for it is the only entity.</summary>
    Token,
}
