using System.Runtime.CompilerServices;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Tests.Sketches;

/// <summary>
/// The stored form of every sketch, byte for byte: what an earlier release stored is read, and the same values still
/// give the same bytes. A change of a form needs a new version and keeps reading the old one.
/// </summary>
public sealed class GoldenSketchTests
{
    public static TheoryData<string> Names => ["quantiles", "distinct", "latency", "frequent", "column-numbers",
        "column-texts", "window", "window-refused"];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheSameValues_GiveTheSameBytes_AndTheseAreRead(string name)
    {
        var path = Path.Combine(Folder(), "golden", $"{name}.bin");
        var bytes = Make(name);
        if (Environment.GetEnvironmentVariable("FAIRLEAD_UPDATE_SNAPSHOTS") == "1")
            File.WriteAllBytes(path, bytes);

        var golden = File.ReadAllBytes(path);
        bytes.ShouldBe(golden);
        Again(name, golden).ShouldBe(golden);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void DamagedBytes_AreRefusedWithASentence(string name)
    {
        var bytes = Make(name);
        Should.Throw<InvalidDataException>(() => Again(name, bytes.AsSpan(0, bytes.Length - 1)))
            .Message.ShouldContain("(byte ");
        Should.Throw<InvalidDataException>(() => Again(name, [.. bytes, 0])).Message.ShouldContain("after its end");
        Should.Throw<InvalidDataException>(() => Again(name, [])).Message.ShouldContain("ends too early");
        Should.Throw<InvalidDataException>(() => Again(name, [bytes[0], 99, .. bytes.AsSpan(2)]))
            .Message.ShouldContain("format 99");
        Should.Throw<InvalidDataException>(() => Again(name, [(byte)'?', .. bytes.AsSpan(1)]))
            .Message.ShouldContain("begins with byte 63");
    }

    private static byte[] Make(string name)
    {
        var numbers = Enumerable.Range(0, 3000).Select(i => i * 7919 % 3001 / 8.0).ToArray();
        switch (name)
        {
            case "quantiles":
                var quantiles = new QuantileSketch(32, seed: 11);
                foreach (var number in numbers)
                    quantiles.Add(number);
                return quantiles.ToBytes();
            case "distinct":
                var distinct = new DistinctSketch(8);
                foreach (var number in numbers)
                    distinct.Add(SketchHash.Of(number));
                return distinct.ToBytes();
            case "latency":
                var latency = new LatencySketch();
                foreach (var number in numbers)
                    latency.Add(number / 1000);
                return latency.ToBytes();
            case "frequent":
                var frequent = new FrequentItems(8);
                foreach (var number in numbers)
                    frequent.Add($"text {number % 11:F0}");
                return frequent.ToBytes();
            case "window":
                return Window(numbers).ToBytes();
            case "window-refused":
                var refusing = Window([.. numbers.Take(40)]);
                refusing.CountRefused(90);
                refusing.CountFault("label", "missing", 4);
                refusing.CountFault("age", "above_range", 90);
                return refusing.ToBytes();
        }

        var column = new ColumnSketch(seed: 3);
        foreach (var number in numbers.Take(400))
        {
            if (name == "column-numbers")
                column.Add(Math.Floor(number));
            else
                column.AddText(new string('ä', (int)number % 9));
        }

        column.AddMissing();
        column.Add(double.NaN);
        return column.ToBytes();
    }

    private static WindowSketch Window(double[] numbers)
    {
        var window = new WindowSketch([("age", false), ("label", true)], seed: 5);
        window.Count("none", 400);
        window.Count("overloaded", 7);
        window.CountRows(400);
        foreach (var number in numbers.Take(400))
        {
            window.Latency.Add(number / 1000);
            window.Compute.Add(number / 9000);
            window.Confidence.Add(0.5 + number / 1000);
            window.Columns[0].Sketch.Add(Math.Floor(number));
            window.Columns[1].Sketch.AddCategory(number < 50 ? "no" : "yes");
        }

        return window;
    }

    private static byte[] Again(string name, ReadOnlySpan<byte> bytes) => name switch
    {
        "quantiles" => QuantileSketch.Read(bytes).ToBytes(),
        "distinct" => DistinctSketch.Read(bytes).ToBytes(),
        "latency" => LatencySketch.Read(bytes).ToBytes(),
        "frequent" => FrequentItems.Read(bytes).ToBytes(),
        "window" or "window-refused" => WindowSketch.Read(bytes).ToBytes(),
        _ => ColumnSketch.Read(bytes).ToBytes(),
    };

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
