using Fairlead.Core.Controls;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;
using Fairlead.Statistics.Assignment;
using Fairlead.Statistics.Buckets;

namespace Fairlead.Core.Tests.Controls;

public sealed class ValueEvaluationTests
{
    [Fact]
    public void Evaluate_WithEnough_TellsTheDifferencePerUnitAndInTotal()
    {
        var worth = ValueEvaluation.Evaluate([new(Group(1, 1000, 2.0), Group(2, 9000, 3.0))]);

        worth.NotEnough.ShouldBeNull();
        (worth.Control.Units, worth.Treated.Units).ShouldBe((1000, 9000));
        var expected = worth.Treated.Value - worth.Control.Value;
        worth.PerUnit!.Value.Value.ShouldBe(expected, 1e-9);
        worth.PerUnit.Value.Low.ShouldBeGreaterThan(0.5);
        worth.PerUnit.Value.High.ShouldBeLessThan(1.5);
        worth.Total!.Value.Value.ShouldBe(9000 * expected, 1e-6);
        worth.Total.Value.Low.ShouldBe(9000 * worth.PerUnit.Value.Low, 1e-6);
    }

    /// <summary>
    /// Over many endpoints, each with a sample of its own, what is told of a tenth of the units is on average what is
    /// true of all: per unit and in total.
    /// </summary>
    [Fact]
    public void Evaluate_OfASampleOfTheUnits_IsUnbiasedPerUnitAndInTotal()
    {
        const int Endpoints = 300;
        var units = Enumerable.Range(0, 12_000).Select(unit => UnitHash.Of($"unit-{unit}")).ToArray();
        static double Worth(ulong unit, bool treated) => (unit % 1000 / 100.0) + (treated ? 2 + (unit % 7) : 0);
        bool IsHeld(ulong unit) => unit / 7 % 4 == 0;
        var treated = units.Where(unit => !IsHeld(unit)).ToList();
        var truth = treated.Average(unit => Worth(unit, true))
            - units.Where(IsHeld).Average(unit => Worth(unit, false));
        var (perUnit, total) = (new List<double>(), new List<double>());
        for (var endpoint = 1; endpoint <= Endpoints; endpoint++)
        {
            var sample = new UnitSample(endpoint, 0.1);
            var (control, others) = (new BucketTotals(), new BucketTotals());
            foreach (var unit in units.Where(sample.Takes))
            {
                (IsHeld(unit) ? control : others).Add(BucketTotals.BucketOf(unit), Worth(unit, !IsHeld(unit)));
            }

            var worth = ValueEvaluation.Evaluate([new(control, others, Sample: 0.1)]);
            perUnit.Add(worth.PerUnit!.Value.Value);
            total.Add(worth.Total!.Value.Value);
        }

        perUnit.Average().ShouldBe(truth, 3.5 * Error(perUnit));
        total.Average().ShouldBe(truth * treated.Count, 3.5 * Error(total));
        Error(total).ShouldBeLessThan(0.01 * truth * treated.Count);

        static double Error(List<double> values)
        {
            var mean = values.Average();
            return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1) / values.Count);
        }
    }

    /// <summary>No effect in either phase, and very different levels: pooling would find one.</summary>
    [Fact]
    public void Evaluate_OverPhases_TakesDifferencesWithinThem()
    {
        var worth = ValueEvaluation.Evaluate(
        [
            new(Group(1, 4000, 10), Group(2, 4000, 10)), new(Group(3, 500, 1), Group(4, 9000, 1)),
        ]);

        (worth.Treated.Value - worth.Control.Value).ShouldBeLessThan(-4);
        worth.PerUnit!.Value.Low.ShouldBeLessThan(0);
        worth.PerUnit.Value.High.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Evaluate_WithoutEnough_SaysWhatIsMissing()
    {
        ValueEvaluation.Evaluate([]).NotEnough.ShouldBe(
            "not enough data: 0 units in the control group and 0 beside it, of at least 100 each");
        ValueEvaluation.Evaluate([new(Group(1, 99, 1), Group(2, 9000, 1))]).NotEnough!.ShouldContain("99 units");
        ValueEvaluation.Evaluate([new(Group(1, 500, 0), Group(2, 500, 0))]).NotEnough!
            .ShouldContain("no outcome has a value yet");
    }

    [Fact]
    public void Evaluate_OfARatio_DividesByTheOtherOutcome()
    {
        var (control, treated) = (new BucketTotals(), new BucketTotals());
        for (var unit = 0; unit < 2000; unit++)
        {
            control.Add(unit % BucketTotals.Count, 10 + (unit % 3), 2);
            treated.Add(unit % BucketTotals.Count, 15 + (unit % 3), 2);
        }

        var worth = ValueEvaluation.Evaluate([new(control, treated)]);

        worth.PerUnit!.Value.Value.ShouldBe(2.5, 1e-9);
        worth.Total!.Value.Value.ShouldBe(2.5 * 4000, 1e-6);
    }

    /// <summary>No effect, looked at twenty times: the interval may exclude 0 in 5 % at most.</summary>
    [Fact]
    public void Interval_IsValidHoweverOftenOneLooks()
    {
        var wrong = 0;
        const int Runs = 400;
        for (var run = 0; run < Runs; run++)
        {
            var random = new Random(run);
            var (control, treated) = (new BucketTotals(), new BucketTotals());
            var excluded = false;
            for (var look = 0; look < 20; look++)
            {
                for (var unit = 0; unit < 200; unit++)
                {
                    var to = unit < 40 ? control : treated;
                    to.Add(random.Next(BucketTotals.Count), random.NextDouble() < 0.3 ? 10 * random.NextDouble() : 0);
                }

                var each = ValueEvaluation.Evaluate([new(control, treated)]).PerUnit;
                excluded |= each is { Low: > 0 } or { High: < 0 };
            }

            wrong += excluded ? 1 : 0;
        }

        // Three standard errors above the nominal rate.
        wrong.ShouldBeLessThanOrEqualTo((int)(Runs * (0.05 + (3 * Math.Sqrt(0.05 * 0.95 / Runs)))));
    }

    [Fact]
    public void Split_IsTheHoldoutAgainstTheModels_OrTheArmThatIsNamed()
    {
        var model = new VersionId(ModelName.Parse("m"), 1);
        var spec = new EndpointSpec(EndpointName.Parse("e"),
        [
            new VariantSpec(VariantName.Parse("a"), model, 6) { ArmNumber = 1 },
            new VariantSpec(VariantName.Parse("b"), model, 2) { ArmNumber = 2 },
            new VariantSpec(VariantName.Parse("n"), null, 2) { ArmNumber = 3, Control = ControlAnswer.None },
            new VariantSpec(VariantName.Parse("idle"), model, 0) { ArmNumber = 4 },
        ]);
        var held = spec with
        {
            Holdout = new HoldoutSpec(0.1, new VariantSpec(HoldoutSpec.Name, model, 0) { ArmNumber = 5 }),
        };

        Shown(spec, null).ShouldBe("3 | 1,2 | 0.2");
        Shown(held, null).ShouldBe("5 | 1,2 | 0.1");
        Shown(held, "n").ShouldBe("3 | 1,2 | 0.18");
        Shown(spec, "b").ShouldBe("2 | 1 | 0.2");
        Shown(spec, "gone").ShouldBeNull();
        Shown(spec with { Variants = spec.Variants[..2] }, null).ShouldBeNull();

        static string? Shown(EndpointSpec spec, string? against) =>
            ControlSplit.Of(spec, against is null ? null : VariantName.Parse(against)) is { } split
                ? FormattableString.Invariant(
                    $"{string.Join(',', split.Control)} | {string.Join(',', split.Treated)} | {split.Share:0.####}")
                : null;
    }

    [Theory]
    [InlineData("outcome:revenue", "revenue", null)]
    [InlineData("outcome:revenue/orders", "revenue", "orders")]
    public void Spec_IsReadAndWrittenAlike(string metric, string outcome, string? per)
    {
        var spec = ValueSpec.Parse(metric);

        (spec.Outcome, spec.Per, spec.Metric).ShouldBe((outcome, per, metric));
    }

    [Theory]
    [InlineData("revenue")]
    [InlineData("outcome:")]
    [InlineData("outcome:a/b/c")]
    [InlineData("outcome:a/")]
    public void Spec_OfAnotherMetric_IsRefused(string metric) =>
        Should.Throw<RefusalException>(() => ValueSpec.Parse(metric)).Refusals[0].Code.ShouldBe("invalid_metric");

    /// <summary>Units with a value of this mean, spread evenly between nothing and twice as much.</summary>
    private static BucketTotals Group(int seed, int units, double mean)
    {
        var random = new Random(seed);
        var totals = new BucketTotals();
        for (var unit = 0; unit < units; unit++)
            totals.Add(random.Next(BucketTotals.Count), 2 * mean * random.NextDouble());
        return totals;
    }
}
