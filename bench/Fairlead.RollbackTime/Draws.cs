using Fairlead.Statistics.Numerics;

namespace Fairlead.RollbackTime;

/// <summary>Random numbers of the Poisson distribution.</summary>
internal static class Draws
{
    private const double ManyFrom = 200;

    /// <summary>A number of events; where 200 or more are expected, by Anscombe's normal root.</summary>
    public static int Poisson(double expected, SplitMix64 chance)
    {
        if (expected >= ManyFrom)
        {
            var root = Math.Sqrt(expected + 0.375) + 0.5 * chance.NextNormal();
            return (int)Math.Max(0, Math.Round(root * root - 0.375));
        }

        // Inversion: walk the distribution until the uniform number is used up.
        var (left, probability, events) = (chance.NextDouble(), Math.Exp(-expected), 0);
        while (left > probability && events < 10 * ManyFrom)
        {
            left -= probability;
            probability *= expected / ++events;
        }

        return events;
    }
}
