using Fairlead.Core.Quality;

namespace Fairlead.Server.Evaluating;

/// <summary>What an evaluation asks, as it is kept.</summary>
internal sealed record EvaluationSpec
{
    public required string Label { get; init; }

    public required AnswerKind Task { get; init; }

    public string? Positive { get; init; }

    public required string Output { get; init; }

    public string? Score { get; init; }

    public string? By { get; init; }

    public required double Alpha { get; init; }

    public required string Digest { get; init; }

    public string? Dataset { get; init; }

    public string Source { get; init; } = "";

    public int? Limit { get; init; }

    /// <summary>What must be equal in two evaluations for their rows to be the same rows.</summary>
    public bool HasRowsOf(EvaluationSpec other) =>
        (Digest, Label, Task, Positive, By, Limit)
            == (other.Digest, other.Label, other.Task, other.Positive, other.By, other.Limit);
}
