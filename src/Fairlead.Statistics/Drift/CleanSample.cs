namespace Fairlead.Statistics.Drift;

/// <summary>The finite values of a column, with what was left out.</summary>
/// <param name="Values">The finite values, in the order given.</param>
/// <param name="Missing">How many were NaN, which stands for missing.</param>
/// <param name="Infinite">How many were infinite.</param>
public readonly record struct CleanSample(double[] Values, long Missing, long Infinite)
{
    /// <summary>How many values were given.</summary>
    public long Rows => Values.Length + Missing + Infinite;

    /// <summary>The share of what was left out; 0 without rows.</summary>
    public double ShareLeftOut => Rows == 0 ? 0 : (double)(Missing + Infinite) / Rows;

    /// <summary>Leaves out what is not finite.</summary>
    public static CleanSample Of(ReadOnlySpan<double> values)
    {
        long missing = 0, infinite = 0;
        foreach (var value in values)
        {
            missing += double.IsNaN(value) ? 1 : 0;
            infinite += double.IsInfinity(value) ? 1 : 0;
        }

        var kept = new double[values.Length - missing - infinite];
        var at = 0;
        foreach (var value in values)
        {
            if (double.IsFinite(value))
                kept[at++] = value;
        }

        return new(kept, missing, infinite);
    }
}
