namespace Fairlead.Statistics.Tests.Cases;

/// <summary>What one measurement of a repeated check found.</summary>
public enum MeasurementOutcome
{
    /// <summary>The condition of success held.</summary>
    Success,

    /// <summary>The condition of failure held.</summary>
    Failure,

    /// <summary>Neither held.</summary>
    Inconclusive,

    /// <summary>Nothing was measured: the source was away or answered nonsense. Consumes no measurement.</summary>
    Error,
}

/// <summary>Where a repeated check stands.</summary>
public enum MeasurementPhase
{
    /// <summary>More measurements are due.</summary>
    Running,

    /// <summary>Over: enough measurements succeeded and no limit was passed.</summary>
    Successful,

    /// <summary>Over: measured, and no verdict follows from it.</summary>
    Inconclusive,

    /// <summary>Over: more failures than allowed.</summary>
    Failed,

    /// <summary>Over: too many errors in a row.</summary>
    Error,

    /// <summary>Over: taken back before it came to an end. Never a pass.</summary>
    Cancelled,
}

/// <summary>Why measuring ends from outside.</summary>
public enum MeasurementEnd
{
    /// <summary>It does not; it goes on until its limits decide.</summary>
    None,

    /// <summary>What it watched over came to its regular end; a check without a count ends so.</summary>
    Completed,

    /// <summary>It is taken back: an abort, a new plan, another check that failed.</summary>
    Cancelled,
}

/// <summary>How many measurements of each outcome a repeated check wants or bears.</summary>
/// <param name="Count">
/// Measurements after which it ends; errors do not count. Null: it measures until it is ended.
/// </param>
public sealed record MeasurementLimits(int? Count)
{
    /// <summary>A limit with this value is never passed.</summary>
    public const int Unlimited = -1;

    /// <summary>Failures that are borne: one more fails the check. Default 0; −1: any number.</summary>
    public int Failures { get; init; }

    /// <summary>Inconclusive measurements that are borne. Default 0; −1: any number.</summary>
    public int Inconclusives { get; init; }

    /// <summary>Errors in a row that are borne. Default 4; −1: any number.</summary>
    public int ConsecutiveErrors { get; init; } = 4;

    /// <summary>Successes in a row after which the check is successful at once. Default 0: not asked for.</summary>
    public int ConsecutiveSuccesses { get; init; }
}

/// <summary>The measurements so far, counted.</summary>
/// <param name="Successes">Successes in all.</param>
/// <param name="Failures">Failures in all.</param>
/// <param name="Inconclusives">Inconclusive measurements in all.</param>
/// <param name="Errors">Errors in all.</param>
/// <param name="ConsecutiveSuccesses">Successes since the last other outcome.</param>
/// <param name="ConsecutiveErrors">Errors since the last other outcome.</param>
public readonly record struct MeasurementTally(
    int Successes, int Failures, int Inconclusives, int Errors, int ConsecutiveSuccesses, int ConsecutiveErrors)
{
    /// <summary>Measurements that count towards the end: all but errors.</summary>
    public int Count => Successes + Failures + Inconclusives;

    /// <summary>The tally with one more measurement.</summary>
    public MeasurementTally With(MeasurementOutcome outcome)
    {
        var streaks = this with
        {
            ConsecutiveSuccesses = outcome == MeasurementOutcome.Success ? ConsecutiveSuccesses + 1 : 0,
            ConsecutiveErrors = outcome == MeasurementOutcome.Error ? ConsecutiveErrors + 1 : 0,
        };
        return outcome switch
        {
            MeasurementOutcome.Success => streaks with { Successes = Successes + 1 },
            MeasurementOutcome.Failure => streaks with { Failures = Failures + 1 },
            MeasurementOutcome.Inconclusive => streaks with { Inconclusives = Inconclusives + 1 },
            MeasurementOutcome.Error => streaks with { Errors = Errors + 1 },
            _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "An unknown outcome."),
        };
    }
}

/// <summary>
/// The verdict over a check that is measured again and again, from counters alone. Argo Rollouts' assessment of a
/// metric, with two differences: a check that is cancelled never passes, and one that ends without a single
/// measurement is inconclusive.
/// </summary>
public static class MeasurementAssessment
{
    /// <summary>Where the check stands.</summary>
    /// <remarks>
    /// The first that applies counts. (1) A limit was passed: too many errors in a row before too many inconclusive
    /// measurements before too many failures. (2) Enough successes in a row. (3) Enough measurements: successful, or,
    /// where successes in a row were asked for, inconclusive if failures are limited too and failed otherwise.
    /// (4) It was ended from outside.
    /// </remarks>
    public static MeasurementPhase Assess(MeasurementTally tally, MeasurementLimits limits, MeasurementEnd end)
    {
        if (IsPassed(limits.ConsecutiveErrors, tally.ConsecutiveErrors))
            return MeasurementPhase.Error;
        if (IsPassed(limits.Inconclusives, tally.Inconclusives))
            return MeasurementPhase.Inconclusive;
        if (IsPassed(limits.Failures, tally.Failures))
            return MeasurementPhase.Failed;

        var wantsStreak = limits.ConsecutiveSuccesses > 0;
        if (wantsStreak && tally.ConsecutiveSuccesses >= limits.ConsecutiveSuccesses)
            return MeasurementPhase.Successful;
        if (tally.Count >= limits.Count)
            return !wantsStreak ? MeasurementPhase.Successful
                : limits.Failures >= 0 ? MeasurementPhase.Inconclusive
                : MeasurementPhase.Failed;

        return end switch
        {
            MeasurementEnd.Completed => tally.Count > 0 ? MeasurementPhase.Successful : MeasurementPhase.Inconclusive,
            MeasurementEnd.Cancelled => MeasurementPhase.Cancelled,
            _ => MeasurementPhase.Running,
        };
    }

    /// <summary>
    /// The verdict over several checks: failed before error before inconclusive before cancelled before running
    /// before successful. No check at all has no verdict and is inconclusive.
    /// </summary>
    public static MeasurementPhase Worst(IEnumerable<MeasurementPhase> phases)
    {
        var worst = (MeasurementPhase?)null;
        foreach (var phase in phases)
        {
            if (worst is null || Badness(phase) > Badness(worst.Value))
                worst = phase;
        }

        return worst ?? MeasurementPhase.Inconclusive;
    }

    private static bool IsPassed(int limit, int found) => limit >= 0 && found > limit;

    private static int Badness(MeasurementPhase phase) => phase switch
    {
        MeasurementPhase.Failed => 5,
        MeasurementPhase.Error => 4,
        MeasurementPhase.Inconclusive => 3,
        MeasurementPhase.Cancelled => 2,
        MeasurementPhase.Running => 1,
        _ => 0,
    };
}
