using Bunit;
using Fairlead.Client.Api;
using Fairlead.Web.Models;

namespace Fairlead.Web.Tests.Models;

public sealed class PromotionPagesTests : PageTests
{
    [Fact]
    public async Task PromotionsPage_ListsThoseThatWait()
    {
        Door.Answer("GET /api/v1/promotions", new Page<PromotionInfo>([Promotion("open")]));

        var row = (await ShowAsync<PromotionsPage>()).Find("tbody tr");

        row.QuerySelector("a")!.GetAttribute("href").ShouldBe("/promotions/7");
        row.TextContent.ShouldContain("@champion");
        row.TextContent.ShouldContain("1 of 2");
    }

    [Fact]
    public async Task PromotionsPage_WithoutAny_SaysHowOneIsAskedFor() =>
        (await ShowAsync<PromotionsPage>()).Find(".empty").TextContent.ShouldContain("fairlead promote");

    [Fact]
    public async Task PromotionPage_ShowsChecks_AndCarriesAnApproval()
    {
        Door.Answer("GET /api/v1/promotions/7", Promotion("open"))
            .Answer("POST /api/v1/promotions/7/approve", Promotion("moved"));
        var page = await ShowAsync<PromotionPage>(parameters => parameters.Add(each => each.Id, 7));
        page.Find(".check").TextContent.ShouldContain("better by at least 0.01");
        page.Find("#decline").HasAttribute("disabled").ShouldBeTrue("a no needs a reason");

        await page.Find("#why").InputAsync(new() { Value = "looked at the segments" });
        await page.Find("#approve").ClickAsync(new());

        Door.Bodies[^1].ShouldContain("looked at the segments");
        page.Find(".state").TextContent.ShouldBe("moved");
        page.FindAll("#approve").ShouldBeEmpty();
    }

    [Fact]
    public async Task PromotionPage_SaysWhyADecisionIsRefused()
    {
        Door.Answer("GET /api/v1/promotions/7", Promotion("open"))
            .Answer("POST /api/v1/promotions/7/decline",
                new Problem { Status = 409, Code = "promotion_decided", Detail = "It is decided already." });
        var page = await ShowAsync<PromotionPage>(parameters => parameters.Add(each => each.Id, 7));

        await page.Find("#why").InputAsync(new() { Value = "no" });
        await page.Find("#decline").ClickAsync(new());

        page.Find(".notice.bad").TextContent.ShouldContain("decided already");
    }

    /// <summary>The policy wants administrators.</summary>
    [Fact]
    public async Task WhoMayNotApprove_IsOfferedNothing()
    {
        Door.Role = "operator";
        Door.Answer("GET /api/v1/promotions/7", Promotion("open") with { NeededRole = "admin" });

        var page = await ShowAsync<PromotionPage>(parameters => parameters.Add(each => each.Id, 7));

        page.FindAll("#approve, #decline, #why").ShouldBeEmpty();
        page.Find(".check").TextContent.ShouldContain("auc");
    }

    [Fact]
    public async Task PromoteForm_TriesTheChecksWithoutMovingAnything()
    {
        Door.Answer("POST /api/v1/promotions", Promotion("failed") with { Id = 0, Why = "Check 'auc' fails." });
        var version = new VersionInfo { Model = "credit", Number = 2, Runtime = "onnx" };
        var form = await ShowAsync<PromoteForm>(parameters => parameters.Add(each => each.Version, version));

        await form.Find("#try").ClickAsync(new());

        Door.Asked[^1].ShouldBe("POST /api/v1/promotions");
        Door.Bodies[^1].ShouldContain("champion");
        form.Find(".state").TextContent.ShouldBe("failed");
        form.Find("p.line").TextContent.ShouldContain("Check 'auc' fails.");
    }

    private static PromotionInfo Promotion(string status) => new()
    {
        Id = 7,
        Model = "credit",
        Version = 2,
        From = 1,
        Target = "@champion",
        Status = status,
        Digest = "sha256:abc",
        Needed = 2,
        NeededRole = "operator",
        Approvals = ["ann"],
        Author = "bob",
        Checks =
        [
            new PromotionCheckInfo
            {
                Name = "auc",
                Rule = "auc on the same rows, better by at least 0.01",
                Verdict = "fail",
                Estimate = 0.002,
                Low = -0.01,
                CandidateValue = 0.8,
            },
        ],
    };
}
