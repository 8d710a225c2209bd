namespace Fairlead.Statistics.Numerics;

/// <summary>
/// A seeded generator of 64-bit numbers, the same in every language: state += 0x9E3779B97F4A7C15, then a bijective
/// finaliser. One instance belongs to one caller at a time.
/// <para>Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.</para>
/// </summary>
public sealed class SplitMix64(ulong seed)
{
    private ulong state = seed;

    /// <summary>The next 64 random bits.</summary>
    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15UL;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>
    /// An index in [0, <paramref name="count"/>): the high word of the product of the next number and the count
    /// (D. Lemire 2019, without the rejection step; the bias is below count / 2⁶⁴).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is not positive.</exception>
    public int NextIndex(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return (int)Math.BigMul(Next(), (ulong)count, out _);
    }

    /// <summary>A number strictly between 0 and 1, a midpoint of one of 2⁵³ equal cells.</summary>
    public double NextDouble() => ((Next() >> 11) + 0.5) * (1.0 / (1UL << 53));

    /// <summary>A standard normal number, by inversion: one draw of the generator each.</summary>
    public double NextNormal() => Normal.Quantile(NextDouble());
}
