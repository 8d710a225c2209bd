using Fairlead.Statistics.Numerics;

namespace Fairlead.Core.Monitoring;

/// <summary>A window that drift is looked for in.</summary>
/// <param name="Length">How far it goes back.</param>
/// <param name="Every">Time from look to look.</param>
public sealed record DriftWindow(TimeSpan Length, TimeSpan Every)
{
    // About where p-values of one alarm a month over dozens of columns and windows lie, in standard errors.
    private const double Bar = 5;

    /// <summary>
    /// How many looks in a row see an alarm of chance, on average: at least 1, and more where windows overlap. For a
    /// statistic whose correlation falls by r = Every/Length from look to look, alarms begin at r·b²·ν(b√2r) times the
    /// rate at which looks exceed a bar b. D. Siegmund, "Sequential Analysis" (1985), chapter IV; ν in closed form by
    /// D. Siegmund, B. Yakir, "The Statistics of Gene Mapping" (2007), 5.2.
    /// </summary>
    public double Repeated
    {
        get
        {
            var r = Every / Length;
            var half = Bar * Math.Sqrt(2 * r) / 2;
            var nu = (Normal.Cdf(half) - 0.5) / half / (half * Normal.Cdf(half) + Normal.Pdf(half));
            return Math.Max(1, 1 / (r * Bar * Bar * nu));
        }
    }

    /// <summary>
    /// Windows of 1, 2, 3, 4, 6, 8, 12, 16, … times the shortest: a large change shows in the shortest within minutes,
    /// a small one in the first that has gathered enough rows, and no change has to fit a length that somebody chose.
    /// At steps of about √2 a change is seen at most a fifth later than in the window that fits it best. Each is looked
    /// at about as often as an eighth of its length, and is the sum of two shorter ones, so that one merge makes it.
    /// </summary>
    /// <param name="shortest">The length of the shortest, which is looked at as often.</param>
    /// <param name="count">How many, 1 to 40.</param>
    public static IReadOnlyList<DriftWindow> Ladder(TimeSpan shortest, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shortest, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 40);
        return [.. Enumerable.Range(0, count).Select(Rung)];

        // 1, 2, then 3·2ⁱ⁻¹ and 2ⁱ⁺¹ in turn.
        DriftWindow Rung(int i)
        {
            var times = i switch
            {
                < 2 => 1L << i,
                _ when i % 2 == 0 => 3L << (i / 2 - 1),
                _ => 1L << (i / 2 + 1),
            };
            var every = 1L << Math.Max(0, System.Numerics.BitOperations.Log2((ulong)times) - 3);
            return new DriftWindow(shortest * times, shortest * every);
        }
    }
}
