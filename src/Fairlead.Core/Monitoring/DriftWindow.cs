using Fairlead.Statistics.Numerics;

namespace Fairlead.Core.Monitoring;

/// <summary>A window that drift is looked for in.</summary>
/// <param name="Length">How far it goes back.</param>
/// <param name="Every">Time from look to look.</param>
public sealed record DriftWindow(TimeSpan Length, TimeSpan Every)
{
    // Of a ladder, by how many of the shortest a window is long: from 10 on lengths, looks and with them chances come
    // back at each doubling.
    private static readonly double[] FreshFirst = [1, 0.97, 0.86, 0.75, 0.65, 0.57, 0.51, 0.46];
    private static readonly double[] FreshAfter = [0.47, 0.57, 0.52, 0.47];

    /// <summary>
    /// The chance that an alarm here is news where nothing has changed: that no shorter window of the ladder is in
    /// alarm, and neither were it and they at the look before. An alarm counts once, however many windows see it and
    /// however long, so of alarms that begin there are at most the sum over windows of those at each look times this.
    /// <para>That bound is exact in who is counted: whichever windows are in alarm when one begins, the shortest of
    /// them is counted. The chances are those of standardised sums of independent blocks, two-sided at 5.5 standard
    /// errors, where all windows have the same bar; at lower bars, and where shorter windows have lower ones, they are
    /// smaller. A test simulates them again. For χ² of many names alarms cluster less, and their part may be exceeded
    /// by a third.</para>
    /// </summary>
    public double Fresh { get; private init; } = 1;

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
    /// Windows of 1, 2, 3, … 8, 10, 12, 14, 16, 20, … times the shortest, four to a doubling: a large change shows in
    /// the shortest within minutes, a small one in the first that has gathered enough rows, and no change has to fit a
    /// length that somebody chose. Between two of them a change loses at most a twentieth of its standard errors, and
    /// they cost little: windows so close see the same chance (<see cref="Fresh"/>). Each is looked at about as often
    /// as an eighth of its length.
    /// </summary>
    /// <param name="shortest">The length of the shortest, which is looked at as often.</param>
    /// <param name="count">How many, 1 to 60.</param>
    public static IReadOnlyList<DriftWindow> Ladder(TimeSpan shortest, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shortest, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 60);
        return [.. Enumerable.Range(0, count).Select(Rung)];

        DriftWindow Rung(int i)
        {
            var times = i < 4 ? i + 1L : (5 + i % 4) * (1L << (i / 4 - 1));
            var every = 1L << Math.Max(0, System.Numerics.BitOperations.Log2((ulong)times) - 3);
            return new DriftWindow(shortest * times, shortest * every)
            {
                Fresh = i < FreshFirst.Length ? FreshFirst[i] : FreshAfter[(i - 7) % FreshAfter.Length],
            };
        }
    }
}
