using CsCheck;
using Fairlead.Core.Alerts;

namespace Fairlead.Core.Tests.Alerts;

public sealed class AlertMachineTests
{
    private static readonly DateTimeOffset Start = new(2024, 5, 6, 7, 0, 0, TimeSpan.Zero);

    private static readonly AlertPolicy Policy = new()
    {
        For = TimeSpan.FromMinutes(3),
        KeepFiringFor = TimeSpan.FromMinutes(2),
        BlindFor = TimeSpan.FromMinutes(10),
    };

    private static readonly Gen<AlertPolicy> AnyPolicy =
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[1, 10], Gen.Int[1, 10], Gen.Int[1, 6])
            .Select((wait, keep, blind, show, gap) => new AlertPolicy
            {
                For = TimeSpan.FromMinutes(wait),
                KeepFiringFor = TimeSpan.FromMinutes(keep),
                BlindFor = TimeSpan.FromMinutes(blind),
                ShowResolvedFor = TimeSpan.FromMinutes(show),
                LongestGap = TimeSpan.FromMinutes(gap),
            });

    /// <summary>Moments of a life: seconds that pass (below 0 a clock set back) and what is read then.</summary>
    private static readonly Gen<(int Seconds, AlertReading[] Readings)[]> Life = Gen.Select(
        Gen.Int[-200, 500],
        Gen.Select(Gen.Enum<AlertSign>(), Gen.Int[0, 3]).Select((sign, value) =>
            new AlertReading(sign, value, $"{sign} {value}")).Array[0, 4]).Array[1, 60];

    [Fact]
    public void ABreach_FiresAfterItHasHeld_AndResolvesAfterItIsGone()
    {
        var state = Run(AlertState.New, "BBB", out var first);
        state.Phase.ShouldBe(AlertPhase.Pending);
        state = Run(state, "BCCC", out var then);
        state.Phase.ShouldBe(AlertPhase.Resolved);
        first.Concat(then).Select(step => step.To).ShouldBe(
            [AlertPhase.Pending, AlertPhase.Firing, AlertPhase.Resolved]);
        Run(state, new string('C', 15), out var last).Phase.ShouldBe(AlertPhase.Inactive);
        last.ShouldHaveSingleItem().Number.ShouldBe(4);
    }

    [Theory]
    [InlineData("BBCBBC", AlertPhase.Inactive)]
    [InlineData("BBBBCBCBCB", AlertPhase.Firing)]
    [InlineData("BBN", AlertPhase.InsufficientData)]
    [InlineData("BBNBB", AlertPhase.Pending)]
    [InlineData("CCF", AlertPhase.Error)]
    [InlineData("BBBBNNNNN", AlertPhase.Firing)]
    [InlineData("BBBBNNNNNNNNNN", AlertPhase.InsufficientData)]
    [InlineData("BBBBFFFFFFFFFF", AlertPhase.Error)]
    [InlineData("BBBBCNCNC", AlertPhase.Firing)]
    [InlineData("BBBBCCCB", AlertPhase.Pending)]
    public void ALife_EndsWhereItMust(string signs, AlertPhase phase) =>
        Run(AlertState.New, signs, out _).Phase.ShouldBe(phase);

    [Fact]
    public void AJumpOfTheClock_IsNoTimeInWhichTheConditionWasSeen()
    {
        var patient = Policy with { For = TimeSpan.FromMinutes(30) };
        var pending = AlertMachine.Next(patient, AlertState.New, [Breach], Start).State;
        var jumped = AlertMachine.Next(patient, pending, [Breach], Start.AddDays(2)).State;
        jumped.Phase.ShouldBe(AlertPhase.Pending);
        jumped.Held.ShouldBe(patient.LongestGap);

        var back = AlertMachine.Next(patient, jumped, [Breach], Start.AddDays(-1)).State;
        back.LastAt.ShouldBe(jumped.LastAt);
        back.Held.ShouldBe(jumped.Held);
    }

    [Fact]
    public void Readings_OfOneMoment_HaveNoOrder_AndRepeatingThemChangesNothing() =>
        Gen.Select(AnyPolicy, Life).Sample((policy, life) =>
        {
            var (state, turned, now) = (AlertState.New, AlertState.New, Start);
            foreach (var (seconds, readings) in life)
            {
                now = now.AddSeconds(seconds);
                var step = AlertMachine.Next(policy, state, readings, now);
                turned = AlertMachine.Next(policy, turned, readings.Reverse(), now).State;
                turned.ShouldBe(step.State);

                var again = AlertMachine.Next(policy, step.State, readings, now);
                again.State.ShouldBe(step.State);
                again.Transition.ShouldBeNull();
                state = step.State;
            }
        }, iter: 300);

    [Fact]
    public void Transitions_AreNumberedAChain_InTimeThatNeverRunsBack() =>
        Gen.Select(AnyPolicy, Life).Sample((policy, life) =>
        {
            var (state, now, last) = (AlertState.New, Start, DateTimeOffset.MinValue);
            AlertTransition? before = null;
            foreach (var (seconds, readings) in life)
            {
                now = now.AddSeconds(seconds);
                var step = AlertMachine.Next(policy, state, readings, now);
                step.State.LastAt!.Value.ShouldBeGreaterThanOrEqualTo(last);
                last = step.State.LastAt.Value;
                if (step.Transition is { } transition)
                {
                    transition.Number.ShouldBe((before?.Number ?? 0) + 1);
                    transition.From.ShouldBe(before?.To ?? AlertPhase.Inactive);
                    transition.To.ShouldNotBe(transition.From);
                    before = transition;
                }

                state = step.State;
            }

            state.Phase.ShouldBe(before?.To ?? AlertPhase.Inactive);
        }, iter: 300);

    /// <summary>What matters most: no data never looks like health, and firing ends only in ways that say so.</summary>
    [Fact]
    public void NoData_NeverLeadsToInactiveOrResolved_AndFiringNeverEndsInSilence() =>
        Gen.Select(AnyPolicy, Life).Sample((policy, life) =>
        {
            var (state, now) = (AlertState.New, Start);
            foreach (var (seconds, readings) in life)
            {
                now = now.AddSeconds(seconds);
                var sign = readings.Length == 0 ? AlertSign.NoData : readings.Max(reading => reading.Sign);
                var step = AlertMachine.Next(policy, state, readings, now);
                if (sign is AlertSign.NoData or AlertSign.Failed)
                    step.State.Phase.ShouldNotBeOneOf(AlertPhase.Inactive, AlertPhase.Resolved, AlertPhase.Pending);
                if (state.Phase == AlertPhase.Firing)
                    step.State.Phase.ShouldNotBeOneOf(AlertPhase.Inactive, AlertPhase.Pending);
                if (step.Transition?.To == AlertPhase.Firing)
                    sign.ShouldBe(AlertSign.Breach);
                state = step.State;
            }
        }, iter: 300);

    [Fact]
    public void Flapping_WithinTheTimeToKeepFiring_IsOneAlert()
    {
        Run(AlertState.New, "BBBB" + string.Concat(Enumerable.Repeat("CCB", 40)), out var transitions);
        transitions.Count(transition => transition.To == AlertPhase.Firing).ShouldBe(1);
    }

    [Fact]
    public void Policies_OutsideTheirRange_AreRefusedByField()
    {
        Policy.Problems().ShouldBeEmpty();
        var bad = Policy with { For = TimeSpan.FromDays(31), ShowResolvedFor = TimeSpan.Zero };
        bad.Problems().Select(problem => problem.Field).ShouldBe(["for", "showResolvedFor"]);
    }

    private static AlertReading Breach => new(AlertSign.Breach, 1, "above");

    /// <summary>One reading a minute: B breach, C clear, N no data, F failed.</summary>
    private static AlertState Run(AlertState state, string signs, out List<AlertTransition> transitions)
    {
        transitions = [];
        foreach (var letter in signs)
        {
            var sign = letter switch
            {
                'B' => AlertSign.Breach,
                'C' => AlertSign.Clear,
                'N' => AlertSign.NoData,
                _ => AlertSign.Failed,
            };
            var step = AlertMachine.Next(
                Policy, state, [new(sign, 0, "")], (state.LastAt ?? Start.AddMinutes(-1)).AddMinutes(1));
            state = step.State;
            if (step.Transition is { } transition)
                transitions.Add(transition);
        }

        return state;
    }
}
