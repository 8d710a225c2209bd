using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Tests.Sketches;

public sealed class FewValuesTests
{
    [Fact]
    public void Sort_OfAnyFew_WithTiesOrWithout_IsRising_AndLosesNone()
    {
        var random = new SplitMix64(5);
        for (var count = 0; count <= FewValues.Most + 3; count++)
        {
            foreach (var kinds in (int[])[2, 10, 1_000_000])
            {
                double[] values =
                    [.. Enumerable.Range(0, count).Select(_ => Math.Floor(random.NextDouble() * kinds) - kinds / 2.0)];
                var sorted = values.Order().ToArray();
                FewValues.Sort(values);
                values.ShouldBe(sorted);
            }
        }
    }
}
