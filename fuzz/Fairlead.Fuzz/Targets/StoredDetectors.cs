using Fairlead.Statistics.Concept;

namespace Fairlead.Fuzz.Targets;

/// <summary>The stored form of every detector of concept drift. What is read is written as it was read, and goes on
/// watching.</summary>
internal sealed class StoredDetectors : IFuzzTarget
{
    public static string Name => "stored-detectors";

    public static IEnumerable<Type> Covers => [typeof(ConceptDetector)];

    public static IEnumerable<byte[]> Seeds
    {
        get
        {
            ConceptDetector[] detectors =
            [
                new Adwin(), new Adwin(AdwinVariant.River), new Ddm(), new Eddm(), new HddmA(), new HddmW(),
                new PageHinkley(), new Kswin(window: 40, newest: 10), new Cusum(20), new Ewma(20),
            ];
            foreach (var detector in detectors)
            {
                yield return detector.ToBytes();
                for (var i = 0; i < 150; i++)
                    detector.Add(i * 7 % 11 < 3 ? 1 : 0);
                yield return detector.ToBytes();
            }
        }
    }

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        ConceptDetector detector;
        try
        {
            detector = ConceptDetector.Read(data);
        }
        catch (InvalidDataException)
        {
            return;
        }

        var written = detector.ToBytes();
        if (!ConceptDetector.Read(written).ToBytes().AsSpan().SequenceEqual(written))
            throw new InvalidOperationException("A detector is read otherwise than it was written.");
        for (var i = 0; i < 100; i++)
            detector.Add(i % 2);
    }
}
