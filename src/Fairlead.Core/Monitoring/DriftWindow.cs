namespace Fairlead.Core.Monitoring;

/// <summary>A window that drift is looked for in.</summary>
/// <param name="Length">How far it goes back.</param>
/// <param name="Every">Time from look to look.</param>
public sealed record DriftWindow(TimeSpan Length, TimeSpan Every)
{
    /// <summary>
    /// Windows that double in length: a large change shows in the shortest within minutes, a small one in the first
    /// that has gathered enough rows, and no change has to fit a length that somebody chose. Each is looked at as often
    /// as an eighth of its length, and each is the sum of two of the next shorter, so that one merge makes it.
    /// </summary>
    /// <param name="shortest">The length of the shortest, which is looked at as often.</param>
    /// <param name="count">How many, 1 to 20.</param>
    public static IReadOnlyList<DriftWindow> Doubling(TimeSpan shortest, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shortest, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, 20);
        return
        [
            .. Enumerable.Range(0, count).Select(i => new DriftWindow(
                shortest * (1L << i), shortest * (1L << Math.Max(0, i - 3)))),
        ];
    }
}
