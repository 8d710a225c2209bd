using CsCheck;
using Fairlead.Web.Charts;

namespace Fairlead.Web.Tests.Charts;

public sealed class ScaleTests
{
    [Fact]
    public void Of_AnyValues_HoldsThemAll() => Gen.Double[-1e9, 1e9].Array[1, 20].Sample(values =>
    {
        var scale = Scale.Of(values);
        scale.Max.ShouldBeGreaterThan(scale.Min);
        scale.Ticks.Count.ShouldBeInRange(2, 10);
        foreach (var value in values)
        {
            // A millionth of the axis is no place that could be told apart.
            value.ShouldBeInRange(
                scale.Min - (scale.Max - scale.Min) * 1e-6, scale.Max + (scale.Max - scale.Min) * 1e-6);
        }
    });

    [Fact]
    public void Of_SmallNumbers_HasRoundMarks() =>
        Scale.Of([0, 0.31]).Ticks.ShouldBe([0, 0.1, 0.2, 0.3, 0.4]);

    [Fact]
    public void OfTime_AnHourInZoneWithHalfHours_MarksItsRoundTimes()
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata");
        var from = new DateTimeOffset(2026, 3, 1, 6, 5, 0, TimeSpan.Zero).ToUnixTimeSeconds();

        var scale = Scale.OfTime(from, from + 3600, zone);

        scale.Ticks.Select(tick => Scale.TimeLabel(tick, scale, zone))
            .ShouldBe(["11:45", "12:00", "12:15", "12:30"]);
    }
}
