using Bunit;
using Fairlead.Client.Api;
using Fairlead.Web.Administration;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Web.Tests.Administration;

public sealed class AdministrationTests : PageTests
{
    [Theory]
    [InlineData("who:alice what:endpoint.put subject:endpoints/credit", "alice", "endpoint.put", "endpoints/credit")]
    [InlineData("alice endpoint.put endpoints/credit", "alice", "endpoint.put", "endpoints/credit")]
    [InlineData("", null, null, null)]
    public void Query_IsReadByNameOrByForm(string text, string? who, string? what, string? subject)
    {
        var filter = AuditQuery.Parse(text, null, TimeZoneInfo.Utc);

        (filter.Who, filter.What, filter.Subject).ShouldBe((who, what, subject));
    }

    [Fact]
    public void Query_BeginsAtTheViewersMidnight() =>
        AuditQuery.Parse(null, new DateOnly(2026, 7, 1), TimeZoneInfo.FindSystemTimeZoneById("Europe/Amsterdam"))
            .Since.ShouldBe(new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.FromHours(2)));

    [Fact]
    public async Task Page_Viewer_SeesTheServerAndIsNotOfferedKeys()
    {
        Door.Role = "viewer";
        Door.Answer("GET /api/v1/status", new ServerStatus { Version = "1.0", Storage = "sqlite", Replica = "one" });
        Services.GetRequiredService<NavigationManager>().NavigateTo("/administration?tab=keys");

        var page = await ShowAsync<AdministrationPage>();

        page.FindAll(".tabs a").Select(tab => tab.TextContent).ShouldBe(["Server"]);
        Door.Asked.ShouldNotContain("GET /api/v1/keys");
    }

    [Fact]
    public async Task Key_IsShownOnce_AndRevokedAfterAsking()
    {
        var key = new KeyInfo { Id = 3, Name = "ci", Role = "operator", State = "active" };
        Door.Answer("GET /api/v1/keys", new Page<KeyInfo>([key]))
            .Answer("POST /api/v1/keys", new CreatedKey(key, "fl_secret"))
            .Answer("DELETE /api/v1/keys/3", new object());
        var page = await ShowAsync<KeysPart>();

        page.Find("#keyname").Change("ci");
        page.Find("#keyrole").Change("operator");
        page.Find("form").Submit();
        page.Find("#madekey").TextContent.ShouldBe("fl_secret");

        page.Find("button.danger").Click();
        Door.Asked.ShouldNotContain("DELETE /api/v1/keys/3");
        page.Find("button.danger").Click();
        Door.Asked.ShouldContain("DELETE /api/v1/keys/3");
        page.FindAll("#madekey").ShouldBeEmpty();
    }

    [Fact]
    public async Task Audit_ShowsBeforeAndAfter()
    {
        Door.Answer("GET /api/v1/audit", new Page<AuditEntry>([new AuditEntry
        {
            Id = 1,
            Who = "alice",
            What = "endpoint.put",
            Subject = "endpoints/credit",
            Reason = "new version",
            After = System.Text.Json.JsonSerializer.SerializeToElement(new { generation = 2 }),
        }]));

        var page = await ShowAsync<AuditPart>();

        page.Find("tbody").TextContent.ShouldContain("new version");
        page.Find("pre").TextContent.ShouldContain("\"generation\": 2");
    }
}
