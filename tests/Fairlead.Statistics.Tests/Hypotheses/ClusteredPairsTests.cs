using CsCheck;
using Fairlead.Statistics.Buckets;
using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Statistics.Tests.Hypotheses;

/// <summary>Tests of pairs where many requests come from one unit.</summary>
public sealed class ClusteredPairsTests
{
    private const int Units = 300;
    private const int Requests = 11;
    private const int Runs = 2000;
    private const double Alpha = 0.05;

    /// <summary>Three standard errors of a rate that is measured over all runs.</summary>
    private static readonly double Tolerance = 3 * Math.Sqrt(Alpha * (1 - Alpha) / Runs);

    [Fact]
    public void McNemar_OfUnitsWithOneRequest_IsTheExactTest() =>
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 60], Gen.Int[0, 20]).Sample((champion, challenger, none) =>
        {
            long[] differences =
            [
                .. Enumerable.Repeat(-1L, champion), .. Enumerable.Repeat(1L, challenger), .. new long[none],
            ];
            ClusteredMcNemar.Test(differences).ShouldBe(
                McNemar.Test(new PairedOutcomes(0, champion, challenger, 0)).PExact, 1e-12);
        }, iter: 200);

    /// <summary>Where the exact law ends, the normal one goes on.</summary>
    [Fact]
    public void McNemar_BeyondTheExactLaw_GoesOnSmoothly()
    {
        long[] Differences(int units) => [.. Enumerable.Range(0, units).Select(unit => unit % 20 < 11 ? 5L : -5L)];
        var within = ClusteredMcNemar.Test(Differences(400));
        var beyond = ClusteredMcNemar.Test(Differences(420));

        within.ShouldBeInRange(0.03, 0.06);
        beyond.ShouldBeInRange(0.03, 0.06);
        ClusteredMcNemar.Test([]).ShouldBe(1);
    }

    /// <summary>
    /// Two equally good versions, and units whose eleven requests mostly fall the same way: taken as independent, rows
    /// cry wolf; between units the rate is what was asked for.
    /// </summary>
    [Fact]
    public void ErrorRates_WithElevenRequestsAUnit_AreNominalBetweenUnitsAndNotBetweenRows()
    {
        var random = new Random(20260211);
        int clustered = 0, rows = 0, ranked = 0;
        for (var run = 0; run < Runs; run++)
        {
            var shifts = new long[BucketTotals.Count];
            var numbers = new BucketTotals();
            long onlyChampion = 0, onlyChallenger = 0;
            for (var unit = 0; unit < Units; unit++)
            {
                var bucket = random.Next(BucketTotals.Count);
                var (leaning, level) = (random.Next(2) == 0 ? 0.9 : 0.1, random.NextDouble() - 0.5);
                for (var request = 0; request < Requests; request++)
                {
                    numbers.Add(bucket, level + (0.2 * (random.NextDouble() - 0.5)));
                    if (random.NextDouble() > 0.2)
                        continue;
                    var isChallenger = random.NextDouble() < leaning;
                    shifts[bucket] += isChallenger ? 1 : -1;
                    _ = isChallenger ? onlyChallenger++ : onlyChampion++;
                }
            }

            clustered += ClusteredMcNemar.Test(shifts) < Alpha ? 1 : 0;
            ranked += WilcoxonSignedRank.BetweenUnits(numbers) < Alpha ? 1 : 0;
            rows += McNemar.Test(new PairedOutcomes(0, onlyChampion, onlyChallenger, 0)).PExact < Alpha ? 1 : 0;
        }

        (clustered / (double)Runs).ShouldBe(Alpha, Tolerance);
        (ranked / (double)Runs).ShouldBe(Alpha, Tolerance);
        (rows / (double)Runs).ShouldBeGreaterThan(2 * Alpha);
    }
}
