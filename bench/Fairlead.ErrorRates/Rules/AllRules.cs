using Fairlead.Statistics.Bayes;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sequential;

namespace Fairlead.ErrorRates.Rules;

/// <summary>The rules that are compared, each set up from the plan of the study.</summary>
internal static class AllRules
{
    public const double Alpha = 0.05;

    /// <summary>One test at the planned end.</summary>
    public static StopRule Fixed()
    {
        var z = Normal.UpperQuantile(Alpha / 2);
        return Stateless("fixed, one look", Claim.Equal, look => look.Last && Math.Abs(look.Z) >= z);
    }

    /// <summary>The fixed test at every look, as if it were the only one.</summary>
    public static StopRule Naive()
    {
        var z = Normal.UpperQuantile(Alpha / 2);
        return Stateless("the fixed test at every look", Claim.None, look => Math.Abs(look.Z) >= z);
    }

    /// <summary>The level divided by the number of looks.</summary>
    public static StopRule Bonferroni(Plan plan)
    {
        var z = Normal.UpperQuantile(Alpha / (2 * plan.Looks));
        return Stateless("Bonferroni over the looks", Claim.AtMost, look => Math.Abs(look.Z) >= z);
    }

    /// <summary>Alpha spending at planned times, bounds computed once.</summary>
    public static StopRule Scheduled(string name, SpendingFunction spending, Plan plan)
    {
        var bounds = GroupSequential.Bounds(spending, Alpha, Sides.Two, plan.Times);
        return Stateless(name, Claim.Equal, look => Math.Abs(look.Z) >= bounds[look.Number - 1].Z);
    }

    /// <summary>Alpha spending by the information that is really there, one look at a time.</summary>
    public static StopRule Monitored(string name, SpendingFunction spending)
    {
        var plan = new GroupSequentialPlan(Alpha, Sides.Two, spending);
        return new StopRule(name, Claim.Equal, Alpha, () =>
        {
            var state = MonitorState.Fresh;
            return look =>
            {
                var result = GroupSequentialMonitor.Look(plan, state, look.Information, look.Z);
                state = result.State;
                return result.Decision == LookDecision.Reject;
            };
        });
    }

    /// <summary>The asymptotic confidence sequence, tightest at <paramref name="tuneAt"/> units.</summary>
    public static StopRule Anytime(string name, double tuneAt) => Stateless(name, Claim.AtMost, look =>
        AsymptoticSequence.Interval(look.Difference, look.Error, look.Units, tuneAt, Alpha).Excludes0);

    /// <summary>Its one-sided form as a guard against harm: stops only where the treatment is worse.</summary>
    public static StopRule Guard(Plan plan) => Stateless("anytime guard, harm only", Claim.AtMost, look =>
        AsymptoticSequence.Interval(
            -look.Difference, look.Error, look.Units, plan.Units, Alpha, Sides.One).Low > 0) with
    {
        ForHarm = true,
    };

    /// <summary>
    /// Half the level for an anytime guard against harm, half for scheduled looks at a benefit: what a rollout does.
    /// </summary>
    public static StopRule GuardAndGate(Plan plan)
    {
        var bounds = GroupSequential.Bounds(SpendingFunction.ObrienFleming, Alpha / 2, Sides.One, plan.Times);
        return Stateless("guard for harm + scheduled gate for benefit", Claim.AtMost, look =>
            look.Z >= bounds[look.Number - 1].Z
            || AsymptoticSequence.Interval(
                -look.Difference, look.Error, look.Units, plan.Units, Alpha / 2, Sides.One).Low > 0);
    }

    /// <summary>The mixture ratio with effects of the size that is worth finding.</summary>
    public static StopRule Mixture(Plan plan) => Stateless("mixture ratio (mSPRT), τ = effect²", Claim.AtMost, look =>
        MixtureTest.Look(look.Difference, look.Error * look.Error, plan.Effect * plan.Effect, Alpha).Rejects);

    /// <summary>The form that Statsig documents; equal arms assumed.</summary>
    public static StopRule Statsig() => Stateless("Statsig, as documented", Claim.None, look =>
    {
        var n = look.Units / 2;
        var variance = look.Error * look.Error * n / 2;
        var (_, _, z) = MixtureTest.StatsigDocumented(variance, variance, n, n, Alpha);
        return look.Error > 0 && Math.Abs(look.Z) >= z;
    });

    /// <summary>Stops when the posterior chance of either arm passes a limit.</summary>
    public static StopRule Bayes(double limit) => Stateless(
        FormattableString.Invariant($"Bayes, P(better) > {limit} at every look"), Claim.None, look =>
        {
            var chance = GaussianEffect.After(look.Difference, look.Error).ChanceToWin;
            return chance > limit || chance < 1 - limit;
        });

    private static StopRule Stateless(string name, Claim claim, Func<Look, bool> stops) =>
        new(name, claim, Alpha, () => stops);
}
