using CsCheck;

namespace Fairlead.Statistics.Tests.Cases;

public sealed class WeightLadderTests
{
    private static readonly Gen<double[]> Rising =
        Gen.Double[0.01, 100].Array[1, 20].Select(weights => weights.Distinct().Order().ToArray());

    private static List<double> Climb(WeightLadder ladder, double from = 0)
    {
        var weights = new List<double>();
        for (var next = ladder.Next(from); next is { } weight; next = ladder.Next(weight))
            weights.Add(weight);
        return weights;
    }

    [Fact]
    public void Linear_ThatMissesItsMaximum_EndsAtTheFirstWeightAboveIt()
    {
        Climb(WeightLadder.Linear(20, 50).Ladder!).ShouldBe([20, 40, 60]);
        Climb(WeightLadder.Linear(60, 100).Ladder!).ShouldBe([60, 100]);
        Climb(WeightLadder.Linear(100, 5).Ladder!).ShouldBe([100]);
    }

    [Fact]
    public void Linear_OfManySmallSteps_DoesNotDrift() =>
        WeightLadder.Linear(0.1, 10).Ladder!.Rungs.Length.ShouldBe(100);

    /// <summary>
    /// While a candidate climbs, the list may be exchanged at any rung; the weight always rises, by list or not.
    /// </summary>
    [Fact]
    public void Next_WhenTheListIsExchanged_IsTheLowestRungAbove() =>
        Gen.Select(Rising, Rising, Gen.Int[0, 19]).Sample((first, second, at) =>
        {
            var present = first[at % first.Length];
            var edited = WeightLadder.Of(second).Ladder!;

            var next = edited.Next(present);

            next.ShouldBe(second.Where(weight => weight > present).Select(weight => (double?)weight).Min());
            Climb(edited, present).ShouldBe(second.Where(weight => weight > present));
        }, iter: 2000);

    [Theory]
    [InlineData()]
    [InlineData(0.0, 5.0)]
    [InlineData(5.0, 5.0)]
    [InlineData(10.0, 5.0)]
    [InlineData(50.0, 101.0)]
    [InlineData(double.NaN)]
    public void Of_WeightsThatDoNotRiseFromAbove0To100_IsRefused(params double[] weights)
    {
        var (ladder, refusal) = WeightLadder.Of(weights);

        ladder.ShouldBeNull();
        refusal!.Code.ShouldBe("ladder_invalid");
    }

    [Theory]
    [InlineData(0, 50)]
    [InlineData(-1, 50)]
    [InlineData(1, 0)]
    [InlineData(1, 101)]
    [InlineData(1e-9, 50)]
    [InlineData(double.NaN, 50)]
    public void Linear_OutsideItsRange_IsRefused(double step, double max) =>
        WeightLadder.Linear(step, max).Refusal!.Code.ShouldBe("ladder_invalid");
}
