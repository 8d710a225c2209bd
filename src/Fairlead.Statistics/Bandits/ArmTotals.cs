namespace Fairlead.Statistics.Bandits;

/// <summary>
/// All that index policies need of an arm: how often it was played and the sum of its rewards. They add up over
/// replicas and over time.
/// </summary>
/// <param name="Pulls">Plays, 0 or more.</param>
/// <param name="Rewards">Sum of the rewards.</param>
public readonly record struct ArmTotals(double Pulls, double Rewards)
{
    /// <summary>Mean reward; NaN for an arm that was never played.</summary>
    public double Mean => Rewards / Pulls;

    public static ArmTotals operator +(ArmTotals a, ArmTotals b) => new(a.Pulls + b.Pulls, a.Rewards + b.Rewards);
}
