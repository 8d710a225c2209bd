namespace Fairlead.Statistics.Drift;

/// <summary>A statistic with the probability of one at least as great where both samples are of one
/// distribution.</summary>
/// <param name="Statistic">The statistic, in its own unit.</param>
/// <param name="P">The p-value; 1 where the data say nothing against one distribution, and never NaN for samples that
/// have values.</param>
public readonly record struct TestOutcome(double Statistic, double P)
{
    /// <summary>Nothing to compare: no values on a side, or one value everywhere.</summary>
    public static TestOutcome Nothing { get; } = new(0, 1);
}

/// <summary>Which deviations count.</summary>
public enum Alternative
{
    /// <summary>Any difference.</summary>
    TwoSided,

    /// <summary>The reference's distribution function lies above, or its statistic is the greater.</summary>
    Greater,

    /// <summary>The reference's distribution function lies below, or its statistic is the less.</summary>
    Less,
}
