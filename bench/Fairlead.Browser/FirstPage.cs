namespace Fairlead.Browser;

/// <summary>What somebody waits for who opens the console for the first time: the browser holds nothing yet.</summary>
internal static class FirstPage
{
    /// <summary>
    /// Milliseconds from the start of the navigation to the first byte, to the first words on the screen, and to the
    /// moment when the page answers; bytes and requests of all that was fetched until then, compressed as sent.
    /// </summary>
    private const string Timings =
        """
        () => {
            const page = performance.getEntriesByType('navigation')[0];
            const fetched = performance.getEntriesByType('resource');
            const painted = performance.getEntriesByName('first-contentful-paint')[0];
            return [page.responseStart, painted ? painted.startTime : 0, window.answersAt,
                page.transferSize + fetched.reduce((sum, each) => sum + each.transferSize, 0), 1 + fetched.length];
        }
        """;

    /// <summary>Runs before the page does.</summary>
    private const string Watch =
        """
        new MutationObserver(() => {
            if (!window.answersAt && document.querySelector('main:not([aria-busy])'))
                window.answersAt = performance.now();
        }).observe(document, { subtree: true, childList: true, attributes: true });
        """;

    public static async Task<object> MeasureAsync(Viewer viewer, int rounds)
    {
        List<double[]> all = [];
        for (var round = 0; round < rounds; round++)
        {
            var context = await viewer.SignInAsync();
            var page = await context.NewPageAsync();
            await page.AddInitScriptAsync(Watch);
            await viewer.GoAsync(page, "/");
            all.Add(await page.EvaluateAsync<double[]>(Timings));
            await context.CloseAsync();
        }

        return new
        {
            firstByte = Of(0),
            painted = Of(1),
            answers = Of(2),
            bytes = Of(3),
            requests = Of(4),
        };

        double[] Of(int place) => [.. all.Select(each => each[place])];
    }
}
