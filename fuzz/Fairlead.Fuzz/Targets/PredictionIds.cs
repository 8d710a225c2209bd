using Fairlead.Core.Predictions;

namespace Fairlead.Fuzz.Targets;

/// <summary>Prediction ids. Only what was signed is taken, and it is written as it was read.</summary>
internal sealed class PredictionIds : IFuzzTarget
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public static string Name => "prediction-id";

    public static IEnumerable<Type> Covers => [typeof(PredictionId)];

    public static IEnumerable<byte[]> Seeds =>
    [
        Written(new PredictionId(1, 7, 3, 1, 1_700_000_000_000, 42)),
        Written(new PredictionId(1, int.MaxValue, uint.MaxValue, ushort.MaxValue, 0, ulong.MaxValue)),
    ];

    public static void Fuzz(ReadOnlySpan<byte> data)
    {
        if (!PredictionId.TryRead(data, static id => id == 1 ? Key : default(ReadOnlyMemory<byte>), out var id))
            return;

        if (!Written(id).AsSpan().SequenceEqual(data))
            throw new InvalidOperationException("An id was taken that is not written like this.");
    }

    private static byte[] Written(PredictionId id)
    {
        var text = new byte[PredictionId.TextLength];
        id.Write(Key, text);
        return text;
    }
}
