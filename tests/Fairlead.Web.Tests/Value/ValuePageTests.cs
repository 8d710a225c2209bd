using Bunit;
using Fairlead.Client.Api;
using Fairlead.Web.Value;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Web.Tests.Value;

public sealed class ValuePageTests : PageTests
{
    [Fact]
    public async Task ValuePage_ShowsEveryLiftWithItsInterval_WhyThereIsNoneAndWhatServingCosts()
    {
        Door.Answer("GET /api/v1/endpoints", new Page<EndpointInfo>(
                [
                    Samples.Endpoint("credit") with { Value = new ValueInfo { Metric = "outcome:profit" } },
                    Samples.Endpoint("shop"), Samples.Endpoint("silent"),
                ]))
            .Answer("GET /api/v1/outcomes", new OutcomesInfo
            {
                Endpoints =
                [
                    new OutcomeSummary { Endpoint = "credit", Name = "bought" },
                    new OutcomeSummary { Endpoint = "credit", Name = "profit" },
                    new OutcomeSummary { Endpoint = "shop", Name = "bought" },
                ],
            })
            .Answer("GET /api/v1/endpoints/credit/cost", new CostInfo
            {
                Endpoint = "credit",
                Arms = [new ArmCostInfo { Variant = "v1", Version = "credit/1", Predictions = 2000, Total = 3 }],
            })
            .Answer("GET /api/v1/endpoints/shop/cost", new CostInfo { Endpoint = "shop" })
            .Answer("GET /api/v1/endpoints/silent/cost", new CostInfo { Endpoint = "silent" })
            .Answer("GET /api/v1/endpoints/credit/value", new EndpointValueInfo
            {
                Endpoint = "credit",
                Metric = "outcome:profit",
                Unit = "EUR",
                Against = "holdout",
                Treated = new ValueGroup { Units = 900, Value = 3.5 },
                Control = new ValueGroup { Units = 100, Value = 2 },
                PerUnit = new ValueInterval(1.5, 0.5, 2.5),
                Total = new ValueInterval(1350, 450, 2250),
            })
            .Answer("GET /api/v1/endpoints/shop/value", new Problem
            {
                Status = 409,
                Code = "no_control_group",
                Detail = "Nobody is held out.",
            });
        Services.GetRequiredService<NavigationManager>().NavigateTo("/value?core=0.04");

        var page = await ShowAsync<ValuePage>();

        var credit = page.Find("section[aria-label=credit]");
        credit.TextContent.ShouldContain("900 units treated, 100 left alone");
        credit.TextContent.ShouldContain("profit, EUR each");
        credit.TextContent.ShouldContain("+1.5 (0.5 to 2.5)");
        credit.TextContent.ShouldContain("+1\u202f350 (450 to 2\u202f250) EUR");
        credit.QuerySelectorAll("tbody tr").Length.ShouldBe(2);
        credit.QuerySelector(".lift .span.more").ShouldNotBeNull();
        var unknown = page.Find("section[aria-labelledby=unknown]").TextContent;
        unknown.ShouldContain("Nobody is held out.");
        unknown.ShouldContain("Nobody has reported what turned out");
        page.Find("section[aria-labelledby=cost] tbody tr").TextContent.ShouldContain("1.5");
    }
}
