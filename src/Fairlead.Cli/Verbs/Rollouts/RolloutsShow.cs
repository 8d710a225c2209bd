using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Rollouts;

/// <summary>Shows one rollout, once or until it is over.</summary>
internal static class RolloutsShow
{
    private const int LastEvents = 10;

    /// <summary>Looks of a check that make its line for a person.</summary>
    private const int LineLooks = 40;

    /// <summary>More than are kept: a program gets everything.</summary>
    private const int AllLooks = 10_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static Command Create(Terminal terminal)
    {
        var id = RolloutsVerb.Id();
        var watch = new Option<bool>("--watch")
        {
            Description = "Show it anew with every change until it is over; exit code 8 when it went back",
        };
        var events = new Option<bool>("--events") { Description = "Also show what happened last" };
        return new Command("show", "Show a rollout: steps, traffic and every check with its numbers")
        { id, watch, events }
            .Runs(terminal, async (call, cancellation) =>
            {
                if (call.Value(watch))
                    return await WatchAsync(call, call.Value(id), cancellation);

                var rollout = await call.Client.GetRolloutAsync(
                    call.Value(id), call.Json ? AllLooks : LineLooks, cancellation);
                call.Write(rollout, to => RolloutText.Show(rollout, to));
                if (call.Value(events) && !call.Json)
                    await ShowEventsAsync(call, rollout.Id, cancellation);
                return ExitCodes.Ok;
            });
    }

    /// <summary>Paints over what was there on a terminal; for a program, writes one line a change.</summary>
    private static async Task<int> WatchAsync(Call call, long id, CancellationToken cancellation)
    {
        var repaints = call.Terminal.OutIsTerminal && call.Terminal.Colours;
        var shown = -1L;
        while (true)
        {
            var rollout = await call.Client.GetRolloutAsync(id, repaints ? LineLooks : 0, cancellation);
            if (rollout.Revision != shown)
            {
                shown = rollout.Revision;
                if (call.Json)
                    call.Terminal.Out.WriteLine(CliJson.Write(rollout, CliJson.Compact));
                else if (repaints)
                    await RepaintAsync(call, rollout, cancellation);
                else
                    call.Terminal.Out.WriteLine(Listing.Cell(Line(rollout)));
            }

            if (rollout.EndedAt is not null)
                return rollout.Phase == "succeeded" ? ExitCodes.Ok : ExitCodes.RolledBack;
            await Task.Delay(Interval, call.Terminal.Clock, cancellation);
        }
    }

    private static async Task RepaintAsync(Call call, RolloutInfo rollout, CancellationToken cancellation)
    {
        // Home, and clear to the end of the screen: less flicker than clearing first.
        call.Terminal.Out.Write("\u001b[H\u001b[J");
        RolloutText.Show(rollout, call.Terminal);
        await ShowEventsAsync(call, rollout.Id, cancellation);
    }

    private static string Line(RolloutInfo rollout) =>
        $"{rollout.Phase}, step {RolloutText.StepOf(rollout)}: {RolloutText.Traffic(rollout)}"
        + (rollout.Reason is null ? "" : $" ({rollout.Reason})");

    private static async Task ShowEventsAsync(Call call, long id, CancellationToken cancellation)
    {
        var events = await call.Client.ListRolloutEventsAsync(id, new PageRequest(LastEvents, null), cancellation);
        var list = new Listing("when", "who", "what", "text");
        foreach (var each in events.Items)
            list.Add(each.When, each.Who, each.Kind, each.Text);
        call.Terminal.Out.WriteLine();
        list.Write(call.Terminal);
    }
}
