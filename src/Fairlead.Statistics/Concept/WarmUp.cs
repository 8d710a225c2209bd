using System.Runtime.InteropServices;

namespace Fairlead.Statistics.Concept;

/// <summary>
/// The mean and deviation that a control chart takes as its standard, learnt from its first values. While they are all
/// equal there is no scale to measure by, and the chart goes on learning.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct WarmUp(double Count, double Mean, double Spread)
{
    internal double Deviation => Math.Sqrt(Spread / (Count - 1));

    internal WarmUp With(double value)
    {
        var n = Count + 1;
        var mean = Mean + (value - Mean) / n;
        return new(n, mean, Spread + (value - Mean) * (value - mean));
    }

    internal bool IsOver(int length) => Count >= length && Spread > 0;
}
