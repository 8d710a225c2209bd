using Fairlead.Statistics.Sketches;

namespace Fairlead.Statistics.Tests.Sketches;

public sealed class ColumnSketchTests
{
    [Fact]
    public void Parts_AddUpToTheWhole()
    {
        var (whole, one, two) = (new ColumnSketch(1), new ColumnSketch(2), new ColumnSketch(3));
        for (var i = 0; i < 5000; i++)
        {
            foreach (var column in (ColumnSketch[])[whole, i % 3 == 0 ? one : two])
            {
                if (i % 10 == 0)
                    column.AddMissing();
                else
                    column.Add(i % 25 == 1 ? double.PositiveInfinity : i % 40);
            }
        }

        two.Merge(one);
        (two.Rows, two.Missing, two.NotFinite, two.Values).ShouldBe((5000L, 500L, 200L, 4300L));
        (whole.Rows, whole.Missing, whole.NotFinite).ShouldBe((5000L, 500L, 200L));
        two.Moments.Mean.ShouldBe(whole.Moments.Mean);
        two.Moments.Variance.ShouldBe(whole.Moments.Variance);
        two.Frequent.Items().ShouldBe(whole.Frequent.Items());
        two.Frequent.Error.ShouldBe(0);
        two.Distinct.Estimate.ShouldBeNear(36, 0.03);
        ColumnSketch.Read(two.ToBytes()).ToBytes().ShouldBe(two.ToBytes());
    }

    [Fact]
    public void Texts_AreCountedAndMeasured()
    {
        var column = new ColumnSketch();
        column.AddText("four");
        column.AddText("sixsix");
        column.AddText("four");
        column.Numbers!.View().Quantile(1).ShouldBe(6);
        column.Moments.Mean.ShouldBeNear(14 / 3.0, 1e-15);
        column.Frequent.Items()[0].ShouldBe(new FrequentItem("four", double.NaN, 2));
    }
}
