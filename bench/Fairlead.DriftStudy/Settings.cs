using Fairlead.Core.Monitoring;

namespace Fairlead.DriftStudy;

/// <summary>How much is simulated.</summary>
/// <param name="Scale">1 for the study as published; less for a trial, more for a quiet night.</param>
/// <param name="Seed">The same seed gives the same tables whatever the number of threads.</param>
/// <param name="Threads">At most so many.</param>
internal sealed record Settings(double Scale, ulong Seed, int Threads)
{
    public static readonly int[] Rates = [10, 100, 1000];

    public ParallelOptions Parallel => new() { MaxDegreeOfParallelism = Threads };

    /// <summary>Rows of the reference: enough for twenty chunks of an hour, and at least 20,000.</summary>
    public static int ReferenceRows(int rate) => Math.Max(20_000, rate * 60 * 20);

    public double Months(int rate) => Scale * (rate switch { 10 => 1, 100 => 0.5, _ => 0.25 });

    public int Repeats(int rate) => Math.Max(2, (int)(Scale * (rate switch { 10 => 20, 100 => 20, _ => 10 })));
}

/// <summary>How ours is set: nothing but the number of false alarms that is put up with.</summary>
internal static class Policies
{
    public static readonly TimeSpan Block = TimeSpan.FromMinutes(5);

    /// <summary>Five minutes to 21 hours and 20 minutes.</summary>
    public static readonly IReadOnlyList<DriftWindow> Windows = DriftWindow.Doubling(Block, 9);

    /// <summary>A look at all thirty features in one window.</summary>
    public static DriftPolicy Look(int window) => new()
    {
        Alpha = DriftPolicy.AlphaFor(1, Windows[window].Every, Windows.Count),
    };

    /// <summary>
    /// A look at one feature alone that is held to what it would be among all thirty: the correction multiplies the
    /// smallest p-value by the number of comparisons.
    /// </summary>
    public static DriftPolicy OneOfAll(Feature feature, int window)
    {
        var all = Feature.All.Sum(Comparisons);
        var look = Look(window);
        return look with { Alpha = look.Alpha * Comparisons(feature) / all };
    }

    private static int Comparisons(Feature feature) => feature.Shape is Shape.Category ? 3 : 2;
}
