using Fairlead.Statistics.Numerics;

namespace Fairlead.ErrorRates;

/// <summary>
/// Many independent runs over all processors, with one result whatever their number: every run has a generator of its
/// own, seeded by its number, and the tallies of fixed blocks of runs are added up in the order of the blocks.
/// </summary>
internal static class ParallelRuns
{
    private const int BlockSize = 200;

    /// <summary>Carries out runs 0 … <paramref name="runs"/> − 1.</summary>
    /// <param name="runs">Number of runs.</param>
    /// <param name="threads">Most threads at a time.</param>
    /// <param name="seed">Seed of the scenario.</param>
    /// <param name="fresh">An empty tally.</param>
    /// <param name="run">Carries out one run and adds it to the tally.</param>
    /// <param name="add">Adds the second tally to the first.</param>
    public static TTally Tally<TTally>(
        int runs, int threads, ulong seed, Func<TTally> fresh, Action<SplitMix64, TTally> run,
        Action<TTally, TTally> add)
    {
        var blocks = new TTally[(runs + BlockSize - 1) / BlockSize];
        Parallel.For(0, blocks.Length, new ParallelOptions { MaxDegreeOfParallelism = threads }, block =>
        {
            var tally = fresh();
            for (var i = block * BlockSize; i < Math.Min(runs, (block + 1) * BlockSize); i++)
                run(new SplitMix64(SeedOf(seed, i)), tally);
            blocks[block] = tally;
        });

        var sum = fresh();
        foreach (var block in blocks)
            add(sum, block);
        return sum;
    }

    /// <summary>
    /// A seed for one run. Neighbouring seeds of this generator are neighbouring states, so the number is mixed first.
    /// </summary>
    private static ulong SeedOf(ulong seed, int run) =>
        new SplitMix64(seed ^ ((ulong)(run + 1) * 0xD1342543DE82EF95UL)).Next();
}
