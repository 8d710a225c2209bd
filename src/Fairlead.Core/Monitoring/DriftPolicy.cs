using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Core.Monitoring;

/// <summary>When a difference is an alarm: it must be large, no chance, and seen in enough rows.</summary>
public sealed record DriftPolicy
{
    /// <summary>The chance of a false alarm at one look over all columns together, where nothing has changed.</summary>
    public double Alpha { get; init; } = 0.001;

    /// <summary>How the p-values are corrected for the number of columns.</summary>
    public Correction Correction { get; init; } = Correction.Holm;

    /// <summary>How alpha is divided among what is looked at.</summary>
    public DriftShares Shares { get; init; } = new();

    /// <summary>Fewer values on either side are insufficient data.</summary>
    public long MinimumRows { get; init; } = 100;

    /// <summary>
    /// From so many current values on, tests that are exact at every size (missing values, new categories) may alarm
    /// all the same; below <see cref="MinimumRows"/> they never say that all is well.
    /// </summary>
    public long MinimumRowsOfExactTests { get; init; } = 30;

    /// <summary>The change of the share of missing values that matters.</summary>
    public double MissingThreshold { get; init; } = 0.01;

    /// <summary>The share of values of new categories that matters.</summary>
    public double NoveltyThreshold { get; init; } = 0.005;

    /// <summary>Methods that were set, by column.</summary>
    public IReadOnlyDictionary<string, DriftMethod> Methods { get; init; } = new Dictionary<string, DriftMethod>();

    /// <summary>Sizes that matter that were set, by column, in the unit of its method.</summary>
    public IReadOnlyDictionary<string, double> Thresholds { get; init; } = new Dictionary<string, double>();

    private const double MostAlpha = 0.05;

    // A correction divides alpha by weights above 0, also where a comparison can say nothing.
    private const double LeastLevel = 1e-15;

    /// <summary>
    /// The policy of a look at one of several windows, all of which together let through so many false alarms in 30
    /// days: each aspect has its share of them. Of distributions every look at every window is held to the same level,
    /// where sizes are known less those that could not use it (<see cref="DriftSizes.Levels"/>), and an alarm counts
    /// once however many windows and looks see it (<see cref="DriftWindow.Fresh"/>). Missing values are held to the
    /// same level too, each alarm counted. Of new categories a window's share falls as the square of its length, since
    /// a name that the reference never had shows in the first window that it comes in.
    /// </summary>
    /// <param name="falseAlarms">A month, in all windows together.</param>
    /// <param name="windows">From the shortest to the longest.</param>
    /// <param name="window">Which one, from 0.</param>
    /// <param name="sizes">How many rows there are; null: it is not known.</param>
    public static DriftPolicy Of(
        double falseAlarms, IReadOnlyList<DriftWindow> windows, int window, DriftSizes? sizes = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(window, windows.Count);
        var all = new DriftShares();
        var total = falseAlarms * all.Distribution;
        var distribution = sizes?.Levels(windows, total)[window] ?? total / windows.Sum(LooksThatCount);
        var missing = falseAlarms * all.Missing / windows.Sum(Looks);
        var novelty = falseAlarms * all.NewCategories * Rarer(windows[window]) / windows.Sum(Rarer)
            / Looks(windows[window]);
        distribution = Math.Max(LeastLevel, distribution);
        return new()
        {
            Alpha = Math.Min(MostAlpha, distribution + missing + novelty),
            Shares = new DriftShares(distribution, missing, novelty),
        };

        double Rarer(DriftWindow each) => Math.Pow(windows[0].Length / each.Length, 2);
    }

    /// <summary>Looks in 30 days, each worth the chance that an alarm at it begins one.</summary>
    internal static double LooksThatCount(DriftWindow window) => Looks(window) * window.Fresh;

    private static double Looks(DriftWindow window) => TimeSpan.FromDays(30) / window.Every;

    /// <summary>
    /// The alpha of one look that lets through so many false alarms in 30 days, were the looks independent. Looks at
    /// windows that overlap are not, and alarm more rarely.
    /// </summary>
    /// <param name="falseAlarms">A month.</param>
    /// <param name="every">Time from look to look.</param>
    /// <param name="windows">How many windows a look is at.</param>
    public static double AlphaFor(double falseAlarms, TimeSpan every, int windows = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(falseAlarms);
        ArgumentOutOfRangeException.ThrowIfLessThan(every, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(windows, 1);
        return Math.Min(MostAlpha, falseAlarms * (every / TimeSpan.FromDays(30)) / windows);
    }
}

/// <summary>
/// What part of alpha each aspect has, shared equally by the comparisons of it; only their proportions count, and the
/// part of an aspect without any comparison falls to the others. Set before any data are seen.
/// </summary>
/// <param name="Distribution">Of distributions: what drifts is mostly this, and it is the hardest to see.</param>
/// <param name="Missing">Of missing values: exact counts, whose p-values fall quickly.</param>
/// <param name="NewCategories">Of new categories, of which two or three values in a short window say enough.</param>
public sealed record DriftShares(double Distribution = 0.7, double Missing = 0.05, double NewCategories = 0.25)
{
    internal double Sum => Distribution + Missing + NewCategories;

    internal double Of(DriftAspect aspect) => aspect switch
    {
        DriftAspect.Missing => Missing,
        DriftAspect.NewCategories => NewCategories,
        _ => Distribution,
    };
}
