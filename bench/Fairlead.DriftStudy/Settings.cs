using Fairlead.Core.Monitoring;
using Fairlead.Core.Monitors;

namespace Fairlead.DriftStudy;

/// <summary>How much is simulated.</summary>
/// <param name="Scale">1 for the study as published; less for a trial, more for a quiet night.</param>
/// <param name="Seed">The same seed gives the same tables whatever the number of threads.</param>
/// <param name="Threads">At most so many.</param>
internal sealed record Settings(double Scale, ulong Seed, int Threads)
{
    public static readonly int[] Rates = [10, 100, 1000];

    /// <summary>False alarms are counted with two seeds.</summary>
    public ulong OtherSeed => Seed + 1;

    public ParallelOptions Parallel => new() { MaxDegreeOfParallelism = Threads };

    /// <summary>Rows of the reference: enough for twenty chunks of an hour, and at least 20,000.</summary>
    public static int ReferenceRows(int rate) => Math.Max(20_000, rate * 60 * 20);

    public double Months(int rate) => Scale * (rate switch { 10 => 1, 100 => 1.2, _ => 0.4 });

    public int Repeats(int rate) => Math.Max(2, (int)(Scale * (rate switch { 10 => 60, 100 => 40, _ => 10 })));
}

/// <summary>How ours is set: nothing but the number of false alarms that is put up with.</summary>
internal static class Policies
{
    public static readonly TimeSpan Block = TimeSpan.FromMinutes(5);

    /// <summary>Five minutes to 21 hours and 20 minutes.</summary>
    public static readonly IReadOnlyList<DriftWindow> Windows = DriftWindow.Ladder(Block, DriftWatch.Windows);

    /// <summary>A look at all thirty features in one window.</summary>
    public static DriftPolicy Look(int window, int rate) => DriftPolicy.Of(
        1, Windows, window, new DriftSizes(rate, Settings.ReferenceRows(rate), Feature.All.Length));

    /// <summary>
    /// A look at one feature alone that is held to what it would be among all thirty: each of its comparisons has the
    /// part of alpha that it would have there.
    /// </summary>
    public static DriftPolicy OneOfAll(Feature feature, int window, int rate)
    {
        var look = Look(window, rate);
        var categories = Feature.All.Count(each => each.Shape == Shape.Category);
        var shares = new DriftShares(
            look.Shares.Distribution / Feature.All.Length,
            look.Shares.Missing / Feature.All.Length,
            feature.IsCategory ? look.Shares.NewCategories / categories : double.Epsilon);
        var part = shares.Distribution + shares.Missing + shares.NewCategories;
        return look with
        {
            Alpha = look.Alpha * part / (look.Shares.Distribution + look.Shares.Missing + look.Shares.NewCategories),
            Shares = shares,
        };
    }
}
