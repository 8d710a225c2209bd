using Fairlead.Client.Api;
using Fairlead.Core.Controls;
using Fairlead.Server.Tests.Hosting;
using Fairlead.Server.Tests.Rollouts;
using static Fairlead.Server.Tests.Rollouts.Given;

namespace Fairlead.Server.Tests;

/// <summary>Variants without a model and lasting holdouts, from the document to the routing.</summary>
public sealed class ControlGroupTests(PostgresServer postgres)
{
    private const string Written = """
        kind: Endpoint
        name: e
        unit: field:user
        variants:
          - name: stable
            model: m
            version: 1
            weight: 8
          - name: nobody
            answer: none
          - name: rules
            answer: rule
            rules:
              - when: age < 18 or income > 5000
                then: {y: 0.5, note: look}
            outputs: {y: 1, note: ""}
        holdout:
          share: 5%
          answer: constant
          outputs: {y: 0}
        value:
          metric: outcome:revenue
          unit: EUR
          labelDelay: 7d
        """;

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Apply_MakesArmsWithoutAModel_AndChangesNothingTheSecondTime(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await server.RegisterAsync("m");

        (await server.Client.ApplyAsync(Written)).Documents[0].Outcome.ShouldBe("created");
        (await server.Client.ApplyAsync(Written)).Documents[0].Outcome.ShouldBe("unchanged");

        var shown = await server.Client.GetEndpointAsync("e");
        shown.Variants.Select(variant => (variant.Model, variant.Version, variant.Answer, variant.Share))
            .ShouldBe([("m", 1, null, 0.8), (null, null, "none", 0.1), (null, null, "rule", 0.1)]);
        shown.Variants[2].Rules!.Single().When.ShouldBe("age < 18 or income > 5000");
        shown.Variants[2].Outputs!["y"].GetDouble().ShouldBe(1);
        var holdout = shown.Holdout!;
        (holdout.Name, holdout.Answer, holdout.Share, holdout.Outputs!["y"].GetDouble())
            .ShouldBe(("holdout", "constant", 0.05, 0.0));
        (shown.Value!.Metric, shown.Value.Unit, shown.Value.LabelDelay)
            .ShouldBe(("outcome:revenue", "EUR", TimeSpan.FromDays(7)));

        var routed = (await server.Feed.ReadAsync(CancellationToken.None)).Endpoints.Single();
        routed.Spec.Arms.Select(arm => arm.ArmNumber).Order().ShouldBe([1, 2, 3, 4]);
        routed.Spec.Holdout!.Arm.Control!.Kind.ShouldBe(ControlKind.Constant);
        routed.Versions.Length.ShouldBe(1);

        var changed = await server.Client.ApplyAsync(
            Written.Replace("share: 5%", "share: 10%", StringComparison.Ordinal), dryRun: true);
        changed.Documents[0].Differences.ShouldHaveSingleItem().Path.ShouldBe("holdout.share");
    }

    [Theory]
    [InlineData("    answer: none", "    answer: nothing", "invalid_answer", "variants[1].answer")]
    [InlineData("    answer: none", "    answer: none\n    model: m", "version_or_answer", "variants[1]")]
    [InlineData("    answer: none", "    weight: 1", "version_or_answer", "variants[1]")]
    [InlineData("answer: none", "answer: none\n    outputs: {y: 1}", "unexpected_outputs", "variants[1].outputs")]
    [InlineData("age < 18", "age <", "invalid_condition", "variants[2].rules[0].when")]
    [InlineData("age < 18", "wage < 18", "unknown_field", "variants[2].rules[0].when")]
    [InlineData("age < 18", "age == 'x'", "wrong_type", "variants[2].rules[0].when")]
    [InlineData("then: {y: 0.5, note: look}", "then: {y: 0.5}", "other_outputs", "variants[2].rules[0].then")]
    [InlineData("outputs: {y: 0}", "outputs: {y: [0]}", "invalid_outputs", "holdout.outputs.y")]
    [InlineData("outputs: {y: 0}", "outputs: {y: low}", "wrong_type", "holdout.outputs.y")]
    [InlineData("share: 5%", "share: 60%", "invalid_share", "holdout.share")]
    [InlineData("unit: field:user", "unit: field:user\nstable: nobody", "stable_without_model", "stable")]
    [InlineData("outcome:revenue", "revenue", "invalid_metric", "metric")]
    [InlineData("labelDelay: 7d", "labelDelay: 400d", "invalid_label_delay", "value.labelDelay")]
    public async Task Apply_OfWhatMakesNoSense_SaysWhatAndWhere(string from, string to, string code, string field)
    {
        await using var server = await TestServer.StartAsync();
        await server.RegisterAsync("m");

        var problem = await server.Client.ApplyAsync(Written.Replace(from, to, StringComparison.Ordinal))
            .ShouldBeRefusedAsync(code, 400);

        problem.Errors[0].Field.ShouldBe($"documents[0].{field}");
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Holdout_StaysThroughAWholeRollout(Engine engine)
    {
        await using var server = await TestServer.StartAsync(engine, postgres);
        await EndpointAsync(server);
        await using var follower = new Follower(server);
        var before = await server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Unit = "field:user",
            Variants = [new VariantRequest { Name = "stable", Model = "m", Version = 1 }],
            Holdout = new HoldoutRequest { Share = 0.1, Model = "m", Version = 1 },
        });

        var id = (await server.Client.StartRolloutAsync(
            Rollout(Weight(0.5), Pause(), Weight(1)) with { KeepWarm = TimeSpan.FromMilliseconds(50) })).Id;
        await UntilAsync(server.Client, id, rollout => rollout.Step == 2 && rollout.Followed);
        var during = await server.Client.GetEndpointAsync("e");
        (await SharesAsync(server.Client)).Values.Sum().ShouldBe(1, 1e-12);
        await server.Client.SkipRolloutStepAsync(id, "looks well");
        await UntilPhaseAsync(server.Client, id, "succeeded");
        var after = await server.Client.GetEndpointAsync("e");

        after.Variants.Single(variant => variant.Name == "stable").Version.ShouldBe(2);
        foreach (var each in (EndpointInfo[])[during, after])
        {
            (each.Holdout!.Share, each.Holdout.Version, each.Holdout.Arm)
                .ShouldBe((0.1, 1, before.Holdout!.Arm));
        }

        // Its version stays loaded, and cannot be deleted from under it.
        (await server.Feed.ReadAsync(CancellationToken.None)).Endpoints.Single().Versions
            .Select(version => version.Id.Number).ShouldContain(1);
        await server.Client.DeleteVersionAsync("m", 1).ShouldBeRefusedAsync("version_in_use", 409);
    }

    [Fact]
    public async Task Rollout_ThatTheControlGroupDoesNotFit_IsRefusedAtItsStart()
    {
        await using var server = await TestServer.StartAsync();
        await EndpointAsync(server);
        await server.Client.PutEndpointAsync("e", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "stable", Model = "m", Version = 1 },
                new VariantRequest { Name = "nobody", Answer = "none" }],
        });

        var problem = await server.Client.StartRolloutAsync(Rollout(Weight(0.5)))
            .ShouldBeRefusedAsync("several_variants", 409);

        problem.Detail!.ShouldContain("holdout");
    }
}
