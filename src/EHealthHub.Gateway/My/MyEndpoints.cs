using EHealthHub.Gateway.Composition;
using EHealthHub.Gateway.Pages;
using EHealthHub.Gateway.Pipeline;
using EHealthHub.Trust;

namespace EHealthHub.Gateway.My;

/// <summary>The citizens' pages: routes. Each page runs the acts that the API runs, as the same caller, with the same decisions and entries in the log.</summary>
internal sealed class MyEndpoints(HubParts parts, MyGate gate, IRegistry registry)
{
    private readonly RecordPages _record = new(parts, gate);
    private readonly ReportPages _report = new(parts, gate);
    private readonly ConsentPages _consents = new(parts, gate, registry);
    private readonly DownloadPages _download = new(parts, gate);

    public void Map(IEndpointRouteBuilder routes)
    {
        Get(routes, "/my", _record.Home);
        Get(routes, "/my/record/{type}", _record.Kind);
        Get(routes, "/my/record/{type}/{id}", _record.Entry);
        Get(routes, "/my/report", _report.Page);
        Post(routes, "/my/report", (visit, _) => _report.File(visit));
        Get(routes, "/my/consents", _consents.Page);
        Post(routes, "/my/consents", _consents.Act);
        Get(routes, "/my/download", _download.Page);
        Post(routes, "/my/download", (visit, _) => _download.File(visit));
    }

    private void Get(IEndpointRouteBuilder routes, string pattern, Func<MyVisit, Task> page) => routes.MapMethods(pattern, ["GET", "HEAD"], async http =>
    {
        if (await gate.Enter(http).ConfigureAwait(false) is { } visit)
        {
            await page(visit).ConfigureAwait(false);
        }
    }).WithMetadata(new OpenEndpoint());

    private void Post(IEndpointRouteBuilder routes, string pattern, Func<MyVisit, MyForm, Task> act) => routes.MapMethods(pattern, ["POST"], async http =>
    {
        if (await gate.EnterWithForm(http).ConfigureAwait(false) is var (visit, form))
        {
            await act(visit, form).ConfigureAwait(false);
        }
    }).WithMetadata(new OpenEndpoint());
}
