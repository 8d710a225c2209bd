using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Series;

namespace Fairlead.Statistics.Tests.Series;

public sealed class SeriesTests
{
    private static readonly DateTimeOffset Monday = new(2024, 3, 4, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void TooLittleHistory_IsInsufficientData_AndNeverNormal()
    {
        var history = Hours(Monday.AddDays(-28), 28, _ => 100);
        SameHours.Compare(history, new(Monday, 100), LikeHours.OfWeek, TimeSpan.FromDays(60), BandRule.Robust)
            .Verdict.ShouldBe(SeriesVerdict.InsufficientData);
        SameHours.Compare(history, new(Monday, double.NaN), LikeHours.OfDay, TimeSpan.FromDays(60), BandRule.Mean)
            .Verdict.ShouldBe(SeriesVerdict.InsufficientData);
        FixedLimit.Compare(double.NaN, 0, 1).Verdict.ShouldBe(SeriesVerdict.InsufficientData);
        Forecast.SeasonalNaive([1, 2, 3], 7, 1).ShouldBeNull();
        Forecast.HoltWinters([1, 2, 3], 2, 1).ShouldBeNull();
    }

    [Fact]
    public void OneWildDay_DoesNotBlindTheRobustBand()
    {
        var random = new SplitMix64(1);
        var history = Hours(Monday.AddDays(-70), 70, at => at == Monday.AddDays(-7)
            ? 900
            : at.Hour * 10 + (at.DayOfWeek == DayOfWeek.Sunday ? -40 : 0) + random.NextNormal());
        SeriesReading Compare(double value, BandRule rule) => SameHours.Compare(
            history, new(Monday, value), LikeHours.OfWeek, TimeSpan.FromDays(70), rule, 4);

        Compare(90, BandRule.Robust).Verdict.ShouldBe(SeriesVerdict.Normal);
        Compare(110, BandRule.Robust).Verdict.ShouldBe(SeriesVerdict.High);
        Compare(70, BandRule.Robust).Verdict.ShouldBe(SeriesVerdict.Low);
        Compare(110, BandRule.Mean).Verdict.ShouldBe(SeriesVerdict.Normal);
        Compare(90, BandRule.Robust).History.ShouldBe(10);
    }

    [Fact]
    public void EqualHistory_FallsBack_AndAnyChangeIsFar()
    {
        var mostlyEqual = RobustScale.Of([5, 5, 5, 5, 9]);
        mostlyEqual.Mad.ShouldBe(0);
        mostlyEqual.Z(9).ShouldBeNear(4 / (0.8 * 1.2533141373155003), 1e-12);
        var equal = RobustScale.Of([5, 5, 5]);
        (equal.Z(5), equal.Z(6), equal.Z(4)).ShouldBe((0, double.PositiveInfinity, double.NegativeInfinity));
        RobustScale.Of([]).Z(1).ShouldBe(double.NaN);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Forecasts_HoldWhatComes_AboutAsOftenAsTheySay(bool smoothed)
    {
        var (inside, all) = (0, 0);
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var random = new SplitMix64(seed);
            double[] values = [.. Enumerable.Range(0, 140).Select(i =>
                50 + 0.1 * i + 10 * Math.Sin(i % 7) + 2 * random.NextNormal())];
            var past = values.AsSpan(0, 126);
            var steps = smoothed ? Forecast.HoltWinters(past, 7, 14)! : Forecast.SeasonalNaive(past, 7, 14)!;
            foreach (var step in steps)
            {
                all++;
                inside += step.Bounds(0.05).Contains(values[125 + step.Ahead]) ? 1 : 0;
            }

            steps[0].Ahead.ShouldBe(1);
            steps[13].Deviation.ShouldBeGreaterThanOrEqualTo(steps[0].Deviation);
        }

        ((double)inside / all).ShouldBeInRange(0.88, 1);
    }

    [Fact]
    public void HoltWinters_ContinuesALineWithASeasonExactly()
    {
        double[] values = [.. Enumerable.Range(0, 35).Select(i => 3 + 2 * i + (i % 5 == 0 ? 10.0 : 0))];
        var steps = Forecast.HoltWinters(values, 5, 7)!;
        for (var h = 1; h <= 7; h++)
            steps[h - 1].Expected.ShouldBe(3 + 2 * (34 + h) + ((34 + h) % 5 == 0 ? 10 : 0), 1e-9);
    }

    [Fact]
    public void BurnRates_AreThoseOfTheTable_AndALimitIsNotCrossedByRounding()
    {
        var objective = new BurnRate(0.999m, TimeSpan.FromDays(30));
        BurnRate.CommonWindows.Select(objective.FactorOf).ToArray()
            .ShouldBe([14.4, 6, 3, 1], 1e-12);
        objective.Fires(0.0144, 0.0144, 14.4).ShouldBeFalse();
        objective.Fires(0.0145, 0.0145, 14.4).ShouldBeTrue();
        objective.Fires(double.NaN, 1, 1).ShouldBeFalse();
        objective.Of(0.002).ShouldBe(2, 1e-12);
        Should.Throw<ArgumentOutOfRangeException>(() => new BurnRate(1m, TimeSpan.FromDays(30)));
    }

    [Fact]
    public void Cost_IsOfWhatWasUsed()
    {
        var cost = new ServingCost(2_000, 7_200, 3_600.0 * (1L << 30)) + new ServingCost(2_000, 0, 0);
        var price = new MachinePrice(0.04, 0.005);
        cost.Total(price).ShouldBeNear(0.085, 1e-15);
        cost.PerThousand(price).ShouldBeNear(0.02125, 1e-15);
        new ServingCost(0, 5, 5).PerThousand(price).ShouldBe(double.NaN);
    }

    [Fact]
    public void Skew_IsSeenByKey_WhereDistributionsAreTheSame()
    {
        var training = Enumerable.Range(0, 100).ToDictionary(i => $"k{i:D3}", i => (double)i);
        var serving = Enumerable.Range(0, 100).ToDictionary(i => $"k{i:D3}", i => (double)(99 - i));
        FeatureSkew.Compare(training, serving).Unequal.ShouldBe(new Proportion(100, 100));

        var same = new Dictionary<string, double>(training) { ["k001"] = double.NaN, ["k002"] = 7, ["new"] = 1 };
        same.Remove("k003");
        var report = FeatureSkew.Compare(training, same);
        (report.Matched, report.OnlyTraining, report.OnlyServing, report.MissingDiffers).ShouldBe((99, 1, 1, 1));
        report.Unequal.Successes.ShouldBe(2);
        report.WorstKeys.ShouldBe(["k001", "k002"]);
        FeatureSkew.Compare(training, training).Unequal.Successes.ShouldBe(0);
    }

    private static List<SeriesPoint> Hours(DateTimeOffset from, int days, Func<DateTimeOffset, double> value) =>
        [.. Enumerable.Range(0, days * 24).Select(hour => from.AddHours(hour))
            .Select(at => new SeriesPoint(at, value(at)))];
}
