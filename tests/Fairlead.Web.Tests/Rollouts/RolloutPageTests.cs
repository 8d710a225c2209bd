using Bunit;
using Fairlead.Client.Api;
using Fairlead.Web.Rollouts;

namespace Fairlead.Web.Tests.Rollouts;

public sealed class RolloutPageTests : PageTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task RolloutPage_Check_ShowsEstimatesIntervalBoundarySamplesVerdictAndWhy()
    {
        Answer(Samples.Rollout(4, "credit") with { Checks = [Check()] });

        var page = await ShowAsync<RolloutPage>(with => with.Add(each => each.Id, 4));

        var check = page.Find(".check");
        check.TextContent.ShouldContain("inconclusive");
        check.TextContent.ShouldContain("not told apart yet");
        check.TextContent.ShouldContain("1\u202f000 units");
        check.QuerySelector("path.band")!.GetAttribute("d")!.ShouldNotBeEmpty();
        check.QuerySelector(".level.bad").ShouldNotBeNull();
        page.Find(".ladder li[aria-current=step]").TextContent.ShouldContain("25 % of the units");
        page.Find(".events").TextContent.ShouldContain("routed");
    }

    [Fact]
    public async Task RolloutPage_ForViewers_OffersNoCommandAndAsksForNoExamples()
    {
        Door.Role = "viewer";
        Answer(Samples.Rollout(4, "credit"));

        var page = await ShowAsync<RolloutPage>(with => with.Add(each => each.Id, 4));

        page.FindAll(".actions button").ShouldBeEmpty();
        Door.Asked.ShouldNotContain("GET /api/v1/rollouts/4/disagreements");
    }

    [Fact]
    public async Task RolloutActions_Promote_AsksForAReasonFirst()
    {
        Door.Answer("POST /api/v1/rollouts/4/promote", Samples.Rollout(4, "credit"));
        var actions = await ShowAsync<RolloutActions>(
            with => with.Add(each => each.Rollout, Samples.Rollout(4, "credit")));

        actions.FindAll("button").Single(button => button.TextContent == "Promote").Click();
        actions.Find("#confirm").HasAttribute("disabled").ShouldBeTrue();
        actions.Find("#reason").Input("measured elsewhere");
        actions.Find("#confirm").Click();

        Door.Bodies[^1].ShouldContain("measured elsewhere");
    }

    [Theory]
    [InlineData("running", "Pause,Promote,Abort")]
    [InlineData("paused", "Resume,Promote,Abort")]
    [InlineData("baking", "Pause,Abort")]
    [InlineData("keeping warm", "")]
    public void Commands_OfAPhase_AreThoseThatMakeSense(string phase, string names) => string
        .Join(',', Commands.Of(Samples.Rollout(4, "credit", phase)).Select(command => command.Name)).ShouldBe(names);

    [Fact]
    public void Commands_WithAnOpenProposal_LetPeopleDecide() => Commands.Of(Samples.Rollout(4, "credit") with
    {
        Proposal = new ProposalInfo { Rollout = 4, Endpoint = "credit", Status = "open" },
    }).Take(2).Select(command => command.Name).ShouldBe(["Approve", "Decline"]);

    [Fact]
    public void StartForm_SharesAndMinutes_BecomeTheRequestAndAnOutlook()
    {
        var form = new StartForm { Endpoint = "credit", Version = 2, Weights = "5 %, 50", Minutes = "2" };

        form.Request().Options!.Weights.ShouldBe([0.05, 0.5]);
        form.Outlook(100).ShouldBe("It takes at least 4 min: 2 shares of 2 min. At today's 100/s the new version is "
            + "asked about 600 times on the first share and 6\u202f600 times on all.");
        form.Weights = "half";
        Should.Throw<FormatException>(form.Request).Message.ShouldContain("'half' is no share in per cent");
    }

    private void Answer(RolloutInfo rollout) => Door
        .Answer("GET /api/v1/rollouts/4", rollout)
        .Answer("GET /api/v1/rollouts/4/disagreements", new List<DisagreementsInfo>())
        .Answer("GET /api/v1/rollouts/4/events", new Page<RolloutEventInfo>(
            [new RolloutEventInfo { Id = 1, When = Start, Kind = "routed", Text = "candidate 25 %" }]));

    private static RolloutCheckInfo Check() => new()
    {
        Name = "accuracy holds",
        Candidate = "candidate",
        Verdict = "inconclusive",
        Why = "not told apart yet",
        Rule = "accuracy:label worse than stable by less than 2 %",
        StableUnits = 1000,
        CandidateUnits = 250,
        StableValue = 0.79,
        CandidateValue = 0.8,
        Estimate = 0.01,
        Low = -0.03,
        High = 0.05,
        Boundary = -0.02,
        Looks = [.. Enumerable.Range(1, 5).Select(look => new RolloutLookInfo
        {
            At = Start.AddSeconds(look),
            Step = 2,
            Verdict = "inconclusive",
            Estimate = 0.01,
            Low = -0.1 / look,
            High = 0.1 / look,
            Boundary = -0.02,
        })],
    };
}
