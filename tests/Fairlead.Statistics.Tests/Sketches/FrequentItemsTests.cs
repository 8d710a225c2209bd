using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Tests.Sketches;

public sealed class FrequentItemsTests
{
    [Fact]
    public void FewDistinctValues_AreCountedExactly()
    {
        var items = new FrequentItems();
        foreach (var text in (string[])["a", "b", "a", "", "a"])
            items.Add(text);
        items.Add(0.0);
        items.Add(-0.0);
        items.Add(double.NaN);

        items.Error.ShouldBe(0);
        items.Count.ShouldBe(7);
        items.Items().Select(item => (item.Name, item.Text is null, item.Count))
            .ShouldBe([("a", false, 3L), ("0", true, 2L), ("", false, 1L), ("b", false, 1L)]);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(9, 2)]
    [InlineData(40, 3)]
    public void AnySplitAndOrder_KeepsEveryCountWithinTheError(int parts, ulong seed)
    {
        const int count = 40_000;
        var random = new SplitMix64(seed);
        var exact = new Dictionary<string, long>();
        var sketches = Enumerable.Range(0, parts).Select(_ => new FrequentItems(64)).ToList();
        for (var i = 0; i < count; i++)
        {
            // A long tail: the n-th value about 1/n as often as the first.
            var text = $"value {(int)Math.Pow(3000, random.NextDouble())}";
            exact[text] = exact.GetValueOrDefault(text) + 1;
            sketches[(int)(parts * Math.Pow(random.NextDouble(), 2))].Add(text);
        }

        while (sketches.Count > 1)
        {
            var taken = sketches[random.NextIndex(sketches.Count)];
            sketches.Remove(taken);
            sketches[random.NextIndex(sketches.Count)].Merge(taken);
        }

        var items = sketches[0];
        var found = items.Items().ToDictionary(item => item.Text!, item => item.Count);
        items.Count.ShouldBe(count);
        items.Distinct.ShouldBeLessThanOrEqualTo(64);
        items.Error.ShouldBeInRange(1, 2 * count / 64);
        foreach (var (text, times) in exact)
            (times - found.GetValueOrDefault(text)).ShouldBeInRange(0, items.Error);
    }

    [Fact]
    public void WhatIsWritten_IsRead_ThoughTextsAreLongOrBroken()
    {
        var items = new FrequentItems(8);
        items.Add(new string('x', 200));
        items.Add(new string('x', 127) + "😀");
        items.Add("half a pair \ud83d");
        items.Add("half a pair \ude00");
        items.Add(1.5);

        var read = FrequentItems.Read(items.ToBytes());
        read.ToBytes().ShouldBe(items.ToBytes());
        read.Items().Select(item => item.Name.Length).ShouldBe([13, 3, 127, 128], ignoreOrder: true);
    }

    [Fact]
    public void AddingAValueThatHasACounter_AllocatesNothing()
    {
        var items = new FrequentItems();
        string[] names = ["red", "green", "blue"];
        foreach (var name in names)
            items.Add(name);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 30_000; i++)
        {
            items.Add(names[i % 3]);
            items.Add(i * 0.1);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
