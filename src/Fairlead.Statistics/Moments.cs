using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics;

/// <summary>
/// The sums that one arm leaves behind, per unit of assignment: n, Σy, Σy², and for a covariate or a denominator x also
/// Σx, Σx², Σxy. They add, so that windows, replicas and phases can be merged in any order, and they subtract, so that
/// a correction takes out exactly what it put in.
/// <para>Each sum carries about 31 digits and squares are taken without rounding, so the variance keeps its digits
/// where the mean is ten orders of magnitude above the spread. A NaN or an infinity makes the moments NaN for good:
/// keep such values out.</para>
/// </summary>
public readonly record struct Moments
{
    /// <summary>Number of units.</summary>
    public long Count { get; private init; }

    public CompensatedSum SumY { get; private init; }

    public CompensatedSum SumYY { get; private init; }

    public CompensatedSum SumX { get; private init; }

    public CompensatedSum SumXX { get; private init; }

    public CompensatedSum SumXY { get; private init; }

    /// <summary>Σy / n; NaN without units.</summary>
    public double Mean => SumY.Value / Count;

    /// <summary>Σx / n; NaN without units.</summary>
    public double MeanX => SumX.Value / Count;

    /// <summary>The unbiased variance of y, (Σy² − (Σy)²/n)/(n − 1); NaN below two units.</summary>
    public double Variance => Math.Max(0, Spread(SumYY, SumY, SumY));

    /// <summary>The unbiased variance of x; NaN below two units.</summary>
    public double VarianceX => Math.Max(0, Spread(SumXX, SumX, SumX));

    /// <summary>The unbiased covariance of x and y; NaN below two units.</summary>
    public double Covariance => Spread(SumXY, SumX, SumY);

    /// <summary>Variance of the mean of y, s²/n; NaN below two units.</summary>
    public double VarianceOfMean => Variance / Count;

    public static Moments operator +(Moments a, Moments b) => new()
    {
        Count = a.Count + b.Count,
        SumY = a.SumY + b.SumY,
        SumYY = a.SumYY + b.SumYY,
        SumX = a.SumX + b.SumX,
        SumXX = a.SumXX + b.SumXX,
        SumXY = a.SumXY + b.SumXY,
    };

    /// <exception cref="ArgumentOutOfRangeException">More units would be taken out than there are.</exception>
    public static Moments operator -(Moments a, Moments b)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(b.Count, a.Count, nameof(b));
        return new()
        {
            Count = a.Count - b.Count,
            SumY = a.SumY - b.SumY,
            SumYY = a.SumYY - b.SumYY,
            SumX = a.SumX - b.SumX,
            SumXX = a.SumXX - b.SumXX,
            SumXY = a.SumXY - b.SumXY,
        };
    }

    /// <summary>The moments of one unit.</summary>
    public static Moments Of(double y, double x = 0) => new()
    {
        Count = 1,
        SumY = y,
        SumYY = CompensatedSum.Product(y, y),
        SumX = x,
        SumXX = CompensatedSum.Product(x, x),
        SumXY = CompensatedSum.Product(x, y),
    };

    /// <summary>The moments of one value a unit.</summary>
    public static Moments Of(ReadOnlySpan<double> y)
    {
        var (sum, squares) = CompensatedSum.SumAndSquares(y);
        return FromSums(y.Length, sum, squares);
    }

    /// <summary>The moments of pairs (y, x), one a unit.</summary>
    /// <exception cref="ArgumentException">The spans differ in length.</exception>
    public static Moments Of(ReadOnlySpan<double> y, ReadOnlySpan<double> x)
    {
        if (y.Length != x.Length)
            throw new ArgumentException($"There are {y.Length} values of y and {x.Length} of x.", nameof(x));
        Moments sum = default;
        for (var i = 0; i < y.Length; i++)
            sum += Of(y[i], x[i]);
        return sum;
    }

    /// <summary>Moments from sums that were taken elsewhere.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    public static Moments FromSums(
        long count, CompensatedSum sumY, CompensatedSum sumYY, CompensatedSum sumX = default,
        CompensatedSum sumXX = default, CompensatedSum sumXY = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new()
        {
            Count = count,
            SumY = sumY,
            SumYY = sumYY,
            SumX = sumX,
            SumXX = sumXX,
            SumXY = sumXY,
        };
    }

    /// <summary>Moments that have a given mean and unbiased variance.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The count is below 1 or the variance negative.</exception>
    public static Moments FromMeanAndVariance(long count, double mean, double variance)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(variance);
        var sum = CompensatedSum.Product(count, mean);
        return FromSums(count, sum, CompensatedSum.Product(count - 1, variance) + sum * mean);
    }

    /// <summary>The moments of a binary metric: y is 1 for each success.</summary>
    public static Moments FromProportion(Proportion proportion) =>
        FromSums(proportion.Trials, proportion.Successes, proportion.Successes);

    private double Spread(CompensatedSum product, CompensatedSum first, CompensatedSum second) =>
        Count < 2 ? double.NaN : (product * Count - first * second).Value / Count / (Count - 1.0);
}
