using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Server.Browser;

/// <summary>
/// The host's own pipeline, for calls from inside the process: the same routes, validation and access control that
/// every caller meets.
/// </summary>
internal sealed class HostPipeline
{
    private volatile RequestDelegate? _pipeline;

    /// <summary>The pipeline. Throws before the host has built it, which is a mistake of the host.</summary>
    public RequestDelegate Invoke =>
        _pipeline ?? throw new InvalidOperationException("The host's pipeline is not built yet.");

    /// <summary>Keeps everything that comes after this in the pipeline; call it first.</summary>
    public void Keep(IApplicationBuilder app) => app.Use(next =>
    {
        _pipeline = next;
        return next;
    });
}
