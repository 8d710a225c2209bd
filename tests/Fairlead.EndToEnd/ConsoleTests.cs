using System.Net.Http.Json;
using System.Text.Json;
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

    private static readonly (string Path, string Name)[] Pages =
    [
        ("/", "overview"), ("/rollouts/1", "rollout-over"), ("/rollouts", "rollouts"),
        ("/rollouts/new?endpoint=credit", "start"), ("/endpoints/credit", "endpoint"),
        ("/endpoints/credit?tab=try", "try"), ("/endpoints/credit?tab=schema", "schema"),
        ("/endpoints/credit?tab=predictions", "predictions"), ("/models", "models"),
        ("/models/credit?compare=1,2", "model"), ("/models/credit/versions/1", "version"),
        ("/promotions", "promotions"), ("/datasets", "datasets"), ("/runs", "runs"),
        ("/monitoring", "monitoring"), ("/monitoring/drift/credit", "drift"),
        ("/monitoring/quality/credit?outcome=label", "quality"), ("/value", "value"),
        ("/administration", "server"), ("/administration?tab=keys", "keys"), ("/administration?tab=audit", "audit"),
    ];

    /// <summary>What people open at night, and on a phone.</summary>
    private static readonly string[] OnCall = ["overview", "rollout-over", "endpoint", "monitoring"];

    [Fact]
    public async Task Console_InABrowser_FollowsARolloutAbortsOneAndFindsAnEndpoint()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(
            folder.Path, new Dictionary<string, string> { ["FAIRLEAD_ADMIN_KEY"] = AdminKey });
        var client = FairleadClient.Connect(server.Http, AdminKey);
        await PrepareAsync(server.Http, client);
        using var traffic = new CancellationTokenSource();
        var asking = AskAsync(client, traffic.Token);

        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium-headless-shell",

            // There is no graphics card; one that is only imitated takes time and shows nothing else.
            Args = ["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer"],
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
        await CompareAsync(page, server.Http);
        await LookAsync(page, server.Http);
        await FindDriftAsync(page, server.Http);
        faults.ShouldBeEmpty();

        await traffic.CancelAsync();
        await asking;
    }

    private static async Task PrepareAsync(Uri server, FairleadClient client)
    {
        var registered = await BuiltProgram.RunAsync(
            TimeSpan.FromMinutes(1), new Dictionary<string, string> { ["FAIRLEAD_KEY"] = AdminKey },
            "data", "register", "loans", Path.Combine(BuiltProgram.Root, "samples", "credit", "heldout.csv"),
            "--labels", "Status", "--server", server.AbsoluteUri);
        registered.ExitCode.ShouldBe(0, registered.Error);
        await Credit.RegisterAsync(client, "logistic", "loans/1");
        await Credit.RegisterAsync(client, "boosted");
        await Credit.ServeAsync(client, (1, 1));
        for (var i = 0; i < 6; i++)
        {
            await client.PutEndpointAsync($"spare-{i}", new PutEndpointRequest
            {
                Variants = [new VariantRequest { Name = "stable", Model = Credit.Name, Version = 1 }],
            });
        }

        // As many as a comparison with the training data needs, however soon another version takes its place.
        for (var i = 0; i < 200; i++)
            await Credit.AskAsync(client);
    }

    private static async Task AskAsync(FairleadClient client, CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await Credit.AskAsync(client);
            await Task.Delay(50, CancellationToken.None);
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
        var abort = page.Locator(".head").GetByRole(AriaRole.Button, new() { Name = "Abort" });
        await abort.ClickAsync();
        await page.GetByLabel("Reason").WaitForAsync();

        // Who leaves the question is where he was, with the keyboard too.
        await page.Keyboard.PressAsync("Escape");
        await page.Locator("dialog.asking").WaitForAsync(new() { State = WaitForSelectorState.Detached });
        await Assertions.Expect(abort).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");
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
        await GoAsync(page, server, "/");
        await page.GetByLabel("Find an endpoint").FillAsync("spare-4");
        await page.GetByRole(AriaRole.Link, new() { Name = "spare-3" }).WaitForAsync(
            new() { State = WaitForSelectorState.Detached });
        page.Url.ShouldEndWith("?q=spare-4");
        (await page.Locator("tbody tr").CountAsync()).ShouldBe(1);
    }

    /// <summary>Two runs that an MLflow client tracked are found, chosen and put side by side.</summary>
    private static async Task CompareAsync(IPage page, Uri server)
    {
        using var mlflow = new HttpClient { BaseAddress = new Uri(server, "/api/2.0/mlflow/") };
        mlflow.DefaultRequestHeaders.Add("Authorization", $"Bearer {AdminKey}");
        foreach (var (name, depth, loss) in new[] { ("shallow", "2", 0.9), ("deep", "8", 0.4) })
        {
            var made = await SendAsync(mlflow, "runs/create", new { experiment_id = "0", run_name = name });
            var run = made.RootElement.GetProperty("run").GetProperty("info").GetProperty("run_id").GetString();
            var values = Enumerable.Range(0, 20).Select(step => new
            {
                key = "loss",
                value = loss + 1.0 / (step + 1),
                timestamp = 1_700_000_000_000 + step,
                step,
            });
            var depths = new[] { new { key = "depth", value = depth } };
            await SendAsync(mlflow, "runs/log-batch", new { run_id = run, metrics = values, @params = depths });
        }

        await page.GetByRole(AriaRole.Link, new() { Name = "Runs" }).First.ClickAsync();
        await page.GetByLabel("Filter, in MLflow's search language").FillAsync("params.depth = '8'");
        await page.Keyboard.PressAsync("Enter");
        await page.GetByRole(AriaRole.Link, new() { Name = "shallow" }).WaitForAsync(
            new() { State = WaitForSelectorState.Detached });
        await GoAsync(page, server, "/runs");
        await page.GetByLabel("Compare shallow").CheckAsync();
        await page.GetByLabel("Compare deep").CheckAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare 2" }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new() { Name = "Parameters that differ" }).WaitForAsync();
        await page.Locator("figure.chart[data-name='loss']").WaitForAsync();
        await ShowAsync(page, "compare");
    }

    private static async Task<JsonDocument> SendAsync(HttpClient mlflow, string call, object body)
    {
        using var answer = await mlflow.PostAsJsonAsync(call, body);
        answer.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Every page, some also in the dark and on a phone: nothing that keeps people from using it.</summary>
    private static async Task LookAsync(IPage page, Uri server)
    {
        List<string> found = [];
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
        foreach (var (path, name) in Pages)
            found.AddRange(await LookAsync(page, server, path, name));
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        foreach (var (path, name) in Pages.Where(each => OnCall.Contains(each.Name)))
            found.AddRange(await LookAsync(page, server, path, name + "-dark"));
        found.ShouldBeEmpty();

        await page.SetViewportSizeAsync(390, 844);
        foreach (var (path, name) in Pages.Where(each => OnCall.Contains(each.Name)))
        {
            await GoAsync(page, server, path);
            await ShowAsync(page, name + "-phone");
            (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"))
                .ShouldBeTrue($"{path} is wider than a phone");
        }
    }

    /// <summary>Takes a picture of a page and tells what axe finds serious on it.</summary>
    private static async Task<IEnumerable<string>> LookAsync(IPage page, Uri server, string path, string name)
    {
        await GoAsync(page, server, path);
        await page.GetByRole(AriaRole.Heading, new() { Level = 1 }).WaitForAsync();
        await ShowAsync(page, name);
        var result = await page.RunAxe();
        return result.Violations.Where(each => each.Impact is "serious" or "critical")
            .Select(each =>
                $"{name}: {each.Id}, {each.Help}: {string.Join(" | ", each.Nodes.Select(node => node.Html))}");
    }

    /// <summary>Goes to a page and waits until it answers.</summary>
    private static async Task GoAsync(IPage page, Uri server, string path)
    {
        await page.GotoAsync(new Uri(server, path).AbsoluteUri);
        await page.Locator("main:not([aria-busy])").WaitForAsync();
    }

    /// <summary>What was asked enters a window some seconds after its minute, and later on a busy machine.</summary>
    private static async Task ReloadUntilAsync(IPage page, ILocator wanted)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await wanted.WaitForAsync(new() { Timeout = 15_000 });
                return;
            }
            catch (TimeoutException) when (tries < 8)
            {
                await page.ReloadAsync();
            }
        }
    }

    /// <summary>
    /// Everybody who asked has the same age, which the people that the model learnt from have not: the column is found,
    /// with both distributions over each other, and so is what came of that data.
    /// </summary>
    private static async Task FindDriftAsync(IPage page, Uri server)
    {
        await page.SetViewportSizeAsync(1280, 900);
        await GoAsync(page, server, "/monitoring");
        await page.GetByRole(AriaRole.Link, new() { Name = "drift", Exact = true }).First.ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Against training data" }).ClickAsync();
        var name = page.GetByRole(AriaRole.Button, new() { Name = "Age", Exact = true });
        var age = page.Locator("tr", new() { Has = name }).First;
        await ReloadUntilAsync(page, age.Locator(".state", new() { HasTextString = "drift" }));
        if (await name.First.GetAttributeAsync("aria-expanded") != "true")
            await name.First.ClickAsync();
        await page.Locator("figure.chart[data-name='Age']").WaitForAsync();
        await ShowAsync(page, "drifted");

        await GoAsync(page, server, "/datasets/loans");
        await page.Locator(".lineage a", new() { HasTextString = "credit/1" }).WaitForAsync();
        await ShowAsync(page, "dataset");
    }

    private static Task ShowAsync(IPage page, string name) => page.ScreenshotAsync(
        new PageScreenshotOptions { Path = Path.Combine(Pictures, name + ".png"), FullPage = true });

    private static string Request(string version, string pause) => $$$"""
        kind: Rollout
        endpoint: credit
        candidates: [{version: {{{version}}}}]
        steps: [{weight: 25%}, {pause: {{{pause}}}}, {weight: 50%}, {pause: {{{pause}}}}, {switch: {}}]
        guards: []
        """;
}
