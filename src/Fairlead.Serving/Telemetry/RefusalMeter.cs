using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Telemetry;

/// <summary>Where a request came in; the labels of the counts are made of these, so the list is closed.</summary>
public enum Door
{
    /// <summary>Rows of named fields as JSON.</summary>
    Predict,

    /// <summary>The Open Inference Protocol over REST.</summary>
    OpenInferenceRest,

    /// <summary>The Open Inference Protocol over gRPC, with health and reflection.</summary>
    OpenInferenceGrpc,

    /// <summary>The control plane.</summary>
    Api,

    /// <summary>Everything else: metrics, pages.</summary>
    Other,
}

/// <summary>
/// Counts requests that ended before any variant could be charged with them: without a key, over a key's rate, not to
/// be read, for an endpoint that does not exist. Two closed lists make the labels, so nobody can grow the page by what
/// they send.
/// </summary>
public sealed class RefusalMeter
{
    private static readonly string[] DoorNames = ["predict", "oip_rest", "oip_grpc", "api", "other"];

    private readonly long[] _counts = new long[DoorNames.Length * FailureTable.Count];

    /// <summary>The door's label.</summary>
    public static string Name(Door door) => DoorNames[(int)door];

    /// <summary>Counts one; <see cref="PredictFailure.None"/> is no refusal and is not counted.</summary>
    public void Count(Door door, PredictFailure reason)
    {
        if (reason != PredictFailure.None)
            Interlocked.Increment(ref _counts[(int)door * FailureTable.Count + (int)reason]);
    }

    /// <summary>How many there were.</summary>
    public long Read(Door door, PredictFailure reason) =>
        Volatile.Read(ref _counts[(int)door * FailureTable.Count + (int)reason]);

    /// <summary>Every pair that has been counted, with the door's and the reason's label.</summary>
    public IEnumerable<(string Door, string Reason, long Count)> ReadAll()
    {
        foreach (var door in Enum.GetValues<Door>())
        {
            foreach (var reason in Enum.GetValues<PredictFailure>())
            {
                if (Read(door, reason) is > 0 and var count)
                    yield return (DoorNames[(int)door], reason.Code(), count);
            }
        }
    }
}
