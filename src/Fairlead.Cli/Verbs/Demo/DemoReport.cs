namespace Fairlead.Cli.Verbs.Demo;

/// <summary>What the demo measured; with <c>--json</c> its whole output.</summary>
internal sealed record DemoReport
{
    public required string Endpoint { get; init; }

    public required string Http { get; init; }

    public required string Grpc { get; init; }

    public int Version { get; init; }

    public int Requests { get; init; }

    public double SecondsToFirstPrediction { get; init; }

    public double RequestsPerSecond { get; init; }

    public double P50Milliseconds { get; init; }

    public double P95Milliseconds { get; init; }

    public double P99Milliseconds { get; init; }

    public double Accuracy { get; init; }

    public double Auc { get; init; }

    /// <summary>
    /// The figures that the training program measured on the same rows; the served model must reproduce them.
    /// </summary>
    public double TrainedAccuracy { get; init; }

    public double TrainedAuc { get; init; }

    public string FirstPredictionId { get; init; } = "";

    /// <summary>What became of the second version.</summary>
    public DemoRolloutReport? Rollout { get; set; }
}
