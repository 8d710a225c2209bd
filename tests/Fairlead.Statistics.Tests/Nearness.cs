namespace Fairlead.Statistics.Tests;

internal static class Nearness
{
    /// <summary>
    /// Equal within <paramref name="within"/>, absolute for small numbers and relative for large ones; where the one is
    /// NaN so is the other.
    /// </summary>
    internal static void ShouldBeNear(this double got, double expected, double within)
    {
        if (double.IsFinite(expected))
            got.ShouldBe(expected, within * Math.Max(1, Math.Abs(expected)));
        else
            got.ShouldBe(expected);
    }
}
