using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Endpoints;

/// <summary>Endpoints and the traffic of their variants.</summary>
internal static class EndpointsVerb
{
    public static Command Create(Terminal terminal) => new("endpoints", "Manage the names that callers use")
    {
        EndpointsList.Create(terminal),
        EndpointsShow.Create(terminal),
        EndpointsCreate.Create(terminal),
        EndpointsSetWeights.Create(terminal),
        EndpointsDelete.Create(terminal),
        EndpointsHistory.Create(terminal),
    };
}
