using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Evaluating;

/// <summary>Promotions from the question to the move, with real evaluations behind their checks.</summary>
public sealed class PromotionTests(PostgresServer postgres)
{
    private const string Model = CreditServer.Model;
    private const string Admin = "an-admin-key-of-more-than-32-characters";

    [Theory, ClassData(typeof(EachEngine))]
    public async Task Promotion_NeedsChecksAndTwoPeople_AndNothingElseMovesTheAlias(Engine engine)
    {
        await using var server = await CreditServer.StartAsync(
            engine, postgres, options => options.AdminKey = Admin, withVersions: false);
        var admin = server.ClientWith(Admin);
        await RegisterAsync(admin, "logistic", "");
        await RegisterAsync(admin, "boosted", "What it is for, and for whom.");
        await admin.SetAliasAsync(Model, "champion", new SetAliasRequest { Version = 1 });
        await admin.PutEndpointAsync("loans", new PutEndpointRequest
        {
            Variants = [new VariantRequest { Name = "stable", Model = Model, Version = 1 }],
        });
        var ann = server.ClientWith((await admin.CreateKeyAsync(
            new CreateKeyRequest { Name = "ann", Role = "operator" })).Secret);
        var bob = server.ClientWith((await admin.CreateKeyAsync(
            new CreateKeyRequest { Name = "bob", Role = "operator" })).Secret);
        var document = """
            kind: PromotionPolicy
            model: credit
            aliases: [champion]
            stages: [Production]
            checks:
              - {name: good, metric: auc, atLeast: 0.7, minimumRows: 200}
              - {name: no worse, metric: auc, margin: 0.05, minimumRows: 200}
              - {name: callers, signature: {}}
              - {name: data, data: {}}
              - {name: quick, latency: {p95: 10000}}
              - {name: small, size: {files: 1000000}}
              - {name: card, card: {characters: 10}}
            approvals: {count: 2, notByAuthor: true}
            """;
        await ann.ApplyAsync(document).ShouldBeRefusedAsync("forbidden", 403);
        (await admin.ApplyAsync(document)).Documents.Single().Outcome.ShouldBe("created");
        (await admin.ApplyAsync(document)).Documents.Single().Outcome.ShouldBe("unchanged");

        // No other way, whoever comes and whichever protocol he speaks.
        var direct = await admin.SetAliasAsync(Model, "champion", new SetAliasRequest { Version = 2, Expected = 1 })
            .ShouldBeRefusedAsync("promotion_needed", 409);
        direct.Detail!.ShouldContain("fairlead promote credit@champion --version 2");
        await admin.DeleteAliasAsync(Model, "champion").ShouldBeRefusedAsync("promotion_needed", 409);
        await admin.ApplyAsync("kind: Model\nname: credit\naliases: {champion: 2}")
            .ShouldBeRefusedAsync("promotion_needed", 409);
        await MlflowRefusesAsync(server, "registered-models/alias",
            """{"name":"credit","alias":"champion","version":"2"}""");
        await MlflowRefusesAsync(server, "model-versions/transition-stage",
            """{"name":"credit","version":"2","stage":"Production","archive_existing_versions":false}""");
        await admin.SetAliasAsync(Model, "challenger", new SetAliasRequest { Version = 2 });

        // Without evaluations nothing can be said, and what cannot be said is not passed.
        var wish = new PromotionRequest { Model = Model, Version = 2, Alias = "champion" };
        var tried = await ann.PromoteAsync(wish, dryRun: true);
        (tried.Id, tried.Status, Verdict(tried, "good"), Verdict(tried, "card")).ShouldBe(
            (0, "failed", "inconclusive", "pass"));
        tried.Checks.Single(check => check.Name == "good").Why.ShouldContain("fairlead evaluate credit/2");
        (await ann.PromoteAsync(wish)).Status.ShouldBe("failed");

        await EvaluateAsync(admin, 1);
        await EvaluateAsync(admin, 2);
        var open = await ann.PromoteAsync(wish with { Reason = "better" });

        open.Checks.Select(check => (check.Name, check.Verdict)).ShouldBe([
            ("good", "pass"), ("no worse", "pass"), ("callers", "pass"), ("data", "inconclusive"), ("quick", "pass"),
            ("small", "pass"), ("card", "pass"),
        ]);
        open.Status.ShouldBe("failed");

        // The data is no registered dataset; the policy without that check lets it through to people.
        var relaxed = document.Replace("  - {name: data, data: {}}\n", "", StringComparison.Ordinal);
        (await admin.ApplyAsync(relaxed)).Documents.Single().Outcome.ShouldBe("changed");
        open = await ann.PromoteAsync(wish);
        (open.Status, open.From, open.Needed).ShouldBe(("open", 1, 2));
        open.Checks.Single(check => check.Name == "no worse").Why.ShouldContain("DeLong");
        await ann.ApprovePromotionAsync(open.Id).ShouldBeRefusedAsync("approval_by_author", 409);
        (await bob.ApprovePromotionAsync(open.Id)).Approvals.ShouldBe(["bob"]);
        await bob.ApprovePromotionAsync(open.Id).ShouldBeRefusedAsync("approved_already", 409);
        (await admin.GetModelAsync(Model)).Aliases["champion"].ShouldBe(1);
        var moved = await admin.ApprovePromotionAsync(open.Id, "looks well");

        (moved.Status, moved.Approvals.Count).ShouldBe(("moved", 2));
        (await admin.GetModelAsync(Model)).Aliases["champion"].ShouldBe(2);
        await admin.ApprovePromotionAsync(open.Id).ShouldBeRefusedAsync("promotion_over", 409);
        var audit = await admin.ListAuditAsync(new AuditFilter { Subject = "models/credit/aliases/champion" });
        var evidence = audit.Items[0].After!.Value.GetProperty("evidence");
        evidence.GetProperty("promotion").GetInt64().ShouldBe(open.Id);
        evidence.GetProperty("digest").GetString().ShouldBe(open.Digest);
        evidence.GetProperty("approvedBy").GetArrayLength().ShouldBe(2);
        evidence.GetProperty("checks").GetArrayLength().ShouldBe(6);
        await ann.PromoteAsync(wish).ShouldBeRefusedAsync("promoted_already", 409);
    }

    [Fact]
    public async Task Promotion_OfWhatIsAnotherByNow_IsRefused_AndStagesAreLikeAliases()
    {
        await using var server = await CreditServer.StartAsync();
        var client = server.Client;
        await CreditServer.RegisterAsync(server, "unscaled");
        await client.SetAliasAsync(Model, "champion", new SetAliasRequest { Version = 1 });
        var policy = new PromotionPolicyRequest
        {
            Stages = ["Production"],
            Checks = [new PromotionCheckRequest { Name = "callers", Signature = new EndpointsCheckRequest() }],
            Approvals = new PromotionApprovalsRequest { Count = 1 },
        };
        await client.PutPromotionPolicyAsync(Model, policy);

        var first = await client.PromoteAsync(new PromotionRequest { Model = Model, Version = 2, Alias = "champion" });
        var second = await client.PromoteAsync(new PromotionRequest { Model = Model, Version = 3, Alias = "champion" });
        (await client.ApprovePromotionAsync(second.Id)).Status.ShouldBe("moved");
        (await client.ApprovePromotionAsync(first.Id).ShouldBeRefusedAsync("promotion_superseded", 409))
            .Detail!.ShouldContain("version 3 by now");
        (await client.DeclinePromotionAsync(first.Id, "too late")).Why.ShouldBe("too late");

        var stage = await client.PromoteAsync(
            new PromotionRequest { Model = Model, Version = 2, Stage = "production" });
        await client.PutPromotionPolicyAsync(Model, policy with { AllowRollouts = true });
        await client.ApprovePromotionAsync(stage.Id).ShouldBeRefusedAsync("promotion_superseded", 409);
        stage = await client.PromoteAsync(new PromotionRequest { Model = Model, Version = 2, Stage = "Production" });
        (await client.ApprovePromotionAsync(stage.Id)).Status.ShouldBe("moved");
        (await client.ListPromotionsAsync(new PromotionFilter { All = true })).Items.Select(each => each.Status)
            .ShouldBe(["moved", "open", "moved", "declined"]);
        (await client.PromoteAsync(new PromotionRequest { Model = Model, Version = 2, Alias = "other" })
            .ShouldBeRefusedAsync("target_not_guarded", 409)).Detail!.ShouldContain("does not guard @other");

        await client.DeletePromotionPolicyAsync(Model);
        await client.SetAliasAsync(Model, "champion", new SetAliasRequest { Version = 1, Expected = 3 });
    }

    [Theory]
    [InlineData("""{"checks":[{"name":"a","metric":"auc"}]}""", "has one rule")]
    [InlineData("""{"checks":[{"name":"a","metric":"speed","atLeast":1}]}""", "There is no figure")]
    [InlineData("""{"checks":[{"name":"a"}]}""", "one of metric, data, signature")]
    [InlineData("""{"checks":[{"name":"a","card":{},"atMost":3}]}""", "belong to a metric")]
    [InlineData("""{"checks":[{"name":"a","metric":"median_ae","margin":0}]}""", "no paired test of")]
    [InlineData("""{"checks":[{"name":"a","size":{}}]}""", "in bytes")]
    [InlineData("""{"checks":[{"name":"a","card":{}},{"name":"a","card":{}}]}""", "Two checks are named")]
    [InlineData("""{"aliases":["v3"]}""", "version number")]
    [InlineData("""{"aliases":[],"stages":[]}""", "at least one")]
    [InlineData("""{"stages":["Live"]}""", "none of Staging")]
    [InlineData("""{"approvals":{"role":"viewer"}}""", "neither operator nor admin")]
    public async Task Policy_ThatSaysNothingOrTooMuch_IsRefused(string policy, string why)
    {
        await using var server = await TestServer.StartAsync();
        await server.RegisterAsync("m");
        using var http = server.HttpWith(null);
        using var answer = await http.PutAsync("/api/v1/promotion-policies/m",
            new StringContent(policy, System.Text.Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken);
        ((int)answer.StatusCode).ShouldBe(400);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain(why);
    }

    private static string Verdict(PromotionInfo promotion, string check) =>
        promotion.Checks.Single(each => each.Name == check).Verdict;

    private static async Task RegisterAsync(FairleadClient client, string name, string description)
    {
        await using var file = File.OpenRead(Path.Combine(CreditServer.Sample, "models", name, "model.onnx"));
        var artifact = await client.PutArtifactAsync(file);
        await client.RegisterVersionAsync(Model, new RegisterVersionRequest
        {
            Files = [new VersionFile("model.onnx", artifact.Digest, artifact.Size)],
            Description = description,
        });
    }

    private static async Task EvaluateAsync(FairleadClient client, int version)
    {
        var begun = await client.BeginEvaluationAsync(Model, version, CreditServer.Question(by: null));
        await client.AddEvaluationRowsAsync(begun.Id, CreditServer.Rows(0, 400, by: null));
        await client.FinishEvaluationAsync(begun.Id);
    }

    private static async Task MlflowRefusesAsync(TestServer server, string route, string body)
    {
        using var http = server.HttpWith(Admin);
        using var answer = await http.PostAsync($"/api/2.0/mlflow/{route}",
            new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
            TestContext.Current.CancellationToken);
        ((int)answer.StatusCode).ShouldBeInRange(400, 409);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .ShouldContain("fairlead promote credit");
    }
}
