namespace EHealthHub.Gateway.Composition;

/// <summary>Bounds on what a connection or request may cost. One place, so that they can be read together.</summary>
public static class GatewayBounds
{
    /// <summary>Largest FHIR body that is read; more is discarded up to <see cref="DrainBytesMax"/> and answered with 413.</summary>
    public const int BodyBytesMax = 20 * 1024 * 1024;

    /// <summary>Largest body that is drained so that the connection lives on; beyond it the connection is closed.</summary>
    public const int DrainBytesMax = 64 * 1024 * 1024;

    /// <summary>Bodies above this size share <see cref="LargeBodiesMax"/> places.</summary>
    public const int LargeBodyBytes = 1024 * 1024;

    /// <summary>Large bodies in memory at the same time.</summary>
    public const int LargeBodiesMax = 16;

    /// <summary>Content of a Binary that is posted as itself: up to so many bytes it is kept within the version, beyond in chunks beside it.</summary>
    public const int InlineContentBytesMax = 256 * 1024;

    /// <summary>Contents received or sent at the same time; each takes some 600 KB of buffers, whatever its length.</summary>
    public const int ContentStreamsMax = 64;

    /// <summary>Bytes a second, over the whole of a content, below which a sender or receiver is too slow: it has this and <see cref="RequestTimeout"/>.</summary>
    public const int ContentBytesPerSecondMin = 64 * 1024;

    /// <summary>Largest form of a token request or search.</summary>
    public const int FormBytesMax = 64 * 1024;

    /// <summary>Requests worked on at the same time; more wait in a queue of the same length, then 503.</summary>
    public const int InFlightMax = 512;

    /// <summary>Requests a second without a proven caller, for each source prefix.</summary>
    public const int UnprovenPerSecondMax = 200;

    /// <summary>Connections at the same time.</summary>
    public const int ConnectionsMax = 5_000;

    /// <summary>Time for one request, all in all.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Time for a TLS handshake.</summary>
    public static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Time for the headers of a request.</summary>
    public static readonly TimeSpan HeadersTimeout = TimeSpan.FromSeconds(10);
}
