using CsCheck;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Refusals;

namespace Fairlead.Core.Tests.Endpoints;

public sealed class EndpointEvolutionTests
{
    private static EndpointSpec Spec(params (string Name, double Weight)[] variants) => new(
        EndpointName.Parse("e"),
        [.. variants.Select(variant => new VariantSpec(
            VariantName.Parse(variant.Name), new VersionId(ModelName.Parse("m"), 1), variant.Weight))]);

    /// <summary>
    /// Over any sequence of wishes: a name keeps its number for ever, no two names share one, generations count.
    /// </summary>
    [Fact]
    public void Decide_OverAnyHistory_NeverGivesAnArmNumberTwice() =>
        Gen.Select(Gen.Int[0, 9], Gen.Int[1, 5]).List[1, 5].List[1, 20].Sample(history =>
        {
            EndpointState? state = null;
            var arms = new Dictionary<VariantName, int>();
            foreach (var wish in history)
            {
                var wanted = Spec([.. wish.DistinctBy(each => each.Item1)
                    .Select(each => ($"v{each.Item1}", (double)each.Item2))]);
                var decision = EndpointEvolution.Decide(state, wanted, arms, state?.Generation ?? 0);
                foreach (var (name, arm) in decision.NewArms)
                    arms.Add(name, arm);

                decision.Generation.ShouldBe((state?.Generation ?? 0) + (decision.Changes ? 1 : 0));
                decision.Spec.Variants.ShouldAllBe(variant => variant.ArmNumber == arms[variant.Name]);
                arms.Values.Distinct().Count().ShouldBe(arms.Count);
                state = new EndpointState(decision.Spec, decision.Generation);
                EndpointEvolution.Decide(state, wanted, arms, null).Changes.ShouldBeFalse();
            }
        }, iter: 300);

    [Fact]
    public void Decide_FromAnotherGeneration_IsRefusedWithThePresentOne()
    {
        var state = new EndpointState(Spec(("a", 1)), 5);

        var refusal = Should.Throw<RefusalException>(
            () => EndpointEvolution.Decide(state, Spec(("a", 2)), new Dictionary<VariantName, int>(), 4)).Refusals[0];

        (refusal.Kind, refusal.Code, refusal.Present).ShouldBe((RefusalKind.Conflict, "generation_moved", 5L));
    }

    [Fact]
    public void Decide_AnewAfterADeletion_GoesOnCounting() =>
        EndpointEvolution.Decide(null, Spec(("a", 1)), new Dictionary<VariantName, int>(), 0, retiredGeneration: 9)
            .Generation.ShouldBe(10);

    [Fact]
    public void Decide_WhenTheNamesAreUsedUp_IsRefused()
    {
        var arms = Enumerable.Range(1, EndpointEvolution.MaxArms)
            .ToDictionary(i => VariantName.Parse($"v{i}"), i => i);

        EndpointEvolution.Decide(null, Spec(("v7", 1)), arms, null).NewArms.ShouldBeEmpty();
        Should.Throw<RefusalException>(() => EndpointEvolution.Decide(null, Spec(("new", 1)), arms, null))
            .Refusals[0].Code.ShouldBe("too_many_arms");
    }

    [Fact]
    public void Check_OfAGoodEndpoint_FindsNothing() =>
        EndpointRules.Check(Spec(("a", 1), ("b", 0))).ShouldBeEmpty();

    [Theory]
    [InlineData("invalid_weight", double.NaN)]
    [InlineData("invalid_weight", -1)]
    [InlineData("invalid_weight", 1e10)]
    [InlineData("no_weight", 0)]
    public void Check_OfABadWeight_SaysSo(string code, double weight) =>
        EndpointRules.Check(Spec(("a", weight))).Select(fault => fault.Code).ShouldContain(code);

    [Fact]
    public void Check_TellsEveryFaultWithItsPlace()
    {
        var spec = Spec(("a", 1), ("a", 1)) with
        {
            Stable = VariantName.Parse("z"),
            Limits = new EndpointLimits { MaxInFlight = 0, Timeout = TimeSpan.Zero },
        };
        spec = spec with
        {
            Variants = spec.Variants.SetItem(0, spec.Variants[0] with
            {
                Version = new VersionId(ModelName.Parse("m"), 0),
                Settings = new VariantSettings
                {
                    Batching = new BatchSettings
                    {
                        MaxRows = 5000,
                        MaxDelay = TimeSpan.FromSeconds(2),
                        PreferredRows = [0],
                    },
                    ThreadsPerRun = -1,
                    MaxInFlight = -1,
                },
            }),
        };

        EndpointRules.Check(spec).Select(fault => fault.Field).ShouldBe(
            [
                "stable", "variants[0].version", "variants[0].batching.maxRows", "variants[0].batching.maxDelay",
                "variants[0].batching.preferredRows", "variants[0].threadsPerRun", "variants[0].maxInFlight",
                "variants[1].name", "limits.maxInFlight", "limits.timeout",
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void Check_OfTooManyVariants_SaysSo() =>
        EndpointRules.Check(Spec([.. Enumerable.Range(0, 65).Select(i => ($"v{i}", 1.0))]))
            .Select(fault => fault.Code).ShouldBe(["too_many_variants"]);

    [Fact]
    public void Route_AssignsAsTheRendezvous_AndWithoutWeightToStable()
    {
        var decision = EndpointEvolution.Decide(
            null, Spec(("a", 3), ("b", 1)), new Dictionary<VariantName, int>(), null);
        var route = new EndpointRoute(decision.Spec, 1, 1, 42);

        var first = Enumerable.Range(0, 10_000).Count(unit => route.Assign((ulong)unit * 0x9E3779B97F4A7C15UL) == 0);
        (first / 10_000.0).ShouldBe(0.75, 0.03);
        new EndpointRoute(Spec(("a", 0), ("b", 0)) with { Stable = VariantName.Parse("b") }, 1, 1, 1)
            .Assign(7).ShouldBe(1);
    }

    [Theory]
    [InlineData("request", UnitSource.Request, "")]
    [InlineData("header:X-User", UnitSource.Header, "X-User")]
    [InlineData("field:customer id", UnitSource.Field, "customer id")]
    public void Unit_ReadsWhatItWrites(string text, UnitSource source, string name)
    {
        var rule = UnitRule.Parse(text);
        (rule.Source, rule.Name, rule.ToString()).ShouldBe((source, name, text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("header:")]
    [InlineData("header:a b")]
    [InlineData("header:a\r\nb")]
    [InlineData("field:")]
    [InlineData("id")]
    [InlineData("Request")]
    public void Unit_OfAnythingElse_IsRefused(string text) =>
        Should.Throw<RefusalException>(() => UnitRule.Parse(text)).Refusals[0].Code.ShouldBe("invalid_unit");
}
