using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Fairlead.Core.Endpoints;
using Fairlead.Statistics.Bandits;
using Fairlead.Statistics.Bayes;

namespace Fairlead.Core.Rollouts;

/// <summary>How a bandit divides the traffic next.</summary>
/// <param name="Routing">The shares.</param>
/// <param name="Best">The arm that is likeliest to be the best.</param>
/// <param name="Confidence">The chance that it is.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BanditShares(RolloutRouting Routing, VariantName Best, double Confidence)
{
    /// <summary>
    /// The shares that a policy wants, from the rewards since the step began. Arms that are judged are stable and the
    /// candidates; a control cohort has no place beside a bandit.
    /// </summary>
    public static BanditShares Of(AdaptStep adapt, RolloutRouting routing, ImmutableArray<ArmRewards> rewards)
    {
        var arms = routing.Arms.Where(arm => arm.Role is ArmRole.Stable or ArmRole.Candidate).ToList();
        var totals = arms.ConvertAll(arm =>
            rewards.FirstOrDefault(each => each.Arm == arm.Name) is { } known
                ? new ArmTotals(known.Units, known.Rewards)
                : new ArmTotals(0, 0));

        // A reward between 0 and 1 counts as that part of a success; the prior is flat.
        var best = Thompson.Weights(totals.ConvertAll(total =>
            new BetaPosterior(1 + total.Rewards, 1 + Math.Max(0, total.Pulls - total.Rewards))));
        var wanted = adapt.Policy switch
        {
            BanditPolicy.Thompson => best,
            BanditPolicy.TopTwo => Thompson.TopTwo(best),
            BanditPolicy.EpsilonGreedy => IndexPolicies.EpsilonGreedy(totals, 0),
            _ => throw new ArgumentOutOfRangeException(nameof(adapt), adapt.Policy, "An unknown policy."),
        };
        var shares = WeightFloor.Apply(wanted, adapt.Floor);
        var judged = arms.Select((arm, i) => arm with { Weight = shares[i] }).ToList();
        var leader = Array.IndexOf(best, best.Max());
        return new BanditShares(new RolloutRouting([.. judged]), arms[leader].Name, best[leader]);
    }
}
