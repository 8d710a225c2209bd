using System.Collections.Immutable;

namespace Fairlead.Statistics.Sequential;

/// <summary>What a group-sequential test is planned to be; fixed before the first look.</summary>
/// <param name="Alpha">Error rate of the whole test, between 0 and 1.</param>
/// <param name="Sides">The directions in which it may reject.</param>
/// <param name="Spending">How the error rate is spent.</param>
public sealed record GroupSequentialPlan(double Alpha, Sides Sides, SpendingFunction Spending);

/// <summary>A look that was taken: what must be remembered of it.</summary>
/// <param name="Information">Its information time.</param>
/// <param name="Bound">The critical value that it was held against.</param>
/// <param name="LogSpent">ln of the error rate spent up to and with it.</param>
public readonly record struct TakenLook(double Information, double Bound, double LogSpent);

/// <summary>The looks of a running test; a value that can be stored and read back.</summary>
/// <param name="Looks">The looks so far, oldest first.</param>
/// <param name="Rejected">A look has rejected; the test is over.</param>
public sealed record MonitorState(ImmutableArray<TakenLook> Looks, bool Rejected)
{
    /// <summary>Before the first look.</summary>
    public static MonitorState Fresh { get; } = new([], false);

    /// <summary>The error rate spent so far.</summary>
    public double Spent => Looks.IsEmpty ? 0 : Math.Exp(Looks[^1].LogSpent);

    public bool Equals(MonitorState? other) =>
        other is not null && Rejected == other.Rejected && Looks.AsSpan().SequenceEqual(other.Looks.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Looks.Length, Rejected);
}

/// <summary>What a look says.</summary>
public enum LookDecision
{
    /// <summary>The bound was not reached; more looks may follow.</summary>
    Continue,

    /// <summary>The bound was reached.</summary>
    Reject,

    /// <summary>The bound was not reached, and nothing is left to spend: the test is over without rejection.</summary>
    Accept,

    /// <summary>
    /// There was no new information, or no number to look at, or the test was over before. Nothing was spent.
    /// </summary>
    NotALook,
}

/// <summary>A look's outcome and the state after it.</summary>
/// <param name="State">To be stored; equal to the one before for <see cref="LookDecision.NotALook"/>.</param>
/// <param name="Decision">What the look says.</param>
/// <param name="Bound">The critical value; NaN for <see cref="LookDecision.NotALook"/>.</param>
public sealed record LookResult(MonitorState State, LookDecision Decision, double Bound);

/// <summary>
/// Takes the looks of a group-sequential test one at a time, whenever they come: each is held against the bound that
/// spends what the plan allows by its information time, given the looks that were really taken. What has been spent
/// stays spent, and a look at or past the planned information ends the test.
/// </summary>
public static class GroupSequentialMonitor
{
    /// <summary>Least growth of the information from look to look; anything less is the same look.</summary>
    public const double MinStep = 1e-6;

    /// <summary>Takes a look.</summary>
    /// <param name="plan">The plan, the same at every look.</param>
    /// <param name="state">What the look before left.</param>
    /// <param name="information">Share of the planned information that is there; above 1 when it overran.</param>
    /// <param name="z">The statistic, standard normal without an effect.</param>
    public static LookResult Look(GroupSequentialPlan plan, MonitorState state, double information, double z)
    {
        var last = state.Looks.IsEmpty ? default : state.Looks[^1];
        if (state.Rejected || last.Information >= 1 || state.Looks.Length == GroupSequential.MaxLooks
            || !double.IsFinite(information) || information < last.Information + MinStep || double.IsNaN(z))
            return new LookResult(state, LookDecision.NotALook, double.NaN);

        var before = state.Looks.IsEmpty ? double.NegativeInfinity : last.LogSpent;
        var target = Math.Max(before, plan.Spending.LogSpent(information, plan.Alpha, plan.Sides));
        var bound = Recall(plan, state).BoundFor(information, LogDomain.Difference(target, before));

        var rejects = (plan.Sides == Sides.Two ? Math.Abs(z) : z) >= bound;
        var after = new MonitorState(
            state.Looks.Add(new TakenLook(information, Math.Min(bound, double.MaxValue), target)), rejects);
        var decision = rejects ? LookDecision.Reject
            : information >= 1 ? LookDecision.Accept
            : LookDecision.Continue;
        return new LookResult(after, decision, bound);
    }

    private static BrownianExit Recall(GroupSequentialPlan plan, MonitorState state)
    {
        var recursion = new BrownianExit(plan.Sides);
        foreach (var look in state.Looks)
            recursion.Advance(look.Information, look.Bound == double.MaxValue ? double.PositiveInfinity : look.Bound);
        return recursion;
    }
}
