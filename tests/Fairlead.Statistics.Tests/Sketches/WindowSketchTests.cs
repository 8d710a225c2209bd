using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Tests.Sketches;

/// <summary>What one arm did, added up over minutes and replicas.</summary>
public sealed class WindowSketchTests
{
    [Fact]
    public void Merged_IsWhatOneThatSawEverythingWouldBe()
    {
        var whole = Window(0, 900);
        var merged = new WindowSketch([], seed: 1);
        foreach (var (from, to) in new[] { (600, 900), (0, 300), (300, 600) })
            merged.Merge(Window(from, to));

        merged.Requests.ShouldBe(whole.Requests);
        merged.Rows.ShouldBe(whole.Rows);
        merged.Ends.ShouldBe(whole.Ends);
        merged.Latency.Quantile(0.9).ShouldBe(whole.Latency.Quantile(0.9));
        merged.Confidence.Values.ShouldBe(900);
        merged.Columns.Select(column => (column.Name, column.IsOutput)).ShouldBe([("x", false), ("x", true)]);
        merged.Columns[0].Sketch.Moments.ShouldBe(whole.Columns[0].Sketch.Moments);
        merged.Columns[1].Sketch.Frequent.Items().ShouldBe(whole.Columns[1].Sketch.Frequent.Items());
    }

    [Fact]
    public void Merged_OfVersionsWithOtherColumns_HasThemAll()
    {
        var first = new WindowSketch([("a", false), ("b", false)], 1);
        var second = new WindowSketch([("b", false), ("c", false)], 2);
        first.Columns[1].Sketch.Add(1);
        second.Columns[0].Sketch.Add(2);
        second.Columns[1].Sketch.Add(3);

        first.Merge(second);

        first.Columns.Select(column => (column.Name, column.Sketch.Rows)).ShouldBe([("a", 0), ("b", 2), ("c", 1)]);
        second.Columns.Count.ShouldBe(2);
    }

    [Fact]
    public void RefusedRows_AreCountedByColumnAndFault_InBoundedMemory()
    {
        var (first, second) = (new WindowSketch([], 1), new WindowSketch([], 2));
        for (var i = 0; i < WindowSketch.MostFaults; i++)
            first.CountFault($"c{i}", "missing", 1);
        first.CountRefused(1000);
        second.CountRefused(50);
        second.CountFault("c7", "missing", 5);
        second.CountFault("late", "missing", 40);
        second.CountFault("late", "above_range", 3);

        first.Merge(second);

        first.RefusedRows.ShouldBe(1050);
        first.Faults[("c7", "missing")].ShouldBe(6);
        first.Faults[(WindowSketch.Rest, "missing")].ShouldBe(40);
        first.Faults[(WindowSketch.Rest, "above_range")].ShouldBe(3);
        first.Faults.Count.ShouldBe(WindowSketch.MostFaults + 2);
        var again = WindowSketch.Read(first.ToBytes());
        (again.RefusedRows, again.Faults.Sum(each => each.Value)).ShouldBe((1050, first.Faults.Sum(f => f.Value)));
    }

    private static WindowSketch Window(int from, int to)
    {
        var window = new WindowSketch([("x", false), ("x", true)], (ulong)from);
        for (var i = from; i < to; i++)
        {
            window.Count(i % 10 == 0 ? "overloaded" : "none", 1);
            window.CountRows(1);
            window.Latency.Add(i / 1000.0);
            window.Confidence.Add(0.5);
            window.Columns[0].Sketch.Add(i);
            window.Columns[1].Sketch.AddCategory(i % 3 == 0 ? "yes" : "no");
        }

        return window;
    }
}
