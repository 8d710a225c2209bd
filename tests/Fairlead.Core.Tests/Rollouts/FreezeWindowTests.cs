using System.Globalization;
using CsCheck;
using Fairlead.Core.Rollouts;

namespace Fairlead.Core.Tests.Rollouts;

public sealed class FreezeWindowTests
{
    private static readonly FreezeWindow Weekend = new()
    {
        FromDay = DayOfWeek.Friday,
        FromTime = new TimeOnly(16, 0),
        ToDay = DayOfWeek.Monday,
        ToTime = new TimeOnly(8, 0),
        Zone = "Europe/Berlin",
    };

    private static readonly string[] Zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"];

    [Theory]
    [InlineData("2026-03-06T14:59:59Z", null)]
    [InlineData("2026-03-06T15:00:00Z", "2026-03-09T07:00:00Z")]
    [InlineData("2026-03-08T12:00:00Z", "2026-03-09T07:00:00Z")]
    [InlineData("2026-03-09T06:59:59Z", "2026-03-09T07:00:00Z")]
    [InlineData("2026-03-09T07:00:00Z", null)]
    [InlineData("2026-03-28T12:00:00Z", "2026-03-30T06:00:00Z")]
    public void Weekend_HoldsInItsOwnTimeZone_AlsoOverAChangeOfTheClocks(string now, string? until) =>
        Weekend.HoldsUntil(At(now)).ShouldBe(until is null ? null : At(until));

    [Fact]
    public void Once_HoldsBetweenTwoInstants()
    {
        var freeze = new FreezeWindow { From = At("2026-12-20T00:00:00Z"), To = At("2027-01-03T00:00:00Z") };

        freeze.HoldsUntil(At("2026-12-19T23:59:59Z")).ShouldBeNull();
        freeze.HoldsUntil(At("2026-12-31T00:00:00Z")).ShouldBe(At("2027-01-03T00:00:00Z"));
        freeze.HoldsUntil(At("2027-01-03T00:00:00Z")).ShouldBeNull();
    }

    /// <summary>Whatever the window: a freeze that holds ends later, within a week and an hour, and has ended then.
    /// </summary>
    [Fact]
    public void End_IsAlwaysAhead_AndIsTheEnd() => Gen.Select(
        Gen.Int[0, 6], Gen.Int[0, 1439], Gen.Int[0, 6], Gen.Int[0, 1439], Gen.Int[0, 366 * 24 * 60],
        Gen.Int[0, 3].Select(i => Zones[i]))
        .Sample((fromDay, from, toDay, to, minute, zone) =>
        {
            var freeze = new FreezeWindow
            {
                FromDay = (DayOfWeek)fromDay,
                FromTime = TimeOnly.MinValue.AddMinutes(from),
                ToDay = (DayOfWeek)toDay,
                ToTime = TimeOnly.MinValue.AddMinutes(to),
                Zone = zone,
            };
            var now = At("2026-01-01T00:00:00Z").AddMinutes(minute);
            if (freeze.HoldsUntil(now) is not { } until)
                return;

            until.ShouldBeGreaterThan(now);
            (until - now).ShouldBeLessThanOrEqualTo(TimeSpan.FromDays(7) + TimeSpan.FromHours(1));
        }, iter: 3_000);

    [Fact]
    public void Faults_AreNamed()
    {
        new FreezeWindow().WhyNot().ShouldBe("a freeze needs a beginning and an end");
        (Weekend with { Zone = "Mars/Olympus" }).WhyNot().ShouldBe("there is no time zone 'Mars/Olympus'");
        (Weekend with { From = At("2026-01-01T00:00:00Z") }).WhyNot().ShouldNotBeNull().ShouldContain("either weekly");
        Weekend.WhyNot().ShouldBeNull();
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
