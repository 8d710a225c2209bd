using Microsoft.Playwright;

namespace Fairlead.Browser;

/// <summary>Debian's Chromium, the build without windows, signed in to a console.</summary>
internal sealed class Viewer : IAsyncDisposable
{
    /// <summary>The page answers: its circuit is there.</summary>
    private const string Answers = "main:not([aria-busy])";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;
    private readonly Uri _server;
    private readonly string _key;

    private Viewer(IPlaywright playwright, IBrowser browser, Uri server, string key) =>
        (_playwright, _browser, _server, _key) = (playwright, browser, server, key);

    public static async Task<Viewer> StartAsync(Uri server, string key)
    {
        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = "/usr/bin/chromium-headless-shell",
            Args = ["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer"],
        });
        return new Viewer(playwright, browser, server, key);
    }

    /// <summary>A browser that has seen nothing yet but the form of signing in, and has a session.</summary>
    public async Task<IBrowserContext> SignInAsync()
    {
        var context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = 1280, Height = 900 },

            // What is waited for is asked of the page in words of its own.
            BypassCSP = true,
        });
        var answer = await context.APIRequest.PostAsync(new Uri(_server, "/sign-in/enter").AbsoluteUri, new()
        {
            Form = context.APIRequest.CreateFormData().Set("key", _key).Set("to", "/"),
            MaxRedirects = 0,
        });
        if (answer.Status is not (302 or 303) || answer.Headers["location"].Contains("sign-in"))
            throw new InvalidOperationException($"Signing in was answered by {answer.Status}.");
        return context;
    }

    /// <summary>Goes to a page and waits until it answers.</summary>
    public async Task GoAsync(IPage page, string path)
    {
        await page.GotoAsync(new Uri(_server, path).AbsoluteUri);
        await page.Locator(Answers).WaitForAsync();
    }

    /// <summary>Opens the overview so many times and leaves it open.</summary>
    public async Task OpenAsync(int count)
    {
        var context = await SignInAsync();
        for (var i = 0; i < count; i++)
            await GoAsync(await context.NewPageAsync(), "/");
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
