namespace EHealthHub.Auditor.Composition;

/// <summary>The one place where an exception becomes an answer: logged with its kind, told to nobody. Files that cannot be read are 503, all else is a bug and 500.</summary>
internal static class Failures
{
    public static async Task Catch(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The visitor left.
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            Log.RequestFailed(context.RequestServices.GetRequiredService<ILogger<AuditorHost>>(), e.GetType().Name, e);
            context.Response.Clear();
            SecurityHeaders.Set(context.Response.Headers);
            context.Response.StatusCode = e is IOException or InvalidDataException ? 503 : 500;
        }
    }
}
