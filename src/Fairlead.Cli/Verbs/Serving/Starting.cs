using Fairlead.Server;
using Fairlead.Server.Hosting;
using Microsoft.AspNetCore.Builder;

namespace Fairlead.Cli.Verbs.Serving;

/// <summary>Starts a server inside this program, for the verbs that do.</summary>
internal static class Starting
{
    /// <summary>Returns the running server; what keeps it from starting is a mistake of the command's user.</summary>
    public static async Task<WebApplication> RunAsync(
        ServeOptions serve, ControlPlaneOptions control, CancellationToken cancellation)
    {
        try
        {
            return await ServerStart.RunAsync(serve, control, cancellation);
        }
        catch (ServerStartException failure)
        {
            throw CliException.Usage(failure.Message);
        }
    }
}
