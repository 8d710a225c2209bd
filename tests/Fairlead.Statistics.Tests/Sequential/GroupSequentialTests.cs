using System.Text.Json;
using CsCheck;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sequential;

namespace Fairlead.Statistics.Tests.Sequential;

public sealed class GroupSequentialTests
{
    private static readonly Gen<SpendingFunction> Spending = Gen.OneOf(
        Gen.Const(SpendingFunction.ObrienFleming),
        Gen.Const(SpendingFunction.Pocock),
        Gen.Double[-6, 3].Select(gamma => new SpendingFunction(SpendingKind.HwangShihDeCani, gamma)),
        Gen.Double[0.5, 4].Select(rho => new SpendingFunction(SpendingKind.Power, rho)));

    /// <summary>Any rising times that end with 1, some of them close together.</summary>
    private static readonly Gen<double[]> Times =
        Gen.Double[0.001, 0.999].Array[0, 8].Select(times =>
            times.Select(t => Math.Round(t, 3)).Append(1).Distinct().Order().ToArray());

    private static readonly Gen<Sides> AnySides = Gen.Bool.Select(two => two ? Sides.Two : Sides.One);

    /// <summary>
    /// Whatever the times, the spending function and the sides, the bounds spend the level: no more and no less.
    /// </summary>
    [Fact]
    public void Bounds_AtAnyTimes_SpendExactlyTheLevel() =>
        Gen.Select(Times, Spending, AnySides, Gen.Double[0.001, 0.2]).Sample((times, spending, sides, alpha) =>
        {
            var bounds = GroupSequential.Bounds(spending, alpha, sides, times);
            double[] z = [.. bounds.Select(bound => bound.Z)];

            var exits = GroupSequential.Exits(times, z, sides);

            exits.Total.ShouldBe(alpha, 1e-8 * alpha + 1e-12);
            bounds[^1].CumulativeAlpha.ShouldBe(alpha, 1e-15);
            bounds.Select(bound => bound.CumulativeAlpha).ShouldBeInOrder();
            var spent = 0.0;
            for (var k = 0; k < times.Length; k++)
            {
                spent += exits.Upper[k] + exits.Lower[k];
                spent.ShouldBe(bounds[k].CumulativeAlpha, 1e-8 * alpha + 1e-12);
            }
        }, iter: 80);

    [Fact]
    public void Spending_RisesFromNothingToTheWholeLevel() =>
        Gen.Select(Spending, AnySides, Gen.Double[0.0001, 0.5], Gen.Double[0, 1.2], Gen.Double[0, 1.2])
            .Sample((spending, sides, alpha, s, t) =>
        {
            var (early, late) = (Math.Min(s, t), Math.Max(s, t));
            spending.Spent(early, alpha, sides).ShouldBeLessThanOrEqualTo(spending.Spent(late, alpha, sides));
            spending.Spent(0, alpha, sides).ShouldBe(0);
            spending.Spent(1, alpha, sides).ShouldBe(alpha, 1e-15);
            spending.Spent(1.5, alpha, sides).ShouldBe(alpha, 1e-15);
        }, iter: 2000);

    /// <summary>Two looks by an integral over the first one, written down on its own.</summary>
    [Theory]
    [InlineData(0.5, 1.0, 2.0, 2.2)]
    [InlineData(0.1, 1.0, 3.5, 1.9)]
    [InlineData(0.9, 1.0, 2.0, 2.0)]
    [InlineData(0.4, 1.3, 0.5, 1.0)]
    public void Exits_OfTwoLooks_EqualTheDirectIntegral(double t1, double t2, double z1, double z2)
    {
        var (sum, steps) = (0.0, 20_000);
        for (var i = 0; i < steps; i++)
        {
            var x = z1 * (2 * (i + 0.5) / steps - 1);
            var deviation = Math.Sqrt(1 - t1 / t2);
            var mean = x * Math.Sqrt(t1 / t2);
            sum += Normal.Pdf(x) * (Normal.UpperTail((z2 - mean) / deviation) + Normal.Cdf((-z2 - mean) / deviation));
        }

        var second = sum * 2 * z1 / steps;
        var exits = GroupSequential.Exits([t1, t2], [z1, z2], Sides.Two);

        (exits.Upper[0] + exits.Lower[0]).ShouldBe(2 * Normal.UpperTail(z1), 1e-14);
        (exits.Upper[1] + exits.Lower[1]).ShouldBe(second, 1e-9);
    }

    [Fact]
    public void OneLook_IsTheFixedTest()
    {
        var bound = GroupSequential.Bounds(SpendingFunction.ObrienFleming, 0.05, Sides.Two, [1.0]).Single();
        bound.Z.ShouldBe(1.959963984540054, 1e-9);
        GroupSequential.Pocock(0.05, Sides.One, [1.0]).C.ShouldBe(1.6448536269514722, 1e-9);
        GroupSequential.DriftFor(0.8, [1.0], [1.959963984540054], Sides.Two).ShouldBe(2.8015852, 1e-6);
        GroupSequential.Inflation(0.05, 0.8, Sides.Two, [1.0], [1.959963984540054]).ShouldBe(1, 1e-6);
    }

    /// <summary>The first looks may come absurdly early: what they spend is no double any more.</summary>
    [Fact]
    public void Bounds_VeryEarly_AreFiniteAndOrdered()
    {
        double[] times = [0.0001, 0.0002, 0.001, 0.5, 0.500001, 1];
        var bounds = GroupSequential.Bounds(SpendingFunction.ObrienFleming, 0.05, Sides.Two, times);

        bounds[0].Z.ShouldBe(224, 1);
        bounds[0].CumulativeAlpha.ShouldBe(0);
        bounds.ShouldAllBe(bound => double.IsFinite(bound.Z));
        bounds[..4].Select(bound => bound.Z).ShouldBeInOrder(SortDirection.Descending);
        GroupSequential.Exits(times, [.. bounds.Select(bound => bound.Z)], Sides.Two).Total.ShouldBe(0.05, 1e-6);
    }

    /// <summary>An overrun spends what is left, and nothing is left after it.</summary>
    [Fact]
    public void Bounds_PastThePlannedInformation_SpendWhatIsLeftOnce()
    {
        var bounds = GroupSequential.Bounds(SpendingFunction.Pocock, 0.05, Sides.Two, [0.5, 1.2, 1.4]);

        bounds[1].CumulativeAlpha.ShouldBe(0.05, 1e-15);
        bounds[2].Z.ShouldBe(double.PositiveInfinity);
        GroupSequential.Exits([0.5, 1.2], [bounds[0].Z, bounds[1].Z], Sides.Two).Total.ShouldBe(0.05, 1e-9);
    }

    [Fact]
    public void Exits_WithADrift_GrowInItsDirection() =>
        Gen.Select(Times, Gen.Double[0, 4], Gen.Double[0.01, 1]).Sample((times, drift, by) =>
        {
            double[] z = [.. times.Select(t => 2.0 / Math.Sqrt(t))];
            var less = GroupSequential.Exits(times, z, Sides.Two, drift);
            var more = GroupSequential.Exits(times, z, Sides.Two, drift + by);
            var turned = GroupSequential.Exits(times, z, Sides.Two, -drift);

            more.Upper.Sum().ShouldBeGreaterThan(less.Upper.Sum());
            more.ExpectedInformation.ShouldBeLessThanOrEqualTo(less.ExpectedInformation + 1e-9);
            turned.Lower.Sum().ShouldBe(less.Upper.Sum(), 1e-10);
            less.Total.ShouldBeInRange(0, 1 + 1e-9);
        }, iter: 60);

    /// <summary>
    /// The monitor gives the bounds of the plan one by one, also when its state is written down and read back between
    /// the looks.
    /// </summary>
    [Fact]
    public void Monitor_AcrossStorage_GivesTheBoundsOfTheWholePlan() =>
        Gen.Select(Times, Spending, AnySides).Sample((times, spending, sides) =>
        {
            var plan = new GroupSequentialPlan(0.05, sides, spending);
            var bounds = GroupSequential.Bounds(spending, 0.05, sides, times);
            var state = MonitorState.Fresh;
            for (var k = 0; k < times.Length; k++)
            {
                var result = GroupSequentialMonitor.Look(plan, state, times[k], 0);
                result.Bound.ShouldBe(bounds[k].Z, 1e-8);
                result.Decision.ShouldBe(times[k] == 1 ? LookDecision.Accept : LookDecision.Continue);
                result.State.Spent.ShouldBe(bounds[k].CumulativeAlpha, 1e-12);

                state = JsonSerializer.Deserialize<MonitorState>(JsonSerializer.Serialize(result.State))!;
                state.ShouldBe(result.State);
            }
        }, iter: 30);

    [Fact]
    public void Monitor_WithoutNewInformationOrAfterTheEnd_SpendsNothing()
    {
        var plan = new GroupSequentialPlan(0.05, Sides.Two, SpendingFunction.Pocock);
        var first = GroupSequentialMonitor.Look(plan, MonitorState.Fresh, 0.5, 1).State;

        foreach (var (information, z) in new[] { (0.5, 9.0), (0.3, 9), (double.NaN, 9), (0.7, double.NaN) })
        {
            var again = GroupSequentialMonitor.Look(plan, first, information, z);
            again.Decision.ShouldBe(LookDecision.NotALook);
            again.State.ShouldBeSameAs(first);
        }

        var ended = GroupSequentialMonitor.Look(plan, first, 1.1, 1);
        ended.Decision.ShouldBe(LookDecision.Accept);
        GroupSequentialMonitor.Look(plan, ended.State, 1.5, 99).Decision.ShouldBe(LookDecision.NotALook);

        var rejected = GroupSequentialMonitor.Look(plan, first, 0.8, -5);
        rejected.Decision.ShouldBe(LookDecision.Reject);
        GroupSequentialMonitor.Look(plan, rejected.State, 0.9, 0).Decision.ShouldBe(LookDecision.NotALook);
    }

    /// <summary>What was spent under an earlier plan stays spent when the plan becomes a slower one.</summary>
    [Fact]
    public void Monitor_HoldsWhatItSpent_WhenThePlanSlowsDown()
    {
        var quick = new GroupSequentialPlan(0.05, Sides.Two, SpendingFunction.Pocock);
        var slow = quick with { Spending = SpendingFunction.ObrienFleming };
        var spent = GroupSequentialMonitor.Look(quick, MonitorState.Fresh, 0.2, 0).State.Spent;

        var next = GroupSequentialMonitor.Look(
            slow, GroupSequentialMonitor.Look(quick, MonitorState.Fresh, 0.2, 0).State, 0.4, 9);

        next.State.Spent.ShouldBe(spent);
        next.Bound.ShouldBe(double.PositiveInfinity);
        next.Decision.ShouldBe(LookDecision.Continue);
    }

    [Theory]
    [InlineData()]
    [InlineData(0.0, 1.0)]
    [InlineData(0.5, 0.5)]
    [InlineData(0.6, 0.5)]
    [InlineData(double.NaN)]
    [InlineData(0.5, double.PositiveInfinity)]
    public void Times_ThatDoNotRise_AreRefused(params double[] times) =>
        Should.Throw<ArgumentOutOfRangeException>(
            () => GroupSequential.Bounds(SpendingFunction.Pocock, 0.05, Sides.Two, times));

    /// <summary>After a single look nothing has to be corrected.</summary>
    [Fact]
    public void StoppedEstimate_AfterOneLook_IsThePlainOne() =>
        Gen.Select(Gen.Double[-4, 4], Gen.Double[0.1, 3]).Sample((estimate, error) =>
        {
            var stopped = StoppedEstimate.At([1.0], [1.96], Sides.Two, estimate, error, 0.05);
            stopped.MedianUnbiased.ShouldBe(estimate, 1e-7);
            stopped.Low.ShouldBe(estimate - 1.959963984540054 * error, 1e-6);
            stopped.High.ShouldBe(estimate + 1.959963984540054 * error, 1e-6);
        }, iter: 60);

    [Fact]
    public void StoppedEstimate_AfterAnEarlyStop_ShrinksAndTurnsWithTheSign() =>
        Gen.Double[0.01, 2].Sample(excess =>
        {
            double[] times = [0.2, 0.4, 0.6];
            double[] z = [4.877, 3.357, 2.680];
            var estimate = z[2] + excess;
            var up = StoppedEstimate.At(times, z, Sides.Two, estimate, 1, 0.05);
            var down = StoppedEstimate.At(times, z, Sides.Two, -estimate, 1, 0.05);

            up.MedianUnbiased.ShouldBeInRange(0, estimate);
            up.Low.ShouldBeInRange(double.NegativeInfinity, up.MedianUnbiased);
            up.High.ShouldBeGreaterThan(up.MedianUnbiased);
            down.MedianUnbiased.ShouldBe(-up.MedianUnbiased, 1e-6);
            (-down.High).ShouldBe(up.Low, 1e-6);
        }, iter: 30);
}
