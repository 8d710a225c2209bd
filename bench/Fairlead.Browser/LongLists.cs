using System.Diagnostics;
using Microsoft.Playwright;

namespace Fairlead.Browser;

/// <summary>Lists that are much longer than a screen, as they feel.</summary>
internal static class LongLists
{
    /// <summary>Turns the wheel down for three seconds and tells the milliseconds between frames.</summary>
    private const string Frames =
        """
        () => new Promise(done => {
            const frames = [];
            let last = performance.now();
            const start = last;
            const next = now => {
                frames.push(now - last);
                last = now;
                if (now - start < 3000)
                    requestAnimationFrame(next);
                else
                    done(frames);
            };
            requestAnimationFrame(next);
        })
        """;

    public static async Task<object> EndpointsAsync(Viewer viewer)
    {
        var page = await (await viewer.SignInAsync()).NewPageAsync();
        var shown = await TimeAsync(() => viewer.GoAsync(page, "/"));
        var frames = await ScrollAsync(page, "table.folding");
        await page.EvaluateAsync("scrollTo(0, 0)");
        var found = await TimeAsync(async () =>
        {
            await page.GetByLabel("Find an endpoint").FillAsync("endpoint-0777");
            await page.WaitForFunctionAsync("document.querySelectorAll('tbody th a').length === 1");
        });
        return new { shown, found, frames };
    }

    public static async Task<object> RunsAsync(Viewer viewer, string experiment)
    {
        var page = await (await viewer.SignInAsync()).NewPageAsync();
        var shown = await TimeAsync(async () =>
        {
            await viewer.GoAsync(page, $"/runs/experiments/{experiment}");
            await page.Locator("tbody th a").First.WaitForAsync();
        });
        var first = await page.Locator("tbody th a").First.TextContentAsync();
        var frames = await ScrollAsync(page, ".tablecard.tall");
        var sorted = await TimeAsync(async () =>
        {
            await page.GetByRole(AriaRole.Link, new() { Name = "Sort by loss" }).ClickAsync();
            await page.WaitForFunctionAsync($"document.querySelector('tbody th a').textContent !== '{first}'");
        });
        var filtered = await TimeAsync(async () =>
        {
            await page.GetByLabel("Filter, in MLflow's search language").FillAsync("params.depth = '3'");
            await page.Keyboard.PressAsync("Enter");
            await page.WaitForFunctionAsync("location.search.includes('filter')");
            await page.WaitForFunctionAsync(
                "[...document.querySelectorAll('tbody tr td.cut:last-child')].every(each => each.textContent === '3')");
        });
        return new { shown, sorted, filtered, frames };
    }

    private static async Task<double[]> ScrollAsync(IPage page, string list)
    {
        await page.Locator(list).First.HoverAsync();
        var frames = page.EvaluateAsync<double[]>(Frames);
        for (var clock = Stopwatch.StartNew(); clock.ElapsedMilliseconds < 2900;)
        {
            await page.Mouse.WheelAsync(0, 300);
            await Task.Delay(30);
        }

        return await frames;
    }

    private static async Task<double> TimeAsync(Func<Task> what)
    {
        var clock = Stopwatch.StartNew();
        await what();
        return clock.Elapsed.TotalMilliseconds;
    }
}
