using Fairlead.Serving.Predict;
using Fairlead.Serving.Telemetry;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Server.Monitoring;

/// <summary>Of the ways in which requests end, those that are the server's or the model's fault.</summary>
internal static class ServerFaults
{
    private static readonly PredictFailure[] All =
    [
        PredictFailure.NotReady, PredictFailure.Overloaded, PredictFailure.DeadlineExceeded,
        PredictFailure.ModelFailed, PredictFailure.Internal,
    ];

    private static readonly string[] Codes = [.. All.Select(failure => failure.Code())];

    /// <summary>How many requests of a window ended so.</summary>
    public static long Of(WindowSketch window) => Codes.Sum(code => window.Ends.GetValueOrDefault(code));

    /// <summary>How many requests of a variant ended so, since it is served here.</summary>
    public static long Of(VariantMeter meter) => All.Sum(meter.Count);
}
