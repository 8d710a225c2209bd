using System.CommandLine;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Endpoints;

/// <summary>
/// Says whether a changed endpoint is served already: a change is recorded first and placed afterwards.
/// </summary>
internal static class Placing
{
    /// <summary>Long enough to load a large model.</summary>
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(1);

    public static Option<TimeSpan?> Option() => Options.Duration("--wait",
        $"How long to wait until it serves; 0: not at all [default: {DurationText.Format(DefaultWait)}]");

    public static TimeSpan Wait(Call call, Option<TimeSpan?> option) => call.Value(option) ?? DefaultWait;

    /// <summary>Tells a person what came of a change, and gives the exit code.</summary>
    public static int Report(Call call, EndpointInfo endpoint, TimeSpan waited)
    {
        if (endpoint.ServingGeneration >= endpoint.Generation)
        {
            call.Note($"{endpoint.Name} serves generation {endpoint.Generation}: {EndpointsList.Traffic(endpoint)}.");
            return ExitCodes.Ok;
        }

        if (waited == TimeSpan.Zero)
        {
            call.Note($"{endpoint.Name} is recorded as generation {endpoint.Generation}.");
            return ExitCodes.Ok;
        }

        var failed = endpoint.Placements.Where(placement =>
            placement.State == "failed" && placement.Generation == endpoint.Generation).ToList();
        foreach (var placement in failed)
            call.Note($"fairlead: {placement.Replica} cannot serve generation {endpoint.Generation}: {placement.Why}");
        if (failed.Count == 0)
        {
            call.Note($"fairlead: generation {endpoint.Generation} of {endpoint.Name} is recorded and not served after "
                + $"{DurationText.Format(waited)}.");
        }

        call.Note($"  See: fairlead endpoints show {endpoint.Name}");
        return ExitCodes.PartlyDone;
    }
}
