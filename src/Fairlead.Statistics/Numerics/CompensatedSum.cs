using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fairlead.Statistics.Numerics;

/// <summary>
/// A sum carried as an unevaluated pair of doubles, about 31 decimal digits: adding, merging and subtracting do not
/// lose what a single double would. A sum of squares and the square of a sum may therefore be subtracted from each
/// other even where they agree in fifteen digits.
/// <para>Source: T. J. Dekker, "A floating-point technique for extending the available precision" (1971); D. E. Knuth,
/// TAOCP 2, 4.2.2 (error-free addition).</para>
/// </summary>
/// <param name="High">The sum as a double.</param>
/// <param name="Low">What <paramref name="High"/> leaves out.</param>
public readonly record struct CompensatedSum(double High, double Low = 0)
{
    /// <summary>The sum, rounded to a double.</summary>
    public double Value => High + Low;

    public static implicit operator CompensatedSum(double value) => new(value);

    public static CompensatedSum operator +(CompensatedSum a, CompensatedSum b)
    {
        var (high, low) = ExactSum(a.High, b.High);
        var (high2, low2) = ExactSum(a.Low, b.Low);
        (high, low) = Renormalize(high, low + high2);
        return Of(high, low + low2);
    }

    public static CompensatedSum operator -(CompensatedSum a, CompensatedSum b) =>
        a + new CompensatedSum(-b.High, -b.Low);

    public static CompensatedSum operator *(CompensatedSum a, CompensatedSum b)
    {
        var product = Product(a.High, b.High);
        return Of(product.High, product.Low + (a.High * b.Low + a.Low * b.High));
    }

    /// <summary>a · b without rounding, unless it under- or overflows.</summary>
    public static CompensatedSum Product(double a, double b)
    {
        var high = a * b;
        return double.IsFinite(high) ? new(high, Math.FusedMultiplyAdd(a, b, -high)) : new(high);
    }

    /// <summary>The sum of a span, each value added without loss.</summary>
    public static CompensatedSum Sum(ReadOnlySpan<double> values)
    {
        CompensatedSum sum = default;
        foreach (var value in values)
            sum += value;
        return sum;
    }

    /// <summary>
    /// The sum of a span and the sum of its squares, each value and each square added without loss: as many at once as
    /// the processor takes, which is what many values need.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (CompensatedSum Sum, CompensatedSum Squares) SumAndSquares(ReadOnlySpan<double> values)
    {
        var (high, low, highSquares, lowSquares) =
            (Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero, Vector<double>.Zero);
        var lanes = MemoryMarshal.Cast<double, Vector<double>>(values);
        foreach (var value in lanes)
        {
            var square = value * value;
            lowSquares += Vector.FusedMultiplyAdd(value, value, -square) + Rounding(highSquares, square);
            highSquares += square;
            low += Rounding(high, value);
            high += value;
        }

        CompensatedSum sum = default, squares = default;
        for (var lane = 0; lane < Vector<double>.Count; lane++)
        {
            sum += Of(high[lane], low[lane]);
            squares += Of(highSquares[lane], lowSquares[lane]);
        }

        foreach (var value in values[(lanes.Length * Vector<double>.Count)..])
        {
            sum += value;
            squares += Product(value, value);
        }

        // An overflow is kept as what it is, not as the NaN that its rounding would be.
        return double.IsFinite(sum.Value) && double.IsFinite(squares.Value) ? (sum, squares) : OneByOne(values);

        // What a + b leaves out.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static Vector<double> Rounding(Vector<double> a, Vector<double> b)
        {
            var both = a + b;
            var part = both - a;
            return a - (both - part) + (b - part);
        }

        static (CompensatedSum, CompensatedSum) OneByOne(ReadOnlySpan<double> values)
        {
            CompensatedSum sum = default, squares = default;
            foreach (var value in values)
            {
                sum += value;
                squares += Product(value, value);
            }

            return (sum, squares);
        }
    }

    private static CompensatedSum Of(double high, double low)
    {
        var (sum, rest) = Renormalize(high, low);
        return new(sum, rest);
    }

    private static (double Sum, double Error) ExactSum(double a, double b)
    {
        var sum = a + b;
        if (!double.IsFinite(sum))
            return (sum, 0);
        var part = sum - a;
        return (sum, a - (sum - part) + (b - part));
    }

    /// <summary>The exact sum where |a| ≥ |b|.</summary>
    private static (double Sum, double Error) Renormalize(double a, double b)
    {
        var sum = a + b;
        return double.IsFinite(sum) ? (sum, b - (sum - a)) : (sum, 0);
    }
}
