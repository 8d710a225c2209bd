using Spectre.Console;

namespace Fairlead.Cli.Shell;

/// <summary>A progress bar for work that takes a while, where a person watches; silent everywhere else.</summary>
internal static class TransferProgress
{
    /// <summary>Less than this is over before a bar could be read.</summary>
    private const long WorthShowing = 4 << 20;

    /// <summary>Runs the work, which reports each part of the bytes that it has done.</summary>
    public static async Task ShowAsync(Terminal terminal, string label, long bytes, Func<Action<long>, Task> work)
    {
        if (!terminal.ErrorIsTerminal || bytes < WorthShowing)
        {
            await work(_ => { });
            return;
        }

        await Drawing.OnError(terminal).Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(),
                new TransferSpeedColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var task = progress.AddTask(label, maxValue: bytes);
                await work(part => task.Increment(part));
            });
    }
}
