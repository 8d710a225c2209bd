using Fairlead.Client.Api;
using Fairlead.Web.Monitoring;

namespace Fairlead.Web.Tests.Monitoring;

public sealed class DistributionsTests
{
    [Fact]
    public void Numbers_EvenlySpread_HaveEvenBars_AndAShiftMovesThem()
    {
        var bins = Distributions.Of(Numbers(0, 100), Numbers(50, 150));

        bins.Count.ShouldBe(24);
        bins.Sum(bin => bin.Reference).ShouldBe(1, 1e-9);
        bins.Sum(bin => bin.Current).ShouldBe(1, 1e-9);
        bins[2].Reference.ShouldBe(148.0 / 24 / 100, 1e-6);
        bins[2].Current.ShouldBe(0);
        bins[^1].Reference.ShouldBe(0);
    }

    [Fact]
    public void Numbers_ThatAreAllTheSame_FillOneBar()
    {
        var bins = Distributions.Of(Numbers(5, 5), Numbers(5, 5));

        bins.Sum(bin => bin.Reference).ShouldBe(1, 1e-9);
        bins.Count(bin => bin.Reference > 0).ShouldBe(1);
    }

    [Fact]
    public void Texts_AreSharesOfTheirValues_MostFrequentFirst_TheRestTogether()
    {
        var bins = Distributions.Of(Texts(("rent", 60), ("own", 30)), Texts(("own", 80), ("boat", 20)));

        bins.Select(bin => bin.Label).ShouldBe(["own", "rent", "boat", "others"]);
        bins[0].ShouldBe(new Web.Charts.DistributionBin("own", 0.3, 0.8));
        bins[^1].Reference.ShouldBe(0.1, 1e-9);
    }

    [Fact]
    public void Column_ThatOneSideLacks_HasNoBars() => Distributions.Of(null, Numbers(0, 1)).ShouldBeEmpty();

    private static ColumnInfo Numbers(double min, double max)
    {
        double At(double share) => min + share * (max - min);
        return new ColumnInfo
        {
            Name = "income",
            Rows = 100,
            Numbers = new NumbersInfo(min, max, At(0.5), 1, At(0.01), At(0.05), At(0.25), At(0.5), At(0.75), At(0.95),
                At(0.99), 0.01),
        };
    }

    private static ColumnInfo Texts(params (string Value, long Count)[] values) => new()
    {
        Name = "home",
        Kind = "text",
        Rows = 100,
        Frequent = [.. values.Select(each => new FrequentInfo(each.Value, each.Count))],
    };
}
