using System.Text.Json.Nodes;
using Fairlead.Client.Api;
using Fairlead.Server.Evaluating;
using Fairlead.Server.Quality;
using Fairlead.Server.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server.Tests.Evaluating;

/// <summary>
/// Evaluations by real models on real rows, held against the figures that the sample's own program computed
/// (samples/credit/figures.md).
/// </summary>
public sealed class EvaluationTests(CreditServer credit, PostgresServer postgres) : IClassFixture<CreditServer>
{
    private const string Model = CreditServer.Model;

    [Fact]
    public async Task Evaluation_InParts_HasTheFiguresOfTheSample_AndMonitorsCompareWithThem()
    {
        var server = credit.Server;
        var question = CreditServer.Question() with { Again = true };
        var begun = await server.Client.BeginEvaluationAsync(Model, 1, question);
        (begun.State, begun.Rows, begun.Output).ShouldBe(("running", 0, "label"));
        (await server.Client.AddEvaluationRowsAsync(begun.Id, CreditServer.Rows(0, 500))).Rows.ShouldBe(500);

        // Whoever was interrupted asks again and goes on; rows that are there are not taken twice.
        (await server.Client.BeginEvaluationAsync(Model, 1, question)).Id.ShouldBe(begun.Id);
        (await server.Client.AddEvaluationRowsAsync(begun.Id, CreditServer.Rows(0, 500))
            .ShouldBeRefusedAsync("evaluation_rows_moved", 409)).Detail!.ShouldContain("go on with row 501");
        await server.Client.AddEvaluationRowsAsync(begun.Id, CreditServer.Rows(500, 1000));
        var finished = await server.Client.FinishEvaluationAsync(begun.Id);

        (finished.Rows, finished.State).ShouldBe((1289, "finished"));
        var figures = finished.Segments[0].Figures.ToDictionary(figure => figure.Name);
        ShouldBe(figures["accuracy"], 0.7898, 0.7667, 0.8111);
        ShouldBe(figures["auc"], 0.8373, 0.8140, 0.8606);
        figures["brier"].Value!.Value.ShouldBe(0.1441, 5e-5);
        figures["log_loss"].Value!.Value.ShouldBe(0.4454, 5e-5);
        finished.Segments.Skip(1).Select(segment => segment.Segment).ShouldContain("Home=rent");
        finished.Segments.Skip(1).Sum(segment => segment.Rows).ShouldBe(1289);
        finished.Times!.Rows.ShouldBe(100);
        finished.Times.P50.ShouldBeGreaterThan(0);

        (await server.Services.GetRequiredService<Evaluations>().OfAsync("credit/1", default))["auc"]
            .ShouldBe(0.8373, 5e-5);
        (await server.Client.ListEvaluationsAsync(Model, 1)).Items.ShouldContain(each => each.Id == begun.Id);

        // The same question has the same answer, unless it is to be asked again.
        (await server.Client.BeginEvaluationAsync(Model, 1, CreditServer.Question())).State.ShouldBe("finished");
    }

    [Fact]
    public async Task Versions_AreComparedOnTheSameRows_AndOnNoOthers()
    {
        var server = credit.Server;
        var first = await CreditServer.EvaluateAsync(server, 1);
        var second = await CreditServer.EvaluateAsync(server, 2);

        var compared = await server.Client.CompareEvaluationsAsync(second.Id, first.Id);

        (compared.Version, compared.Against).ShouldBe(("credit/2", "credit/1"));
        var auc = compared.Figures.Single(figure => figure is { Name: "auc", Segment: null });
        auc.Value!.Value.ShouldBe(0.8439, 5e-5);
        auc.Against!.Value.ShouldBe(0.8373, 5e-5);
        auc.Low!.Value.ShouldBeLessThan(0.0066);
        (auc.Method, auc.Verdict, auc.Rows).ShouldBe(("DeLong", "same", 1289));
        compared.Figures.ShouldContain(figure => figure.Segment == "Home=rent" && figure.Name == "accuracy");

        var other = await server.Client.BeginEvaluationAsync(Model, 2, CreditServer.Question() with { Limit = 50 });
        await server.Client.AddEvaluationRowsAsync(other.Id, CreditServer.Rows(0, 50));
        await server.Client.CompareEvaluationsAsync(other.Id, first.Id)
            .ShouldBeRefusedAsync("evaluation_unfinished", 409);
        await server.Client.FinishEvaluationAsync(other.Id);
        await server.Client.CompareEvaluationsAsync(other.Id, first.Id)
            .ShouldBeRefusedAsync("evaluations_differ", 409);
    }

    [Theory, ClassData(typeof(EachEngine))]
    public async Task WhatDoesNotFit_IsRefusedWithItsPlace(Engine engine)
    {
        await using var server = await CreditServer.StartAsync(engine, postgres, withVersions: false);
        await CreditServer.RegisterAsync(server, "logistic");
        var client = server.Client;
        var good = CreditServer.Question();

        await Refused(good with { Score = "scores" }, "it has no output 'scores'");
        await Refused(good with { Output = "what" }, "it has no output 'what'");
        await Refused(good with { Task = "guessing" }, "none of classification");
        await Refused(good with { Positive = null }, "name it");
        await Refused(good with { Digest = "abc" }, "64 hexadecimal digits");
        await Refused(good with { Alpha = 0.7 }, "alpha");
        await Refused(good with { Task = "ranking", By = null }, "list by list");
        await client.BeginEvaluationAsync(Model, 1, good with { Dataset = "none/1" })
            .ShouldBeRefusedAsync("dataset_not_found", 404);

        var evaluation = await client.BeginEvaluationAsync(Model, 1, good);
        var rows = CreditServer.Rows(0, 3);
        ((JsonObject)rows.Rows[1]).Remove("Income");
        (await client.AddEvaluationRowsAsync(evaluation.Id, rows).ShouldBeRefusedAsync("invalid_rows", 400))
            .Detail!.ShouldContain("'Income'");
        await client.AddEvaluationRowsAsync(evaluation.Id, CreditServer.Rows(0, 3, by: null))
            .ShouldBeRefusedAsync("invalid_evaluation", 400);
        await client.FinishEvaluationAsync(evaluation.Id).ShouldBeRefusedAsync("evaluation_empty", 409);
        var row = new JsonObject();
        await client.AddEvaluationRowsAsync(evaluation.Id, new EvaluationRowsRequest
        {
            First = 0,
            Rows = [.. Enumerable.Repeat(row, 20_001)],
            Labels = [.. Enumerable.Repeat("good", 20_001)],
            Segments = [.. Enumerable.Repeat("rent", 20_001)],
        }).ShouldBeRefusedAsync("invalid_evaluation", 400);

        // Just above the bound, so that all is sent by the time that the refusal comes.
        await client.AddEvaluationRowsAsync(evaluation.Id, CreditServer.Rows(0, 1) with
        {
            Labels = [new string('x', (int)EvaluationRules.MaxBytes)],
        }).ShouldBeRefusedAsync("body_too_large", 413);
        await client.AddEvaluationRowsAsync(evaluation.Id, CreditServer.Rows(0, 3));
        (await client.FinishEvaluationAsync(evaluation.Id)).Segments[0].Rows.ShouldBe(3);
        await client.AddEvaluationRowsAsync(evaluation.Id, CreditServer.Rows(3, 3))
            .ShouldBeRefusedAsync("evaluation_finished", 409);

        // A version that goes takes its evaluations along.
        await client.DeleteVersionAsync(Model, 1);
        await client.GetEvaluationAsync(evaluation.Id).ShouldBeRefusedAsync("evaluation_not_found", 404);

        async Task Refused(EvaluationRequest request, string why) =>
            (await client.BeginEvaluationAsync(Model, 1, request).ShouldBeRefusedAsync("invalid_evaluation", 400))
                .Detail!.ShouldContain(why);
    }

    private static void ShouldBe(EvaluationFigureInfo figure, double value, double low, double high)
    {
        figure.Value!.Value.ShouldBe(value, 5e-5);
        figure.Low!.Value.ShouldBe(low, 5e-5);
        figure.High!.Value.ShouldBe(high, 5e-5);
    }
}
