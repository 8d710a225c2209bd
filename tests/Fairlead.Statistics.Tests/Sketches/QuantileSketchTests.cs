using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Tests.Sketches;

public sealed class QuantileSketchTests
{
    [Fact]
    public void FewValues_AreKeptExactly()
    {
        var sketch = new QuantileSketch();
        foreach (var value in (double[])[3, 1, 4, 1, 5, 9, 2, 6])
            sketch.Add(value);
        sketch.Add(double.NaN);
        sketch.Add(double.PositiveInfinity);

        var view = sketch.View();
        (sketch.Count, sketch.NotFinite, sketch.IsExact, sketch.UniformError).ShouldBe((8L, 2L, true, 0.0));
        (view.Min, view.Max, view.Quantile(0.5), view.AtMost(1), view.Below(1)).ShouldBe((1.0, 9.0, 3.0, 2L, 0L));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 2)]
    [InlineData(50, 3)]
    public void AnySplitAndOrder_GivesRanksWithinTheStatedError(int parts, ulong seed)
    {
        const int count = 60_000;
        var random = new SplitMix64(seed);
        var values = new double[count];
        for (var i = 0; i < count; i++)
            values[i] = i % 3 == 0 ? Math.Floor(random.NextDouble() * 20) : Math.Exp(random.NextNormal());

        // Parts of very different sizes, once in rising order, merged in a random order.
        var sketches = Enumerable.Range(0, parts)
            .Select(i => new QuantileSketch(seed: seed * 1000 + (ulong)i)).ToList();
        var sorted = values.Order().ToArray();
        foreach (var value in seed == 2 ? sorted : values)
            sketches[(int)(parts * Math.Pow(random.NextDouble(), 3))].Add(value);

        while (sketches.Count > 1)
        {
            var (from, into) = (random.NextIndex(sketches.Count), random.NextIndex(sketches.Count - 1));
            var taken = sketches[from];
            sketches.RemoveAt(from);
            sketches[into].Merge(taken);
        }

        var sketch = sketches[0];
        var view = sketch.View();
        sketch.Count.ShouldBe(count);
        view.Count.ShouldBe(count);
        sketch.Retained.ShouldBeLessThan(sketch.MostRetained);
        (view.Min, view.Max).ShouldBe((sorted[0], sorted[^1]));
        var worst = Enumerable.Range(0, 200).Max(i =>
        {
            var at = sorted[i * count / 200];
            var rank = Array.FindLastIndex(sorted, value => value == at) + 1;
            return Math.Abs(view.AtMost(at) - rank) / (double)count;
        });
        worst.ShouldBeLessThan(sketch.UniformError);
        worst.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void ManyStreams_ErrByTheirRankErrorInAboutOneOfAHundred()
    {
        const int count = 10_000, streams = 200;
        var (over, worst) = (0, 0.0);
        for (ulong stream = 0; stream < streams; stream++)
        {
            var random = new SplitMix64(stream + 77);
            var sketch = new QuantileSketch(seed: stream);
            for (var i = 0; i < count; i++)
                sketch.Add(random.NextDouble());

            // The median of uniform numbers against how many were really below it, by the same draws again.
            random = new SplitMix64(stream + 77);
            var below = Enumerable.Range(0, count).Count(_ => random.NextDouble() <= 0.5);
            var error = Math.Abs(sketch.View().AtMost(0.5) - below) / (double)count;
            worst = Math.Max(worst, error);
            over += error > sketch.RankError ? 1 : 0;
        }

        over.ShouldBeLessThan(8);
        worst.ShouldBeGreaterThan(QuantileSketch.RankErrorOf(QuantileSketch.DefaultK) / 10);
    }

    [Fact]
    public void WhatIsWritten_IsReadAndGoesOnAsIfItHadNeverLeft()
    {
        var (one, other) = (new QuantileSketch(seed: 5), new QuantileSketch(seed: 6));
        for (var i = 0; i < 5000; i++)
            one.Add(Math.Sin(i));
        other.Add(7);

        var read = QuantileSketch.Read(one.ToBytes());
        foreach (var sketch in (QuantileSketch[])[one, read])
        {
            sketch.Merge(other);
            for (var i = 0; i < 5000; i++)
                sketch.Add(Math.Cos(i));
        }

        read.ToBytes().ShouldBe(one.ToBytes());
    }

    [Fact]
    public void Adding_AllocatesNothing()
    {
        var sketch = new QuantileSketch();
        for (var i = 0; i < 1000; i++)
            sketch.Add(i);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100_000; i++)
            sketch.Add(i * 0.37 % 1);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void SketchesOfDifferentK_AreNotMerged() =>
        Should.Throw<ArgumentException>(() => new QuantileSketch(200).Merge(new QuantileSketch(100)))
            .Message.ShouldContain("k = 100");
}
