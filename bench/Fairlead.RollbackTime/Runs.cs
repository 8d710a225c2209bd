using Fairlead.Statistics.Numerics;

namespace Fairlead.RollbackTime;

/// <summary>Many independent runs over all processors; run i is the same whatever their number.</summary>
internal static class Runs
{
    public static T[] Of<T>(int count, ulong seed, Func<SplitMix64, T> run)
    {
        var results = new T[count];
        Parallel.For(0, count, i =>
        {
            // Neighbouring seeds of this generator are neighbouring states, so the number is mixed first.
            var mixed = new SplitMix64((seed << 32) ^ ((ulong)(i + 1) * 0xD1342543DE82EF95UL)).Next();
            results[i] = run(new SplitMix64(mixed));
        });
        return results;
    }
}
