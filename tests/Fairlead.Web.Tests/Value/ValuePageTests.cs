using Bunit;
using Fairlead.Client.Api;
using Fairlead.Web.Value;

namespace Fairlead.Web.Tests.Value;

public sealed class ValuePageTests : PageTests
{
    [Fact]
    public async Task ValuePage_ShowsLiftWithItsInterval_AndWhyThereIsNone()
    {
        Door.Answer("GET /api/v1/endpoints", new Page<EndpointInfo>(
                [Samples.Endpoint("credit"), Samples.Endpoint("shop")]))
            .Answer("GET /api/v1/endpoints/credit/cost", new CostInfo { Endpoint = "credit" })
            .Answer("GET /api/v1/endpoints/shop/cost", new CostInfo { Endpoint = "shop" })
            .Answer("GET /api/v1/endpoints/credit/value", new EndpointValueInfo
            {
                Endpoint = "credit",
                Metric = "mean:profit",
                Unit = "unit",
                Against = "holdout",
                PerUnit = new ValueInterval(1.5, 0.5, 2.5),
            })
            .Answer("GET /api/v1/endpoints/shop/value", new Problem
            {
                Status = 422,
                Code = "no_control_group",
                Detail = "Nobody is held out.",
            });

        var page = await ShowAsync<ValuePage>();

        page.FindAll("section")[0].TextContent.ShouldContain("+1.5 (0.5 to 2.5)");
        page.FindAll("section")[1].TextContent.ShouldContain("Nobody is held out.");
    }
}
