using CsCheck;

namespace Fairlead.Statistics.Tests.Cases;

public sealed class MeasurementAssessmentTests
{
    private static readonly Gen<MeasurementOutcome> Outcomes =
        Gen.Int[0, 3].Select(i => (MeasurementOutcome)i);

    private static readonly Gen<MeasurementLimits> Limits =
        Gen.Select(Gen.Int[0, 12], Gen.Int[-1, 4], Gen.Int[-1, 4], Gen.Int[-1, 4], Gen.Int[0, 4])
            .Select((count, failures, inconclusives, errors, successes) =>
                new MeasurementLimits(count == 0 ? null : count)
                {
                    Failures = failures,
                    Inconclusives = inconclusives,
                    ConsecutiveErrors = errors,
                    ConsecutiveSuccesses = successes,
                });

    private static MeasurementTally Tally(string measurements) =>
        measurements.Aggregate(default(MeasurementTally), (tally, letter) => tally.With(letter switch
        {
            'S' => MeasurementOutcome.Success,
            'F' => MeasurementOutcome.Failure,
            'I' => MeasurementOutcome.Inconclusive,
            _ => MeasurementOutcome.Error,
        }));

    private static MeasurementPhase Assess(
        string measurements, MeasurementLimits limits, MeasurementEnd end = MeasurementEnd.None) =>
        MeasurementAssessment.Assess(Tally(measurements), limits, end);

    [Theory]
    [InlineData("S", MeasurementPhase.Running)]
    [InlineData("SS", MeasurementPhase.Successful)]
    [InlineData("F", MeasurementPhase.Failed)]
    [InlineData("I", MeasurementPhase.Inconclusive)]
    [InlineData("SEEEE", MeasurementPhase.Running)]
    [InlineData("SEEEEE", MeasurementPhase.Error)]
    [InlineData("EEEEE", MeasurementPhase.Error)]
    [InlineData("EEEESEEEE", MeasurementPhase.Running)]
    public void Assess_WithTheDefaults_BearsNoFailureAndFourErrorsInARow(
        string measurements, MeasurementPhase expected) =>
        Assess(measurements, new MeasurementLimits(2)).ShouldBe(expected);

    [Fact]
    public void Assess_WhenSeveralLimitsArePassed_NamesTheErrorThenTheInconclusive()
    {
        var none = new MeasurementLimits(9) { ConsecutiveErrors = 0 };
        Assess("FIE", none).ShouldBe(MeasurementPhase.Error);
        Assess("FI", none).ShouldBe(MeasurementPhase.Inconclusive);
    }

    [Fact]
    public void Assess_WithoutANumberOfMeasurements_EndsWhenItIsEnded()
    {
        var background = new MeasurementLimits(null) { Failures = 1 };
        Assess("SSSSSSSS", background).ShouldBe(MeasurementPhase.Running);
        Assess("SSSSF", background, MeasurementEnd.Completed).ShouldBe(MeasurementPhase.Successful);
        Assess("SFSF", background, MeasurementEnd.Completed).ShouldBe(MeasurementPhase.Failed);
        Assess("SSSS", background, MeasurementEnd.Cancelled).ShouldBe(MeasurementPhase.Cancelled);
    }

    /// <summary>Promotion before the first measurement must not count as a passed check.</summary>
    [Theory]
    [InlineData(MeasurementEnd.Completed, MeasurementPhase.Inconclusive)]
    [InlineData(MeasurementEnd.Cancelled, MeasurementPhase.Cancelled)]
    public void Assess_WithoutAMeasurement_NeverPasses(MeasurementEnd end, MeasurementPhase expected)
    {
        Assess("", new MeasurementLimits(3), end).ShouldBe(expected);
        Assess("EE", new MeasurementLimits(3), end).ShouldBe(expected);
    }

    [Fact]
    public void Assess_OverAnyHistory_PassesOnlyOnMeasuredSuccess() =>
        Gen.Select(Outcomes.List[0, 15], Limits, Gen.Int[0, 2]).Sample((outcomes, limits, ended) =>
        {
            var tally = outcomes.Aggregate(default(MeasurementTally), (each, outcome) => each.With(outcome));
            var phase = MeasurementAssessment.Assess(tally, limits, (MeasurementEnd)ended);

            tally.Count.ShouldBe(outcomes.Count(outcome => outcome != MeasurementOutcome.Error));
            if (phase == MeasurementPhase.Successful)
            {
                tally.Count.ShouldBeGreaterThan(0);
                (limits.Failures < 0 || tally.Failures <= limits.Failures).ShouldBeTrue();
            }

            if (ended == (int)MeasurementEnd.None)
                phase.ShouldNotBe(MeasurementPhase.Cancelled);
            else
                phase.ShouldNotBe(MeasurementPhase.Running);
        }, iter: 5000);

    [Fact]
    public void Worst_OfSeveral_IsTheFailedOneAndOfNoneInconclusive()
    {
        MeasurementPhase[] inOrder =
        [
            MeasurementPhase.Successful, MeasurementPhase.Running, MeasurementPhase.Cancelled,
            MeasurementPhase.Inconclusive, MeasurementPhase.Error, MeasurementPhase.Failed,
        ];
        for (var i = 0; i < inOrder.Length; i++)
        {
            MeasurementAssessment.Worst(inOrder[..(i + 1)]).ShouldBe(inOrder[i]);
            MeasurementAssessment.Worst(inOrder[..(i + 1)].Reverse()).ShouldBe(inOrder[i]);
        }

        MeasurementAssessment.Worst([]).ShouldBe(MeasurementPhase.Inconclusive);
    }
}
