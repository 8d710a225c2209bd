using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Tests.Sketches;

public sealed class LatencySketchTests
{
    [Theory]
    [InlineData(0.01, 1)]
    [InlineData(0.05, 2)]
    public void AnySplitAndOrder_GivesQuantilesWithinTheAccuracy(double accuracy, ulong seed)
    {
        var random = new SplitMix64(seed);
        var values = Enumerable.Range(0, 20_000).Select(_ => 0.003 * Math.Exp(2 * random.NextNormal())).ToArray();
        var parts = Enumerable.Range(0, 7).Select(_ => new LatencySketch(accuracy)).ToArray();
        var whole = new LatencySketch(accuracy);
        foreach (var value in values)
        {
            whole.Add(value);
            parts[random.NextIndex(parts.Length)].Add(value);
        }

        var (forward, backward) = (new LatencySketch(accuracy), new LatencySketch(accuracy));
        foreach (var part in parts)
            forward.Merge(part);
        foreach (var part in parts.Reverse())
            backward.Merge(part);
        forward.ToBytes().ShouldBe(whole.ToBytes());
        backward.ToBytes().ShouldBe(whole.ToBytes());

        Array.Sort(values);
        foreach (var p in (double[])[0, 0.01, 0.5, 0.9, 0.99, 0.999, 1])
        {
            var exact = values[Math.Max(0, (int)Math.Ceiling(p * values.Length) - 1)];
            Math.Abs(forward.Quantile(p) / exact - 1).ShouldBeLessThanOrEqualTo(accuracy * (1 + 1e-9));
        }
    }

    [Fact]
    public void WhatIsNoTime_IsCountedAndLeftOut()
    {
        var sketch = new LatencySketch();
        foreach (var value in (double[])[double.NaN, -1, double.PositiveInfinity, 0, 2])
            sketch.Add(value);
        (sketch.Count, sketch.Zeros, sketch.Refused, sketch.Quantile(0.5)).ShouldBe((2L, 1L, 3L, 0.0));
        sketch.Quantile(1).ShouldBeNear(2, 0.01);
    }

    [Fact]
    public void MoreThanTheMostBins_CountsTheLowestTogether_WhateverTheOrder()
    {
        var values = Enumerable.Range(0, 600).Select(i => 1e-11 * Math.Pow(1.12, i)).ToArray();
        var (rising, falling) = (new LatencySketch(), new LatencySketch());
        foreach (var value in values)
            rising.Add(value);
        foreach (var value in values.Reverse())
            falling.Add(value);

        rising.Collapsed.ShouldBeTrue();
        falling.ToBytes().ShouldBe(rising.ToBytes());
        LatencySketch.Read(rising.ToBytes()).ToBytes().ShouldBe(rising.ToBytes());
        Math.Abs(rising.Quantile(0.9) / values[539] - 1).ShouldBeLessThanOrEqualTo(0.01 + 1e-9);
        rising.Quantile(0).ShouldBeGreaterThan(values[0]);
    }

    [Fact]
    public void WhatIsWritten_IsReadAndGoesOn()
    {
        var sketch = new LatencySketch();
        sketch.Add(0.25);
        sketch.Add(0);
        var read = LatencySketch.Read(sketch.ToBytes());
        foreach (var each in (LatencySketch[])[sketch, read])
        {
            each.Add(1e-5);
            each.Add(300);
        }

        read.ToBytes().ShouldBe(sketch.ToBytes());
    }
}
