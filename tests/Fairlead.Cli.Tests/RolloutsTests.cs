using System.Text.Json.Nodes;
using Fairlead.Cli.Tests.Wire;
using Fairlead.Client.Api;
using Microsoft.AspNetCore.Http;

namespace Fairlead.Cli.Tests;

public sealed class RolloutsTests
{
    private static readonly RolloutPlanInfo Plan = new()
    {
        Endpoint = "credit",
        StableVersion = "credit/1",
        Stable = "stable",
        Strategy = "canary",
        Candidates = [new CandidateInfo("candidate", "credit/2", "abc")],
        Steps =
        [
            new RolloutStepInfo(1, "weight 5 %", "done", []),
            new RolloutStepInfo(2, "analyse errors for 10 min", "current", ["errors: error_rate at most 2 %"]),
            new RolloutStepInfo(3, "weight 100 %", "to come", []),
        ],
        Guards = ["errors: error_rate no worse than stable"],
    };

    private static RolloutInfo Rollout(string phase = "running", long revision = 7) => new()
    {
        Id = 12,
        Endpoint = "credit",
        Phase = phase,
        Step = 2,
        Attempt = 1,
        Plan = Plan,
        Arms =
        [
            new RolloutArmInfo("stable", "stable", "credit/1", 0.95, 0),
            new RolloutArmInfo("candidate", "candidate", "credit/2", 0.05, 0),
        ],
        Checks =
        [
            new RolloutCheckInfo
            {
                Name = "errors", Candidate = "candidate", Verdict = "fail", Why = "5 % is above 2 %",
                StableValue = 0.02, CandidateValue = 0.05, Estimate = 0.03, Low = 0.01, Boundary = 0.002,
                Looks = [.. new[] { 0.001, 0.01, 0.02, 0.03 }.Select((estimate, i) => new RolloutLookInfo
                {
                    At = Things.Noon.AddMinutes(i), Verdict = "inconclusive", Estimate = estimate, Boundary = 0.002,
                })],
            },
        ],
        Generation = 4,
        Followed = true,
        StartedAt = Things.Noon,
        EndedAt = phase is "succeeded" or "rolled back" ? Things.Noon : null,
        Author = "ann",
        Revision = revision,
    };

    [Fact]
    public async Task Start_OfACanary_SendsVersionsAndRungs()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/models/credit", Things.Model(("challenger", 2)))
            .On("POST /api/v1/rollouts", Rollout());

        var result = await Line.RunAsync(server, "rollouts", "start", "credit", "--candidate", "credit@challenger",
            "--weight", "5%", "--weight", "100%", "--interval", "2m", "--alias", "champion", "--reason", "better");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        var sent = JsonNode.Parse(server.Seen[^1].Body)!;
        sent["candidates"]![0]!["version"]!.GetValue<int>().ShouldBe(2);
        sent["strategy"]!.GetValue<string>().ShouldBe("canary");
        sent["options"]!["weights"]!.AsArray().Select(weight => (double)weight!).ShouldBe([0.05, 1]);
        sent["options"]!["interval"]!.GetValue<string>().ShouldBe("2m");
        sent["reason"]!.GetValue<string>().ShouldBe("better");
        result.Error.ShouldContain("fairlead rollouts show 12 --watch");
    }

    [Fact]
    public async Task StartAndPlan_OfAFile_SendItAsItIs()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("POST /api/v1/rollouts", Plan);
        const string document = "kind: Rollout\nendpoint: credit\n";

        var result = await Line.RunAsync(["rollouts", "plan", "-f", "-"], server.Address, document);

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        server.Seen[^1].ShouldSatisfyAllConditions(
            seen => seen.Line.ShouldBe("POST /api/v1/rollouts?dryRun=true"),
            seen => seen.Body.ShouldBe(document),
            seen => seen.Headers["Content-Type"].ShouldStartWith("application/yaml"));
        result.Out.ShouldContain("2     current  analyse errors for 10 min");
        result.Out.ShouldContain("errors: error_rate at most 2 %");
    }

    [Fact]
    public async Task Plan_OfAControlGroup_SendsItsShareAndPrintsItsStep()
    {
        await using var server = (await FakeServer.StartAsync()).On("POST /api/v1/rollouts", Plan with
        {
            Strategy = "control",
            Candidates = [],
            Steps = [new RolloutStepInfo(1, "hold 5 % of the units out for good, answered by none", "to come", [])],
        });

        var result = await Line.RunAsync(
            server, "rollouts", "plan", "credit", "--strategy", "control", "--weight", "5%");

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        result.Out.ShouldContain("hold 5 % of the units out for good, answered by none");
        var sent = JsonNode.Parse(server.Seen[^1].Body)!;
        ((string?)sent["strategy"], (double?)sent["holdout"]!["share"], (string?)sent["holdout"]!["answer"])
            .ShouldBe(("control", 0.05, "none"));
    }

    [Theory]
    [InlineData("rollouts start credit --strategy control --candidate credit/2 --weight 5%")]
    [InlineData("rollouts start credit --strategy control")]
    [InlineData("rollouts start")]
    [InlineData("rollouts start credit")]
    [InlineData("rollouts plan credit --candidate credit/2 -f rollout.yaml")]
    [InlineData("rollouts start credit --candidate credit/2 --weight many")]
    [InlineData("rollouts skip 12")]
    [InlineData("rollouts decline 12")]
    public async Task Lines_ThatSayTooLittleOrTooMuch_AreUsageErrors(string line)
    {
        await using var server = await FakeServer.StartAsync();

        (await Line.RunAsync(server, line.Split(' '))).ExitCode.ShouldBe(ExitCodes.Usage);
        server.Seen.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("pause 12", "pause", "{}")]
    [InlineData("resume 12 --reason fine", "resume", """{"reason":"fine"}""")]
    [InlineData("approve 12 --digest abc", "approve", """{"digest":"abc"}""")]
    [InlineData("decline 12 --reason small", "decline", """{"reason":"small"}""")]
    [InlineData("skip 12 --reason late", "skip", """{"reason":"late"}""")]
    [InlineData("promote 12 --candidate b --reason go", "promote", """{"candidate":"b","reason":"go"}""")]
    [InlineData("abort 12 --reason slow", "abort", """{"reason":"slow"}""")]
    public async Task Commands_SendWhatTheySayAndShowWhatCameOfIt(string line, string command, string body)
    {
        await using var server = (await FakeServer.StartAsync())
            .On($"POST /api/v1/rollouts/12/{command}", Rollout("paused"));

        var result = await Line.RunAsync(server, ["rollouts", .. line.Split(' ')]);

        result.ExitCode.ShouldBe(ExitCodes.Ok, result.Error);
        server.Seen[^1].Body.ShouldBe(body);
        result.Out.ShouldContain("paused");
    }

    [Fact]
    public async Task Show_TellsStepsTrafficAndEveryNumberOfAVerdict()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/rollouts/12", Rollout());

        var shown = await Line.RunAsync(server, "rollouts", "show", "12");

        shown.Out.ShouldContain("candidate  candidate  credit/2  5%");
        shown.Out.ShouldContain("fail");
        shown.Out.ShouldContain("0.03 [0.01, inf]");
        shown.Out.ShouldContain("2 of 3");
        server.Seen[^1].Line.ShouldBe("GET /api/v1/rollouts/12?looks=40");
        shown.Out.ShouldContain("0.001   0.03     0.03    0.002  ▁▃▆█");
    }

    [Fact]
    public async Task Proposals_ShowWhatWonByWhichNumbersAndWhoIsAsked()
    {
        var proposal = new ProposalInfo
        {
            Rollout = 12,
            Endpoint = "credit",
            Status = "open",
            Candidate = "candidate",
            Version = "credit/2",
            StableVersion = "credit/1",
            Digest = "0123456789abcdef",
            Needed = 2,
            Approvals = ["bob"],
            Evidence =
            [
                new RolloutCheckInfo
                {
                    Name = "repaid", Candidate = "candidate", Step = 2, Verdict = "pass", Estimate = 0.02, Low = 0.01,
                    High = 0.03,
                },
            ],
        };
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/rollouts/proposals", new Page<ProposalInfo>([proposal], null))
            .On("GET /api/v1/rollouts/12", Rollout() with { Proposal = proposal });

        var listed = await Line.RunAsync(server, "rollouts", "proposals", "--endpoint", "credit");
        var shown = await Line.RunAsync(server, "rollouts", "show", "12");

        listed.Out.ShouldContain("credit/2  credit/1     open");
        listed.Out.ShouldContain("1 of 2");
        listed.Out.ShouldContain("0123456789ab ");
        listed.Out.ShouldContain("repaid at step 2: pass, 0.02 [0.01, 0.03]");
        server.Seen[0].Line.ShouldStartWith("GET /api/v1/rollouts/proposals?endpoint=credit");
        shown.Out.ShouldContain("credit/2, open, 1 of 2 approvals of 0123456789abcdef");
    }

    [Theory]
    [InlineData("succeeded", ExitCodes.Ok)]
    [InlineData("rolled back", ExitCodes.RolledBack)]
    public async Task ShowWatch_EndsWithTheRollout_AndSaysHowByItsExitCode(string end, int expected)
    {
        var asked = 0;
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/rollouts/12", async (context, _) =>
        {
            context.Response.ContentType = "application/json";
            var rollout = ++asked == 1 ? Rollout() : Rollout(end, revision: 8);
            await context.Response.WriteAsync(FakeServer.Json(rollout));
        });

        var watched = await Line.RunAsync(server, "rollouts", "show", "12", "--watch");

        watched.ExitCode.ShouldBe(expected);
        watched.Out.ShouldBe("running, step 2 of 3: stable 95%, candidate 5%\n"
            + $"{end}, step 2 of 3: stable 95%, candidate 5%\n");
    }

    [Fact]
    public async Task Disagreements_ShowPairsAndTheWorstExamples()
    {
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/rollouts/12/disagreements",
            new List<DisagreementsInfo>
            {
                new()
                {
                    Candidate = "candidate", Copies = 200, Differing = 0.05,
                    Labels = [new LabelPairsInfo
                    {
                        Output = "label", Pairs = 200, Agreed = 190, Kappa = 0.875,
                        Classes = [new ClassPairsInfo { Class = "good", Both = 90, OnlyChampion = 8, P = 0.1094 }],
                    }],
                    Numbers = [new NumberPairsInfo { Output = "p[0]", Requests = 200, MeanDifference = -0.02 }],
                    Examples = [new DisagreementExample { PredictionId = "AQE", Share = 1, Inputs = "{\"x\":1}" }],
                },
            });

        var shown = await Line.RunAsync(server, "rollouts", "disagreements", "12", "--examples", "3");

        shown.ExitCode.ShouldBe(ExitCodes.Ok, shown.Error);
        server.Seen[^1].Line.ShouldEndWith("/rollouts/12/disagreements?examples=3");
        shown.Out.ShouldContain("5%");
        shown.Out.ShouldContain("label  0.875  good   90    8");
        shown.Out.ShouldContain("-0.02 [-inf, inf]");
        shown.Out.ShouldContain("{\"x\":1}");
    }

    [Fact]
    public async Task List_ShowsWhereEachOneIs()
    {
        await using var server = (await FakeServer.StartAsync())
            .On("GET /api/v1/rollouts", new Page<RolloutInfo>([Rollout()]));

        var listed = await Line.RunAsync(server, "rollouts", "list", "--endpoint", "credit", "--active");

        listed.Out.ShouldContain("12       credit    running  2 of 3  stable 95%, candidate 5%");
        server.Seen[^1].Line.ShouldContain("endpoint=credit&active=true");
    }
}
