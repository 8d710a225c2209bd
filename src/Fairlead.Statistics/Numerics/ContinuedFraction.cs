namespace Fairlead.Statistics.Numerics;

/// <summary>The guard of the modified Lentz method: no denominator is ever exactly zero.</summary>
internal static class ContinuedFraction
{
    internal const double Tiny = 1e-300;

    internal static double AwayFromZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;
}
