using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Endpoints;

namespace EHealthHub.Gateway.Pipeline;

/// <summary>Marks endpoints of the management port.</summary>
public sealed class ManagementEndpoint;

/// <summary>Keeps the two listeners apart by the port that a connection came in on, never by a header: management endpoints answer on theirs alone, and nothing else does there.</summary>
internal sealed class PortSplit(RequestDelegate next, GatewaySettings settings)
{
    public Task InvokeAsync(HttpContext context)
    {
        var endpoint = context.GetEndpoint();
        var isManagement = endpoint?.Metadata.GetMetadata<ManagementEndpoint>() is not null;
        if (context.Connection.LocalPort == settings.ManagementPort)
        {
            if (isManagement)
            {
                return endpoint!.RequestDelegate!(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (isManagement)
        {
            context.SetEndpoint(null);
        }

        return next(context);
    }
}
