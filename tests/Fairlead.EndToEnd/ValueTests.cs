using Fairlead.Client.Api;
using Fairlead.EndToEnd.Program;

namespace Fairlead.EndToEnd;

/// <summary>What an endpoint is worth, from live requests and reported outcomes to the sentence that is told.</summary>
public sealed class ValueTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Value_OfLiveTraffic_IsToldAgainstAHoldoutWithoutAModel()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.In("data"));
        await Credit.RegisterAsync(server.Client, "logistic");
        var document = folder.In("endpoint.yaml");
        await File.WriteAllTextAsync(document, """
            kind: Endpoint
            name: credit
            unit: header:X-User
            variants: [{name: stable, model: credit, version: 1}]
            holdout: {share: 40%, answer: none}
            value: {metric: outcome:revenue, unit: EUR}
            """, TestContext.Current.CancellationToken);
        await RunAsync(server, "apply", "-f", document);
        await Credit.UntilAnsweredAsync(server.Client);

        // Who is answered by the model brings twice as much.
        var outcomes = new List<OutcomeItem>();
        var held = 0;
        for (var user = 0; user < 400; user++)
        {
            var answer = await Credit.AskAsync(server.Client, ("X-User", $"user-{user}"));
            (answer.Answer, answer.Outputs.Count == 0).ShouldBe(
                answer.Arm == "holdout" ? ("none", true) : (null, false));
            held += answer.Arm == "holdout" ? 1 : 0;
            outcomes.Add(new OutcomeItem
            {
                PredictionId = answer.PredictionId,
                Name = "revenue",
                Value = (answer.Arm == "holdout" ? 10 : 20) + (user % 5),
            });
        }

        (await server.Client.ReportOutcomesAsync(new OutcomesRequest { Outcomes = outcomes })).Refused.ShouldBeEmpty();
        var value = await UntilAllAsync(server);

        (value.Treated.Units, value.Control.Units, value.Unit).ShouldBe((400 - held, held, "EUR"));
        value.PerUnit!.Value.ShouldBe(10, 0.6);
        value.Total!.Low.ShouldBeGreaterThan(0);
        (await RunAsync(server, "value", "credit")).ShouldContain("The endpoint is worth about ");
        (await RunAsync(server, "endpoints", "show", "credit")).ShouldContain("stays out of every rollout");
    }

    /// <summary>Records of answers come to the database within seconds, and outcomes are joined to them then.</summary>
    private static async Task<EndpointValueInfo> UntilAllAsync(ServerProcess server)
    {
        EndpointValueInfo? value = null;
        for (var left = 300; left > 0; left--)
        {
            value = await server.Client.GetEndpointValueAsync("credit");
            if (value.Treated.Units + value.Control.Units == 400
                && (await server.Client.GetOutcomesAsync()).Endpoints.Single().Joined == 400)
            {
                return await server.Client.GetEndpointValueAsync("credit");
            }

            await Task.Delay(100);
        }

        throw new TimeoutException($"After 30 s there are {value!.Treated.Units} and {value.Control.Units} units.");
    }

    private static async Task<string> RunAsync(ServerProcess server, params string[] arguments)
    {
        var ended = await BuiltProgram.RunAsync(Limit, [.. arguments, "--server", server.Http.ToString()]);
        ended.ExitCode.ShouldBe(0, ended.Error);
        return ended.Output;
    }
}
