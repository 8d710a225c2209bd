using Deque.AxeCore.Playwright;
using Fairlead.Client;
using Fairlead.Client.Api;
using Fairlead.EndToEnd.Program;
using Microsoft.Playwright;

namespace Fairlead.EndToEnd;

/// <summary>
/// The console of the built program in a real browser, as somebody on call uses it. Pictures of the pages lie in the
/// test output.
/// </summary>
public sealed class ConsoleTests
{
    private const string AdminKey = "an-admin-key-of-more-than-32-characters";

    private static readonly string Pictures = Path.Combine(BuiltProgram.Root, "artifacts", "test-results", "console");

    [Fact]
    public async Task Console_InABrowser_FollowsARolloutAbortsOneAndFindsAnEndpoint()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(
            folder.Path, new Dictionary<string, string> { ["FAIRLEAD_ADMIN_KEY"] = AdminKey });
        var client = FairleadClient.Connect(server.Http, AdminKey);
        await PrepareAsync(client);
        using var traffic = new CancellationTokenSource();
        var asking = AskAsync(client, traffic.Token);

        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium",
            Args = ["--no-sandbox"],
        });
        await using var context = await browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = 1280, Height = 900 },
            TimezoneId = "Europe/Amsterdam",
        });
        var page = await context.NewPageAsync();
        page.SetDefaultTimeout(30_000);
        List<string> faults = [];
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                faults.Add(message.Text);
        };

        await SignInAsync(page, server.Http);
        await FollowAsync(page, client);
        await AbortAsync(page, client);
        await SearchAsync(page, server.Http);
        await LookAsync(page, server.Http);
        faults.ShouldBeEmpty();

        await traffic.CancelAsync();
        await asking;
    }

    private static async Task PrepareAsync(FairleadClient client)
    {
        await Credit.RegisterAsync(client, "logistic");
        await Credit.RegisterAsync(client, "boosted");
        await Credit.ServeAsync(client, (1, 1));
        for (var i = 0; i < 6; i++)
        {
            await client.PutEndpointAsync($"spare-{i}", new PutEndpointRequest
            {
                Variants = [new VariantRequest { Name = "stable", Model = Credit.Name, Version = 1 }],
            });
        }
    }

    private static async Task AskAsync(FairleadClient client, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await Credit.AskAsync(client);
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static async Task SignInAsync(IPage page, Uri server)
    {
        await page.GotoAsync(new Uri(server, "/rollouts").AbsoluteUri);
        await page.GetByLabel("API key").FillAsync("wrong");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByText("The key is unknown, revoked or expired.").WaitForAsync();
        await ShowAsync(page, "sign-in");

        await page.GetByLabel("API key").FillAsync(AdminKey);
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Heading, new() { Name = "Rollouts" }).WaitForAsync();
        new Uri(page.Url).AbsolutePath.ShouldBe("/rollouts");
    }

    /// <summary>A rollout is watched, without loading the page again, until it has succeeded.</summary>
    private static async Task FollowAsync(IPage page, FairleadClient client)
    {
        var rollout = await client.StartRolloutAsync(Request("2", "1s"));
        await page.Locator($"a[href='/rollouts/{rollout.Id}']").First.ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "credit/1 → credit/2" }).WaitForAsync();
        await page.Locator(".head .state", new() { HasTextString = "running" }).WaitForAsync();
        await ShowAsync(page, "rollout");
        await page.Locator(".head .state", new() { HasTextString = "succeeded" }).WaitForAsync();
        (await page.Locator(".ladder > li.done").CountAsync()).ShouldBeGreaterThan(1);
        (await page.GetByRole(AriaRole.Button, new() { Name = "Abort" }).CountAsync()).ShouldBe(0);
    }

    private static async Task AbortAsync(IPage page, FairleadClient client)
    {
        var rollout = await client.StartRolloutAsync(Request("1", "10m"));
        await page.GetByRole(AriaRole.Link, new() { Name = "Rollouts" }).First.ClickAsync();
        await page.Locator($"a[href='/rollouts/{rollout.Id}']").First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Abort" }).ClickAsync();
        await page.GetByLabel("Reason").FillAsync("seen enough");
        await ShowAsync(page, "abort");
        await page.Locator("#confirm").ClickAsync();
        await page.Locator(".head .state", new() { HasTextString = "rolled back" }).WaitForAsync();

        var ended = await client.GetRolloutAsync(rollout.Id);
        ended.Phase.ShouldBe("rolled back");
        ended.Reason!.ShouldContain("seen enough");
    }

    private static async Task SearchAsync(IPage page, Uri server)
    {
        await page.GotoAsync(server.AbsoluteUri);
        await page.GetByLabel("Find an endpoint").FillAsync("spare-4");
        await page.GetByRole(AriaRole.Link, new() { Name = "spare-3" }).WaitForAsync(
            new() { State = WaitForSelectorState.Detached });
        page.Url.ShouldEndWith("?q=spare-4");
        (await page.Locator("tbody tr").CountAsync()).ShouldBe(1);
    }

    /// <summary>Every page in both themes and on a phone: nothing that keeps people from using it.</summary>
    private static async Task LookAsync(IPage page, Uri server)
    {
        foreach (var theme in new[] { ColorScheme.Light, ColorScheme.Dark })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = theme });
            foreach (var (path, name) in new[]
            {
                ("/", "overview"), ("/rollouts/1", "rollout-over"), ("/rollouts", "rollouts"),
                ("/rollouts/new?endpoint=credit", "start"), ("/endpoints/credit", "endpoint"),
                ("/endpoints/credit?tab=try", "try"), ("/endpoints/credit?tab=schema", "schema"),
                ("/endpoints/credit?tab=predictions", "predictions"),
            })
            {
                await page.GotoAsync(new Uri(server, path).AbsoluteUri);
                await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
                await ShowAsync(page, $"{name}-{theme}".ToLowerInvariant());
                await HoldToAxeAsync(page, $"{path} in {theme}");
            }
        }

        await page.SetViewportSizeAsync(390, 844);
        foreach (var (path, name) in new[]
        {
            ("/", "overview"), ("/rollouts/1", "rollout"), ("/endpoints/credit", "endpoint"),
        })
        {
            await page.GotoAsync(new Uri(server, path).AbsoluteUri);
            await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
            await ShowAsync(page, $"{name}-phone");
            (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"))
                .ShouldBeTrue($"{path} is wider than a phone");
        }
    }

    private static async Task HoldToAxeAsync(IPage page, string where)
    {
        var result = await page.RunAxe();
        result.Violations.Where(each => each.Impact is "serious" or "critical")
            .Select(each =>
                $"{where}: {each.Id}, {each.Help}: {string.Join(" | ", each.Nodes.Select(node => node.Html))}")
            .ShouldBeEmpty();
    }

    private static Task ShowAsync(IPage page, string name) => page.ScreenshotAsync(
        new PageScreenshotOptions { Path = Path.Combine(Pictures, name + ".png"), FullPage = true });

    private static string Request(string version, string pause) => $$"""
        kind: Rollout
        endpoint: credit
        candidates: [{version: {{version}}}]
        steps: [{weight: 25%}, {pause: {{pause}}}, {weight: 50%}, {pause: {{pause}}}, {switch: {}}]
        guards: []
        """;
}
