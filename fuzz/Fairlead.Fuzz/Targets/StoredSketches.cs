using Fairlead.Statistics.Sketches;

namespace Fairlead.Fuzz.Targets;

/// <summary>
/// The stored form of every sketch. What is read is written as it was read, answers questions, and takes more values
/// and another sketch.
/// </summary>
internal sealed class StoredSketches : IFuzzTarget
{
    public static string Name => "stored-sketches";

    public static IEnumerable<Type> Covers =>
    [
        typeof(QuantileSketch), typeof(DistinctSketch), typeof(LatencySketch), typeof(FrequentItems),
        typeof(ColumnSketch), typeof(WindowSketch),
    ];

    public static IEnumerable<byte[]> Seeds
    {
        get
        {
            var (column, latency) = (new ColumnSketch(1), new LatencySketch());
            yield return column.ToBytes();
            yield return latency.ToBytes();
            for (var i = 0; i < 700; i++)
            {
                column.AddText($"text {i % 70}");
                column.Add(i * 0.5);
                latency.Add(i * 1e-3);
            }

            yield return column.ToBytes();
            yield return latency.ToBytes();
            yield return column.Numbers!.ToBytes();
            var window = new WindowSketch([("x", false)], 3);
            window.Count("none", 9);
            window.Latency.Merge(latency);
            window.Columns[0].Sketch.Merge(column);
            yield return window.ToBytes();
            window.CountRefused(12);
            window.CountFault("x", "missing", 12);
            yield return window.ToBytes();
            yield return column.Frequent.ToBytes();
            yield return column.Distinct.ToBytes();
        }
    }

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        try
        {
            switch (data.IsEmpty ? default : (char)data[0])
            {
                case 'K':
                    Same(QuantileSketch.Read(data).ToBytes(), bytes => Use(QuantileSketch.Read(bytes)));
                    break;
                case 'H':
                    Same(DistinctSketch.Read(data).ToBytes(), bytes => Use(DistinctSketch.Read(bytes)));
                    break;
                case 'D':
                    Same(LatencySketch.Read(data).ToBytes(), bytes => Use(LatencySketch.Read(bytes)));
                    break;
                case 'F':
                    Same(FrequentItems.Read(data).ToBytes(), bytes => Use(FrequentItems.Read(bytes)));
                    break;
                case 'W':
                    Same(WindowSketch.Read(data).ToBytes(), bytes => Use(WindowSketch.Read(bytes)));
                    break;
                default:
                    Same(ColumnSketch.Read(data).ToBytes(), bytes => Use(ColumnSketch.Read(bytes)));
                    break;
            }
        }
        catch (InvalidDataException)
        {
            // Refused with a sentence.
        }
    }

    /// <summary>Whatever was read once is read again, in the form that it was written.</summary>
    private static void Same(byte[] written, Func<byte[], byte[]> use)
    {
        if (!use(written).AsSpan().SequenceEqual(written))
            throw new InvalidOperationException("A sketch is read otherwise than it was written.");
    }

    private static byte[] Use(QuantileSketch sketch)
    {
        var written = sketch.ToBytes();
        sketch.Merge(QuantileSketch.Read(written));
        for (var i = 0; i < 100; i++)
            sketch.Add(i);
        var view = sketch.View();
        Require(view.Count == sketch.Count && view.Quantile(0.5) >= view.Min && view.Quantile(0.5) <= view.Max);
        return written;
    }

    private static byte[] Use(DistinctSketch sketch)
    {
        var written = sketch.ToBytes();
        sketch.Add(SketchHash.Of(1.5));
        Require(sketch.Estimate > 0);
        sketch.Merge(DistinctSketch.Read(written));
        Require(sketch.Estimate > 0);
        return written;
    }

    private static byte[] Use(LatencySketch sketch)
    {
        var written = sketch.ToBytes();
        sketch.Merge(LatencySketch.Read(written));
        sketch.Add(1);
        Require(sketch.Quantile(0.5) >= 0);
        return written;
    }

    private static byte[] Use(FrequentItems items)
    {
        var written = items.ToBytes();
        items.Merge(FrequentItems.Read(written));
        items.Add("one more");
        Require(items.Items().Sum(item => item.Count) <= items.Count);
        return written;
    }

    private static byte[] Use(ColumnSketch column)
    {
        var written = column.ToBytes();
        column.Merge(ColumnSketch.Read(written));
        column.Add(1.5);
        Require(column.Numbers!.View().Count == column.Moments.Count);
        return written;
    }

    private static byte[] Use(WindowSketch window)
    {
        var written = window.ToBytes();
        var other = WindowSketch.Read(written);
        other.Count("none", 1);
        window.Merge(other);
        Require(window.Requests > 0 && window.Columns.Count <= WindowSketch.MostColumns);
        return written;
    }

    private static void Require(bool holds)
    {
        if (!holds)
            throw new InvalidOperationException("A sketch that was read answers wrongly.");
    }
}
