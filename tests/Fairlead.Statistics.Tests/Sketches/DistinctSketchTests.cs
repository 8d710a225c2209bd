using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Tests.Sketches;

public sealed class DistinctSketchTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(20_000)]
    [InlineData(300_000)]
    public void Estimates_AreWithinFourStandardErrors(int distinct)
    {
        var sketch = new DistinctSketch();
        for (var i = 0; i < distinct; i++)
        {
            sketch.Add(SketchHash.Of((double)i));
            sketch.Add(SketchHash.Of((double)(i / 2)));
        }

        Math.Abs(sketch.Estimate / distinct - 1).ShouldBeLessThan(4 * sketch.RelativeError);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(5_000)]
    [InlineData(300_000)]
    public void AnySplitAndOrder_GivesTheSameRegisters(int distinct)
    {
        var (whole, even, odd) = (new DistinctSketch(), new DistinctSketch(), new DistinctSketch());
        for (var i = 0; i < distinct; i++)
        {
            var hash = SketchHash.Of($"value {i}");
            whole.Add(hash);
            (i % 2 == 0 ? even : odd).Add(hash);
            if (i % 5 == 0)
                odd.Add(hash);
        }

        var merged = new DistinctSketch();
        merged.Merge(odd);
        merged.Merge(even);
        even.Merge(odd);
        whole.Merge(new DistinctSketch());
        merged.ToBytes().ShouldBe(whole.ToBytes());
        even.ToBytes().ShouldBe(whole.ToBytes());
        Math.Abs(merged.Estimate / distinct - 1).ShouldBeLessThan(4 * merged.RelativeError);
    }

    [Fact]
    public void WhatIsWritten_IsRead()
    {
        var sketch = new DistinctSketch(10);
        for (var i = 0; i < 100; i++)
            sketch.Add(SketchHash.Of((double)i));
        var read = DistinctSketch.Read(sketch.ToBytes());
        read.Estimate.ShouldBe(sketch.Estimate);
        read.ToBytes().ShouldBe(sketch.ToBytes());
    }

    [Fact]
    public void Empty_IsZero()
    {
        var merged = new DistinctSketch();
        merged.Merge(new DistinctSketch());
        (new DistinctSketch().Estimate, merged.Estimate).ShouldBe((0.0, 0.0));
    }

    [Fact]
    public void TheRestOfAHashBeingZero_IsTheGreatestRank()
    {
        var sketch = new DistinctSketch(4);
        sketch.Add(0);
        DistinctSketch.Read(sketch.ToBytes()).ToBytes().ShouldBe(sketch.ToBytes());
    }
}
