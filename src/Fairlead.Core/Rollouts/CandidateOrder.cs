using Fairlead.Core.Checks;

namespace Fairlead.Core.Rollouts;

/// <summary>Which of several surviving candidates is the best.</summary>
internal static class CandidateOrder
{
    /// <summary>
    /// The candidate with the best estimate in the newest comparison that knows all of them; the first as written
    /// where none does.
    /// </summary>
    public static Candidate Best(RolloutPlan plan, RolloutState state, IReadOnlyList<Candidate> alive)
    {
        for (var step = Math.Min(state.Step, plan.Steps.Length - 1); step >= 0; step--)
        {
            if (plan.Steps[step] is not AnalyseStep analyse)
                continue;
            foreach (var check in analyse.Checks)
            {
                if (check.Rule is CompareRule rule && Estimates(state, step, check, alive) is { } estimates)
                    return alive[IndexOfBest(estimates, rule.LowerIsBetter)];
            }
        }

        return alive[0];
    }

    private static double[]? Estimates(
        RolloutState state, int step, Check check, IReadOnlyList<Candidate> alive)
    {
        var estimates = new double[alive.Count];
        for (var i = 0; i < alive.Count; i++)
        {
            var key = RolloutState.KeyOf(step, check.Name, alive[i].Name);
            if (!state.Checks.TryGetValue(key, out var progress) || progress.Latest is not { } latest
                || double.IsNaN(latest.Estimate))
            {
                return null;
            }

            estimates[i] = latest.Estimate;
        }

        return estimates;
    }

    private static int IndexOfBest(double[] estimates, bool lowerIsBetter)
    {
        var best = 0;
        for (var i = 1; i < estimates.Length; i++)
        {
            if (lowerIsBetter ? estimates[i] < estimates[best] : estimates[i] > estimates[best])
                best = i;
        }

        return best;
    }
}
