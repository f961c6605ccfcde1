namespace EHealthHub.Auditor.Composition;

/// <summary>What is served to anybody: the style sheet, which the page of a refusal needs, and readiness. All else is for the gate, and only reads are let through to it.</summary>
internal static class OpenPaths
{
    private static readonly byte[] Style = ReadStyle();

    public static Task Serve(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            context.Response.StatusCode = 405;
            context.Response.Headers.Allow = "GET, HEAD";
            return Task.CompletedTask;
        }

        switch (request.Path.Value)
        {
            case "/style.css":
                context.Response.ContentType = "text/css; charset=utf-8";
                return context.Response.Body.WriteAsync(Style, context.RequestAborted).AsTask();
            case "/health/ready":
                context.Response.ContentType = "text/plain";
                return context.Response.WriteAsync("ready\n", context.RequestAborted);
            default:
                return next(context);
        }
    }

    private static byte[] ReadStyle()
    {
        using var resource = typeof(OpenPaths).Assembly.GetManifestResourceStream("style.css")!;
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
