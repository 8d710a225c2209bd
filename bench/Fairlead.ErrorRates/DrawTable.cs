using Fairlead.Statistics.Numerics;

namespace Fairlead.ErrorRates;

/// <summary>Draws from a distribution on the whole numbers by its table: exact to 2⁻⁵³, in constant time.</summary>
internal sealed class DrawTable
{
    private const int Guides = 4096;

    private readonly double[] cumulative;
    private readonly int[] guide = new int[Guides];
    private readonly int first;

    private DrawTable(int first, double[] cumulative)
    {
        this.first = first;
        this.cumulative = cumulative;
        var at = 0;
        for (var i = 0; i < Guides; i++)
        {
            while (at < cumulative.Length - 1 && cumulative[at] < i / (double)Guides)
                at++;
            guide[i] = at;
        }
    }

    /// <summary>Successes in n trials with the chance p.</summary>
    public static DrawTable Binomial(int n, double p)
    {
        var probabilities = Enumerable.Range(0, n + 1).Select(k => Fairlead.Statistics.Numerics.Binomial.Pmf(k, n, p));
        return Of(0, probabilities);
    }

    /// <summary>1, 2, 3, … with the given mean and a geometric tail.</summary>
    public static DrawTable Geometric(double mean)
    {
        var stop = 1 / mean;
        return Of(1, Enumerable.Range(0, 400).Select(k => stop * Math.Pow(1 - stop, k)));
    }

    /// <summary>One draw.</summary>
    public int Draw(SplitMix64 generator)
    {
        var u = generator.NextDouble();
        var at = guide[(int)(u * Guides)];
        while (at < cumulative.Length - 1 && cumulative[at] < u)
            at++;
        return first + at;
    }

    private static DrawTable Of(int first, IEnumerable<double> probabilities)
    {
        var sum = 0.0;
        var cumulative = probabilities.Select(probability => sum += probability).ToArray();
        return new DrawTable(first, [.. cumulative.Select(each => each / sum)]);
    }
}
