namespace Fairlead.Statistics.Bandits;

/// <summary>
/// Keeps every arm alive. A floor f for each of K arms is added, not clipped: p = f + (1 − K·f)·w. The order of the
/// arms and the ratios of their gains over the floor stay, and the weights sum to 1; clipping and dividing by the new
/// sum would push arms below the floor and favour the ones that were clipped.
/// </summary>
public static class WeightFloor
{
    /// <summary>The weights above the floor.</summary>
    /// <param name="weights">Weights that sum to 1.</param>
    /// <param name="floor">The least weight of each arm, from 0 to 1/K.</param>
    public static double[] Apply(IReadOnlyList<double> weights, double floor)
    {
        if (!(floor >= 0) || floor * weights.Count > 1 + 1e-12)
            throw new ArgumentOutOfRangeException(
                nameof(floor), floor, $"With {weights.Count} arms a floor lies between 0 and {1.0 / weights.Count}.");
        var free = Math.Max(0, 1 - weights.Count * floor);
        return [.. weights.Select(weight => floor + free * weight)];
    }
}
