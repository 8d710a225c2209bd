using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Core.Monitoring;

/// <summary>When a difference is an alarm: it must be large, no chance, and seen in enough rows.</summary>
public sealed record DriftPolicy
{
    /// <summary>The chance of a false alarm at one look over all columns together, where nothing has changed.</summary>
    public double Alpha { get; init; } = 0.001;

    /// <summary>How the p-values are corrected for the number of columns.</summary>
    public Correction Correction { get; init; } = Correction.Holm;

    /// <summary>Fewer values on either side are insufficient data.</summary>
    public long MinimumRows { get; init; } = 100;

    /// <summary>The change of the share of missing values that matters.</summary>
    public double MissingThreshold { get; init; } = 0.01;

    /// <summary>The share of values of new categories that matters.</summary>
    public double NoveltyThreshold { get; init; } = 0.005;

    /// <summary>Methods that were set, by column.</summary>
    public IReadOnlyDictionary<string, DriftMethod> Methods { get; init; } = new Dictionary<string, DriftMethod>();

    /// <summary>Sizes that matter that were set, by column, in the unit of its method.</summary>
    public IReadOnlyDictionary<string, double> Thresholds { get; init; } = new Dictionary<string, double>();

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
        return Math.Min(0.05, falseAlarms * (every / TimeSpan.FromDays(30)) / windows);
    }
}
