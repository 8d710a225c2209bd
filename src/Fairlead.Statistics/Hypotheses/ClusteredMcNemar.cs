using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Hypotheses;

/// <summary>
/// McNemar's test where many requests come from one unit and go together. Of each unit, or of each bucket of units,
/// d = (requests that only the challenger answered so) − (those that only the champion did). Where neither version is
/// better, the two could change places within any unit, so each d is as likely −d, and units are independent.
/// <para>
/// Up to <see cref="LargestExact"/> of Σ|d| the law of Σd over all signs is computed, which for units of one request is
/// the exact binomial of <see cref="McNemar"/>. Above that Σd / √Σd² is held against the normal law, as robust
/// variances between units do (N. A. Obuchowski, Statistics in Medicine 17 (1998); V. L. Durkalski, Y. Y. Palesch,
/// S. R. Lipsitz, P. F. Rust, Statistics in Medicine 22 (2003)).
/// </para>
/// </summary>
public static class ClusteredMcNemar
{
    /// <summary>Greatest Σ|d| for which the law over all signs is computed.</summary>
    public const long LargestExact = 2000;

    /// <summary>The two-sided p-value; 1 when every d is 0.</summary>
    /// <param name="differences">d of each unit or bucket of units.</param>
    public static double Test(ReadOnlySpan<long> differences)
    {
        double sum = 0, squares = 0;
        long size = 0;
        foreach (var difference in differences)
        {
            sum += difference;
            squares += (double)difference * difference;
            size += Math.Abs(difference);
        }

        if (size == 0)
            return 1;
        return size <= LargestExact
            ? Exact(differences, (int)size, (long)sum)
            : Normal.TwoSided(sum / Math.Sqrt(squares));
    }

    private static double Exact(ReadOnlySpan<long> differences, int size, long sum)
    {
        // Chance of each sum of those |d| whose sign came out positive, when every sign is a toss of a coin.
        var chances = new double[size + 1];
        chances[0] = 1;
        var reach = 0;
        foreach (var difference in differences)
        {
            var step = (int)Math.Abs(difference);
            if (step == 0)
                continue;
            reach += step;
            for (var positive = reach; positive >= 0; positive--)
            {
                chances[positive] = ((positive <= reach - step ? chances[positive] : 0)
                    + (positive >= step ? chances[positive - step] : 0)) / 2;
            }
        }

        double tail = 0;
        for (var positive = 0; positive <= size; positive++)
        {
            if (Math.Abs((2L * positive) - size) >= Math.Abs(sum))
                tail += chances[positive];
        }

        return Math.Min(1, tail);
    }
}
