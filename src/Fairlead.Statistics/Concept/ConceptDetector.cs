using System.Buffers;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Concept;

/// <summary>What a detector says after an observation.</summary>
public enum DetectorSignal
{
    /// <summary>Nothing unusual, or too little seen to tell.</summary>
    Stable,

    /// <summary>On the way to a detection; only some detectors say so.</summary>
    Warning,

    /// <summary>The law of the observations has changed. The detector has begun anew.</summary>
    Drift,
}

/// <summary>
/// Watches a stream of numbers (errors, losses, labels) for a change of its law, one number at a time, in bounded
/// memory. A detector depends on nothing but its parameters and the numbers in their order: one that was stored and
/// read goes on as if it had never left, and two that saw the same are equal byte for byte.
/// <para>Numbers that are not finite, or outside what a detector is defined for, are counted and change
/// nothing.</para>
/// </summary>
public abstract class ConceptDetector
{
    private const char Kind = 'T';
    private const byte Format = 1;
    private const int LongestState = 1 << 20;

    /// <summary>How many observations were taken in.</summary>
    public long Seen { get; private set; }

    /// <summary>How many numbers were refused.</summary>
    public long Refused { get; private set; }

    /// <summary>How many changes were detected.</summary>
    public long Detections { get; private set; }

    /// <summary>The most numbers that the detector ever keeps.</summary>
    public abstract int MostNumbers { get; }

    private protected abstract DetectorKind Which { get; }

    /// <summary>What the constructor was given, in its order.</summary>
    private protected abstract double[] Parameters { get; }

    /// <summary>Everything that the detector remembers, no NaN among it.</summary>
    private protected abstract double[] State { get; }

    /// <summary>Takes one observation and says what it shows.</summary>
    public DetectorSignal Add(double value)
    {
        if (!Accepts(value))
        {
            Refused++;
            return DetectorSignal.Stable;
        }

        Seen++;
        var signal = Observe(value);
        if (signal == DetectorSignal.Drift)
            Detections++;
        return signal;
    }

    /// <summary>The binary form: read by <see cref="Read"/>, it goes on as if it had never left.</summary>
    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new SketchOutput(output);
        writer.Header(Kind, Format);
        writer.Count((int)Which);
        writer.Count(Seen);
        writer.Count(Refused);
        writer.Count(Detections);
        foreach (var numbers in new[] { Parameters, State })
        {
            writer.Count(numbers.Length);
            foreach (var number in numbers)
                writer.Number(number);
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads the binary form of any detector.</summary>
    /// <exception cref="InvalidDataException">The bytes are no detector of this format.</exception>
    public static ConceptDetector Read(ReadOnlySpan<byte> data)
    {
        var reader = new SketchInput(data, "detector");
        reader.Header(Kind, Format);
        var kind = (DetectorKind)reader.Count(byte.MaxValue);
        var (seen, refused, detections) = (reader.Count(), reader.Count(), reader.Count());
        var parameters = Numbers(ref reader, 16);
        var state = Numbers(ref reader, LongestState);
        reader.End();
        ConceptDetector detector;
        try
        {
            detector = Detectors.Make(kind, parameters);
        }
        catch (Exception error) when (error is ArgumentException or IndexOutOfRangeException)
        {
            throw reader.Bad($"has parameters that no detector of kind {(int)kind} takes ({error.Message})");
        }

        if (!detector.Restore(state))
            throw reader.Bad($"has {state.Length} numbers that are no state of its kind");
        (detector.Seen, detector.Refused, detector.Detections) = (seen, refused, detections);
        return detector;
    }

    private protected virtual bool Accepts(double value) => double.IsFinite(value);

    private protected abstract DetectorSignal Observe(double value);

    /// <summary>Takes up a stored state; false where it is none.</summary>
    private protected abstract bool Restore(ReadOnlySpan<double> state);

    private static double[] Numbers(ref SketchInput reader, int most)
    {
        var numbers = new double[Math.Min(reader.Count(most), most)];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = reader.Number();
            if (double.IsNaN(numbers[i]))
                throw reader.Bad("has a number that is NaN");
        }

        return numbers;
    }
}
