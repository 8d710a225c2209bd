using Fairlead.Serving.Facts;

namespace Fairlead.Fuzz.Targets;

/// <summary>The stored facts of an arm. What is read is written as it was read, and adds up.</summary>
internal sealed class FactsImages : IFuzzTarget
{
    public static string Name => "facts-image";

    public static IEnumerable<Type> Covers => [typeof(FactsImage)];

    public static IEnumerable<byte[]> Seeds => [new FactsImage().ToBytes(), Filled().ToBytes()];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        FactsImage image;
        try
        {
            image = FactsImage.Read(data);
        }
        catch (InvalidDataException)
        {
            return;
        }

        var written = image.ToBytes();
        if (!FactsImage.Read(written).ToBytes().AsSpan().SequenceEqual(written))
            throw new InvalidOperationException("Facts are read otherwise than they were written.");
        image.Add(FactsImage.Read(written));
    }

    private static FactsImage Filled()
    {
        var image = new FactsImage();
        image.Requests.Add(3, 1);
        image.Disagreements.Add(1023, 1);
        image.Latency.Record(TimeSpan.FromMilliseconds(3));
        image.Outputs["output:y"] = new();
        image.Outputs["output:y"].Add(5, 2.5);
        image.Slices[("kind", "text")] = new FactsImage();
        image.Pairs.Labels["label"] = new LabelPairs();
        image.Pairs.Labels["label"].Add("good", "bad", 9);
        image.Pairs.Numbers["p"] = new NumberPairs();
        image.Pairs.Numbers["p"].Differences.Add(4, -0.25);
        return image;
    }
}
