using Fairlead.EndToEnd.Program;

namespace Fairlead.EndToEnd;

/// <summary>The built program scores versions on files and registered datasets.</summary>
public sealed class EvaluateTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Evaluate_ComparesTwoVersions_ThroughAKill_AndSaysWhichColumnsAreMissing()
    {
        using var folder = new TemporaryFolder();
        var heldOut = Path.Combine(BuiltProgram.Root, "samples", "credit", "heldout.csv");
        string[] question =
        [
            "--label", "Status", "--output", "label", "--positive", "bad", "--score", "probabilities[1]",
        ];
        var server = await ServerProcess.StartAsync(folder.In("data"));
        try
        {
            await Credit.RegisterAsync(server.Client, "logistic");
            await Credit.RegisterAsync(server.Client, "boosted");
            await RunAsync(server, "data", "register", "heldout", heldOut);

            // An evaluation is killed with its server in the middle, and goes on behind what was stored.
            var killing = BuiltProgram.RunAsync(Limit,
            [
                "evaluate", "credit/1", "--data", "heldout", .. question, "--batch", "400", "--server",
                server.Http.ToString(),
            ]);
            await UntilRowsAsync(server, 400);
            await server.KillAsync();
            (await killing).ExitCode.ShouldNotBe(0);
            server = await ServerProcess.StartAsync(folder.In("data"));

            var finished = await BuiltProgram.RunAsync(Limit,
            [
                "evaluate", "credit/2", "--data", "heldout/1", .. question, "--against", "credit/1", "--server",
                server.Http.ToString(),
            ]);
            finished.ExitCode.ShouldBe(0, finished.Error);
            finished.Error.ShouldContain("goes on behind row ");
            finished.Output.ShouldContain("1289 of heldout/1");
            finished.Output.ShouldContain("credit/2 against credit/1 on the same rows:");
            finished.Output.ShouldContain("DeLong");
            var logistic = (await server.Client.ListEvaluationsAsync("credit", 1)).Items.Single();
            (logistic.Dataset, logistic.Rows).ShouldBe(("heldout/1", 1289));
            logistic.Segments[0].Figures.Single(figure => figure.Name == "auc").Value!.Value.ShouldBe(0.8373, 5e-5);
            (await RunAsync(server, "models", "evaluations", "credit/1")).ShouldContain("accuracy 0.7898");

            await CarriesAsync(server, folder);
            var narrow = folder.In("narrow.csv");
            await File.WriteAllTextAsync(
                narrow, "Status,Home,Age\ngood,rent,30\n", TestContext.Current.CancellationToken);
            (await RefusedAsync(server, narrow, "Status"))
                .ShouldContain("lacks columns that credit/1 takes: 'Amount', ");
            (await RefusedAsync(server, heldOut, "Outcome")).ShouldContain("lacks the column 'Outcome' of the label");
        }
        finally
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>To a server that is killed in between, and once more when all of it is there.</summary>
    private static async Task CarriesAsync(ServerProcess server, TemporaryFolder folder)
    {
        string[] carry = ["promote", "credit/2", "--to"];
        var there = await ServerProcess.StartAsync(folder.In("production"));
        try
        {
            var carrying = BuiltProgram.RunAsync(
                Limit, [.. carry, there.Http.ToString(), "--server", server.Http.ToString()]);
            await there.KillAsync();
            await carrying;
            there = await ServerProcess.StartAsync(folder.In("production"));
            await RunAsync(server, [.. carry, there.Http.ToString()]);
            (await RunAsync(server, [.. carry, there.Http.ToString()])).ShouldContain("already; nothing was done");
            (await there.Client.ListVersionsAsync("credit")).Items.Count.ShouldBe(1);
            (await there.Client.ListEvaluationsAsync("credit", 1)).Items.Single().Rows.ShouldBe(1289);
        }
        finally
        {
            await there.DisposeAsync();
        }
    }

    private static async Task UntilRowsAsync(ServerProcess server, int rows)
    {
        for (var left = 600; left > 0; left--)
        {
            if ((await server.Client.ListEvaluationsAsync("credit", 1)).Items is [{ Rows: var known }] && known >= rows)
                return;
            await Task.Delay(50);
        }

        throw new TimeoutException("The evaluation did not come so far within 30 s.");
    }

    private static async Task<string> RefusedAsync(ServerProcess server, string data, string label)
    {
        var ended = await BuiltProgram.RunAsync(Limit,
            "evaluate", "credit/1", "--data", data, "--label", label, "--output", "label", "--server",
            server.Http.ToString());
        ended.ExitCode.ShouldNotBe(0);
        return ended.Error;
    }

    private static async Task<string> RunAsync(ServerProcess server, params string[] arguments)
    {
        var ended = await BuiltProgram.RunAsync(Limit, [.. arguments, "--server", server.Http.ToString()]);
        ended.ExitCode.ShouldBe(0, ended.Error);
        return ended.Output;
    }
}
