namespace Fairlead.Statistics.Assignment;

/// <summary>
/// The bucket 1…100 (or 1…<c>slots</c>) that Unleash's gradual rollouts give a unit: murmur3("group:unit") mod slots
/// + 1. A unit is treated when the percentage is above 0 and its bucket is at most the percentage.
/// <para>Source: Unleash's client specification, normalised value.</para>
/// </summary>
public static class UnleashBucket
{
    /// <summary>The bucket of a unit.</summary>
    /// <param name="group">The group of the rollout; usually the name of the feature.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="slots">Number of buckets, at least 1: 100 for rollouts, 1000 for variants.</param>
    /// <param name="seed">Seed of the hash: 0 for rollouts.</param>
    /// <returns>A whole number from 1 to <paramref name="slots"/>.</returns>
    public static int Of(string group, string unit, int slots = 100, uint seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        return (int)(Murmur3.Of($"{group}:{unit}", seed) % (uint)slots) + 1;
    }
}
