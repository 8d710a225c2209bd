using System.Text.Json;
using Fairlead.Client.Api;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Evaluating;

/// <summary>A version between two real servers, one on each database.</summary>
public sealed class CarryTests(CreditServer credit, PostgresServer postgres) : IClassFixture<CreditServer>
{
    private const string Model = CreditServer.Model;

    [Fact]
    public async Task Version_ArrivesWithItsEvidence_OnceOnly_AndOnlyWithItsDigest()
    {
        var here = credit.Server;
        await using var there = await CreditServer.StartAsync(Engine.Postgres, postgres, withVersions: false);
        await CreditServer.EvaluateAsync(here, 1, 300);
        await CreditServer.EvaluateAsync(here, 2, 300);
        await here.Client.PutPromotionPolicyAsync(Model, new PromotionPolicyRequest());
        (await here.Client.PromoteAsync(new PromotionRequest { Model = Model, Version = 2, Alias = "champion" }))
            .Status.ShouldBe("moved");
        var version = await here.Client.GetCarriedVersionAsync(Model, 2);
        version.Evidence.Keys.Order().ShouldBe(["evaluations", "promotions"]);

        // Without its files nothing arrives.
        var request = new CarryRequest { Version = version, From = "staging" };
        await there.Client.CarryVersionAsync(Model, request).ShouldBeRefusedAsync("artifacts_missing", 409);
        await CopyAsync(here, there, version);
        await there.Client.CarryVersionAsync(Model, request with
        {
            Version = version with { Digest = new string('0', 64) },
        }).ShouldBeRefusedAsync("digest_differs", 409);
        await there.Client.CarryVersionAsync("other", request).ShouldBeRefusedAsync("other_model", 400);
        await there.Client.CarryVersionAsync(Model, request with { Version = version with { Form = 2 } })
            .ShouldBeRefusedAsync("unknown_form", 400);
        await there.Client.CarryVersionAsync(Model, request with
        {
            Version = version with
            {
                Evidence = new Dictionary<string, JsonElement>
                {
                    ["evaluations"] = JsonSerializer.SerializeToElement(new[] { 1 }),
                },
            },
        }).ShouldBeRefusedAsync("invalid_evidence", 400);
        await there.Client.GetModelAsync(Model).ShouldBeRefusedAsync("model_not_found", 404);

        // What this program does not know of goes along as it is.
        request = request with
        {
            Version = version with
            {
                Evidence = version.Evidence.Append(new("stamps", JsonSerializer.SerializeToElement("blue")))
                    .ToDictionary(),
            },
        };
        var arrived = await there.Client.CarryVersionAsync(Model, request);

        (arrived.Number, arrived.WasKnown, arrived.Digest).ShouldBe((1, false, version.Digest));
        (await there.Client.CarryVersionAsync(Model, request)).WasKnown.ShouldBeTrue();
        (await there.Client.GetModelAsync(Model)).VersionCount.ShouldBe(1);
        var evaluation = (await there.Client.ListEvaluationsAsync(Model, 1)).Items.Single();
        evaluation.Segments[0].Figures.ShouldBe(
            (await here.Client.ListEvaluationsAsync(Model, 2)).Items[0].Segments[0].Figures);
        var origin = await there.Client.GetOriginAsync(Model, 1);
        (origin.From, origin.FromNumber).ShouldBe(("staging", 2));
        origin.Version!.Evidence["stamps"].GetString().ShouldBe("blue");
        (await there.Client.GetCarriedVersionAsync(Model, 1)).Evidence.Keys.ShouldContain("stamps");

        // Another one can be held against it there, on the rows that came along.
        var first = await here.Client.GetCarriedVersionAsync(Model, 1);
        await CopyAsync(here, there, first);
        var second = await there.Client.CarryVersionAsync(Model, new CarryRequest { Version = first });
        var mine = (await there.Client.ListEvaluationsAsync(Model, second.Number)).Items.Single();
        (await there.Client.CompareEvaluationsAsync(mine.Id, evaluation.Id)).Figures.ShouldNotBeEmpty();
    }

    private static async Task CopyAsync(TestServer from, TestServer to, CarriedVersion version)
    {
        var sent = 0L;
        foreach (var file in version.Files)
            await from.Client.CopyArtifactAsync(file.Digest, to.Client, part => sent += part);
        sent.ShouldBe(version.Files.Sum(file => file.Size));
    }
}
