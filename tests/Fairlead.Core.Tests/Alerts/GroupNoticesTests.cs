using CsCheck;
using Fairlead.Core.Alerts;

namespace Fairlead.Core.Tests.Alerts;

/// <summary>Hours of alerts in milliseconds: what a receiver is told, and when.</summary>
public sealed class GroupNoticesTests
{
    private static readonly DateTimeOffset Start = new(2024, 5, 6, 3, 0, 0, TimeSpan.Zero);
    private static readonly GroupPolicy Default = new();

    [Fact]
    public void FirstMessage_WaitsForOthers_AndTellsThemTogether()
    {
        var watch = new Watch(Default);
        watch.Look(0, Fires(1)).ShouldBeNull();
        watch.LookAt.ShouldBe(Start.AddSeconds(30));
        watch.Look(10, Fires(1), Fires(2)).ShouldBeNull();
        watch.Look(29, Fires(1), Fires(2)).ShouldBeNull();
        Told(watch.Look(30, Fires(1), Fires(2))).ShouldBe("firing 1 2");
        watch.Look(31, Fires(1), Fires(2)).ShouldBeNull();
    }

    [Fact]
    public void AnAlertThatIsGoneBeforeItWasTold_IsNeverTold()
    {
        var watch = new Watch(Default);
        watch.Look(0, Fires(1));
        watch.Look(20).ShouldBeNull();
        watch.Look(3600).ShouldBeNull();
        watch.State.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Changes_AreTold_AtMostOnceAnInterval()
    {
        var watch = new Watch(Default);
        watch.Look(0, Fires(1));
        Told(watch.Look(30, Fires(1))).ShouldBe("firing 1");
        watch.Look(60, Fires(1), Fires(2)).ShouldBeNull();
        watch.LookAt.ShouldBe(Start.AddSeconds(330));
        Told(watch.Look(330, Fires(1), Fires(2))).ShouldBe("firing 1 2");
        watch.Look(400, Fires(2)).ShouldBeNull();
        Told(watch.Look(630, Fires(2))).ShouldBe("firing 2, resolved 1");
        Told(watch.Look(6000, Fires(2), Fires(3)) ?? watch.Look(6030, Fires(2), Fires(3))).ShouldBe("firing 2 3");
        Told(watch.Look(6331) ?? watch.Look(6361)).ShouldBe("resolved 2 3");
        watch.Look(100_000).ShouldBeNull();
        watch.State.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void WhatGoesOnFiring_IsSaidAgain_UntilSomebodyLooksAfterIt()
    {
        var watch = new Watch(Default);
        watch.Look(0, Fires(1));
        watch.Look(30, Fires(1));
        watch.Look(30 + 14_399, Fires(1)).ShouldBeNull();
        watch.LookAt.ShouldBe(Start.AddSeconds(30 + 14_400));
        var repeat = watch.Look(30 + 14_400, Fires(1));
        (Told(repeat), repeat!.IsRepeat).ShouldBe(("firing 1", true));

        watch.Look(100_000, Fires(1) with { IsAcked = true }).ShouldBeNull();
        watch.LookAt.ShouldBeNull();
        watch.Look(100_001);
        Told(watch.Look(100_031)).ShouldBe("resolved 1");
    }

    [Fact]
    public void SilencedAlert_IsNotTold_ButItsEndIs_WhereItWasToldBefore()
    {
        var watch = new Watch(Default);
        watch.Look(0, Fires(1) with { IsHeld = true });
        watch.Look(3600, Fires(1) with { IsHeld = true }).ShouldBeNull();
        watch.Look(3601, Fires(1));
        Told(watch.Look(3631, Fires(1))).ShouldBe("firing 1");
        watch.Look(90_000, Fires(1) with { IsHeld = true }).ShouldBeNull();
        watch.Look(90_001);
        Told(watch.Look(90_031)).ShouldBe("resolved 1");
    }

    [Fact]
    public void WhoIsNotToldOfTheEnd_IsToldOfTheNextBeginning()
    {
        var watch = new Watch(Default with { SendResolved = false });
        watch.Look(0, Fires(1));
        watch.Look(30, Fires(1));
        watch.Look(1000).ShouldBeNull();
        watch.Look(1001, Fires(1));
        Told(watch.Look(1031, Fires(1))).ShouldBe("firing 1");
    }

    [Fact]
    public void AMessageThatIsLost_IsMadeAgain_FromWhatIsTheCaseThen()
    {
        var state = GroupNotices.Next(Default, GroupState.New, [Fires(1)], Start).State;
        var step = GroupNotices.Next(Default, state, [Fires(1)], Start.AddSeconds(30));
        step.Notice.ShouldNotBeNull();

        // Killed before it was delivered: the same look says the same.
        GroupNotices.Next(Default, step.State, [Fires(1)], Start.AddSeconds(30)).Notice.ShouldBe(step.Notice);

        // Given up: not before an interval, or what the receiver asked for.
        var given = GroupNotices.GivenUp(Default, step.State, TimeSpan.FromMinutes(20), Start.AddMinutes(15));
        var early = GroupNotices.Next(Default, given, [Fires(1), Fires(2)], Start.AddMinutes(34));
        (early.Notice, early.LookAt).ShouldBe((null, Start.AddMinutes(35)));
        Told(GroupNotices.Next(Default, early.State, [Fires(1), Fires(2)], Start.AddMinutes(35)).Notice)
            .ShouldBe("firing 1 2");
        GroupNotices.Next(Default, early.State, [], Start.AddMinutes(35)).Notice.ShouldBeNull();
    }

    [Fact]
    public void AFlappingAlert_IsToldMoreAndMoreRarely_AndANewOneBesideItIsNotHeldUp()
    {
        var watch = new Watch(Default);
        List<int> told = [];
        for (var second = 0; second < 24 * 3600; second += 10)
        {
            if (watch.Look(second, second / 60 % 2 == 0 ? [Fires(1)] : []) is not null)
                told.Add(second);
        }

        told.Count.ShouldBeLessThanOrEqualTo(20);
        told.Count(second => second >= 12 * 3600).ShouldBeLessThanOrEqualTo(4);

        // It is firing at the moment, and another one fires too.
        var last = 24 * 3600;
        var notice = watch.Look(last, Fires(1), Fires(2)) ?? watch.Look(last + 300, Fires(1), Fires(2));
        Told(notice).ShouldBe("firing 1 2");
    }

    /// <summary>
    /// Whatever three alerts do: two messages are never nearer than the interval, none says what was said before but
    /// after the repeat interval, and once all is quiet everything was told.
    /// </summary>
    [Fact]
    public void AnyAlerts_AreToldWithoutStorm_AndCompletely() =>
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 7], Gen.Int[1, 900])
            .Array[1, 60].Sample(steps =>
            {
                var watch = new Watch(Default);
                var second = 0;
                int? last = null;
                foreach (var (firing, held, wait) in steps)
                {
                    second += wait;
                    GroupAlert[] alerts = [.. Enumerable.Range(0, 3).Select(i => new GroupAlert(
                        i, (firing >> i & 1) == 1, (held >> i & 1) == 1, IsAcked: false))];
                    if (watch.Look(second, alerts) is not { } notice)
                        continue;
                    (last is null || second - last >= 300).ShouldBeTrue();
                    (!notice.IsRepeat || second - last >= 4 * 3600).ShouldBeTrue();
                    last = second;
                    notice.Firing.ShouldAllBe(id => alerts[(int)id].IsFiring && !alerts[(int)id].IsHeld);
                    notice.Resolved.ShouldAllBe(id => !alerts[(int)id].IsFiring);
                }

                for (var i = 0; i < 6; i++)
                    watch.Look(second += 4 * 3600);
                watch.State.IsEmpty.ShouldBeTrue();
            }, iter: 300);

    [Fact]
    public void Attempts_AreSpaced_HonourTheReceiver_AndEnd()
    {
        DeliveryRetry.Next(1, Start, null, Start).ShouldBe(Start.AddSeconds(5));
        DeliveryRetry.Next(3, Start, null, Start).ShouldBe(Start.AddSeconds(20));
        DeliveryRetry.Next(30, Start, null, Start).ShouldBe(Start.AddMinutes(2));
        DeliveryRetry.Next(1, Start, TimeSpan.FromMinutes(3), Start).ShouldBe(Start.AddMinutes(3));
        DeliveryRetry.Next(1, Start, TimeSpan.FromSeconds(1), Start).ShouldBe(Start.AddSeconds(5));
        DeliveryRetry.Next(9, Start, null, Start.AddMinutes(14)).ShouldBeNull();
        DeliveryRetry.Next(1, Start, TimeSpan.FromHours(1), Start).ShouldBeNull();
    }

    [Fact]
    public void Times_OutsideTheirBounds_AreNamed()
    {
        Default.Problems().ShouldBeEmpty();
        new GroupPolicy
        {
            GroupWait = GroupPolicy.LongestWait + TimeSpan.FromSeconds(1),
            GroupInterval = GroupPolicy.Shortest - TimeSpan.FromSeconds(1),
            RepeatInterval = TimeSpan.FromSeconds(1),
        }.Problems().Select(problem => problem.Field).ShouldBe(["groupWait", "groupInterval", "repeatInterval"]);
        new GroupPolicy
        {
            GroupInterval = GroupPolicy.LongestInterval + TimeSpan.FromSeconds(1),
            RepeatInterval = GroupPolicy.LongestRepeat + TimeSpan.FromSeconds(1),
        }.Problems().Count.ShouldBe(2);
    }

    private static GroupAlert Fires(long id) => new(id, IsFiring: true, IsHeld: false, IsAcked: false);

    private static string? Told(GroupNotice? notice) => notice is null ? null : string.Join(", ", new[]
    {
        notice.Firing.IsEmpty ? "" : $"firing {string.Join(' ', notice.Firing)}",
        notice.Resolved.IsEmpty ? "" : $"resolved {string.Join(' ', notice.Resolved)}",
    }.Where(part => part.Length > 0));

    /// <summary>Looks at a group again and again, every message being delivered at once.</summary>
    private sealed class Watch(GroupPolicy policy)
    {
        public GroupState State { get; private set; } = GroupState.New;

        public DateTimeOffset? LookAt { get; private set; }

        public GroupNotice? Look(int second, params GroupAlert[] alerts)
        {
            var now = Start.AddSeconds(second);
            var step = GroupNotices.Next(policy, State, alerts, now);
            LookAt = step.LookAt;
            State = step.Notice is null ? step.State : GroupNotices.Delivered(step.State, step.Notice, now);
            return step.Notice;
        }
    }
}
