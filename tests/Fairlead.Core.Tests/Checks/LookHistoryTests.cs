using Fairlead.Core.Checks;

namespace Fairlead.Core.Tests.Checks;

public sealed class LookHistoryTests
{
    [Fact]
    public void Surplus_OverTenThousandLooks_StaysBoundedAndKeepsTheFirstAndTheNewest()
    {
        var kept = new List<int>();
        for (var look = 0; look < 10_000; look++)
        {
            foreach (var place in LookHistory.Surplus(kept.Count + 1).OrderDescending())
                kept.RemoveAt(place);
            kept.Add(look);

            kept.Count.ShouldBeLessThanOrEqualTo(LookHistory.MostLooks);
            kept[0].ShouldBe(0);
            kept[^1].ShouldBe(look);
        }

        // The newest stand look by look; the older half reaches back over everything else, ever sparser.
        kept.Count.ShouldBeGreaterThan(LookHistory.MostLooks / 2);
        kept[^30..].ShouldBe(Enumerable.Range(10_000 - 30, 30));
        kept.ShouldBeInOrder(SortDirection.Ascending);
        kept.ShouldBeUnique();
    }

    [Fact]
    public void IsNews_OfTheSameFiguresOrNothing_IsFalse()
    {
        var nothing = new CheckResult(CheckVerdict.Inconclusive, "no data");
        var seen = nothing with { CandidateUnits = 10, Estimate = 0.1 };

        LookHistory.IsNews(null, null).ShouldBeFalse();
        LookHistory.IsNews(null, nothing).ShouldBeTrue();
        LookHistory.IsNews(nothing, nothing with { Why = "still no data" }).ShouldBeFalse();
        LookHistory.IsNews(nothing, seen).ShouldBeTrue();
        LookHistory.IsNews(seen, seen with { }).ShouldBeFalse();
        LookHistory.IsNews(seen, seen with { Estimate = 0.2 }).ShouldBeTrue();
    }
}
