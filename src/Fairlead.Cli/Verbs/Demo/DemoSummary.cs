using System.Globalization;
using Fairlead.Cli.Shell;
using Spectre.Console;

namespace Fairlead.Cli.Verbs.Demo;

/// <summary>What the demo shows: progress while it runs, a summary, and lines to try next.</summary>
internal static class DemoSummary
{
    /// <summary>Runs the replay behind a progress bar, where a person watches.</summary>
    public static async Task<Replay> WithProgressAsync(Terminal terminal, int requests, Func<Action,
        Task<Replay>> replay)
    {
        if (!terminal.ErrorIsTerminal)
            return await replay(() => { });

        Replay? result = null;
        await Drawing.OnError(terminal).Progress().AutoClear(true).StartAsync(async progress =>
        {
            var task = progress.AddTask("Replaying held-out rows", maxValue: requests);
            result = await replay(() => task.Increment(1));
        });
        return result!;
    }

    /// <summary>
    /// Writes the summary; false when the served model did not give the figures of its training, or the rollout did not
    /// end as it should.
    /// </summary>
    public static bool Write(Call call, DemoReport report, DemoStory story, bool goesBack)
    {
        var good = DemoVerb.Reproduces(report);
        var ended = EndedWell(report.Rollout!, story, goesBack);
        call.Write(report, terminal =>
        {
            var (p50, p95, p99) = (report.P50Milliseconds, report.P95Milliseconds, report.P99Milliseconds);
            var facts = new (string, string)[]
            {
                ("requests", $"{report.Requests}, one row each, none failed"),
                ("accuracy", $"{Share(report.Accuracy)} (training: {Share(report.TrainedAccuracy)})"),
                ("AUC", $"{Share(report.Auc)} (training: {Share(report.TrainedAuc)})"),
                ("throughput", $"{Number(report.RequestsPerSecond, "0")} requests/s from 8 callers in this process"),
                ("latency", $"p50 {Latency(p50)}, p95 {Latency(p95)}, p99 {Latency(p99)}"),
                ("first answer", $"{Number(report.SecondsToFirstPrediction, "0.0")} s after the start"),
            };
            terminal.Out.WriteLine();
            terminal.Out.WriteLine($"{report.Endpoint}/{report.Version} on rows that it was not trained on");
            foreach (var (name, value) in facts)
                terminal.Out.WriteLine($"  {name,-13} {value}");
        });
        if (!good)
            call.Note("fairlead: the served model does not reproduce the figures of its training.");
        DemoRollout.Write(call, report.Rollout!);
        if (!ended)
        {
            call.Note(goesBack
                ? "fairlead: the broken version was to go back by itself, and did not."
                : "fairlead: the second version was to become champion, and did not.");
        }

        return good && ended;
    }

    /// <summary>
    /// The story that the demo promises: no caller met an error, and the good version is the champion; or the broken
    /// one went back for the reason that the story names, before a quarter of the callers met it.
    /// </summary>
    private static bool EndedWell(DemoRolloutReport rollout, DemoStory story, bool goesBack) =>
        rollout.Failed == 0 && (goesBack
        ? rollout is { Phase: "rolled back", Champion: 1, Reason: { } reason }
            && rollout.StableVersion == $"{story.Endpoint}/1"
            && story.Because.All(word => reason.Contains(word, StringComparison.Ordinal))
            && rollout.MetTheChallenger > 0 && rollout.MetTheChallenger < rollout.Requests / 4
        : rollout is { Phase: "succeeded", Champion: 2 } && rollout.StableVersion == $"{story.Endpoint}/2");

    public static void WriteInvitation(Call call, DemoReport report, DemoStory story)
    {
        call.Note("");
        call.Note("Try it:");
        call.Note($"  open {report.Http} in a browser: the console");
        var predict = $"{report.Http}/api/v1/endpoints/{report.Endpoint}/predict";
        call.Note($"  curl -s {predict} -d '{{\"rows\":[{story.Row}]}}'");
        call.Note($"  curl -s {report.Http}/v2/models/{report.Endpoint}");
        call.Note($"  curl -s {report.Http}/metrics | grep ^fairlead_requests");
        call.Note("It serves on until Ctrl-C.");
    }

    private static string Share(double value) => Number(value, "0.0000");

    private static string Latency(double milliseconds) => Number(milliseconds, "0.00") + " ms";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
