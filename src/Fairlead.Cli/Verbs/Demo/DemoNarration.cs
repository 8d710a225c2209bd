using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client;
using Fairlead.Client.Api;
using Spectre.Console;

namespace Fairlead.Cli.Verbs.Demo;

/// <summary>
/// Tells a rollout while it happens: every event as a line, and on a terminal a table of arms and checks beneath.
/// </summary>
internal sealed class DemoNarration(Call call, FairleadClient client)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(400);

    private static readonly string[] Headings =
        ["check", "stable", "challenger", "samples", "difference", "interval", "verdict"];

    private long _told;

    /// <summary>Follows a rollout to its end.</summary>
    public async Task<RolloutInfo> FollowAsync(long id, CancellationToken cancellation)
    {
        if (!call.Terminal.ErrorIsTerminal)
            return await FollowAsync(id, call.Note, _ => { }, cancellation);

        RolloutInfo? ended = null;
        await Drawing.OnError(call.Terminal).Live(new Table()).AutoClear(true).StartAsync(async live =>
        {
            var lines = new Queue<string>();
            ended = await FollowAsync(
                id,
                line =>
                {
                    lines.Enqueue(line);
                    if (lines.Count > 8)
                        lines.Dequeue();
                },
                rollout => live.UpdateTarget(
                    new Spectre.Console.Rows(new Text(string.Join('\n', lines)), Table(rollout))),
                cancellation);
        });
        return ended!;
    }

    private async Task<RolloutInfo> FollowAsync(
        long id, Action<string> tell, Action<RolloutInfo> show, CancellationToken cancellation)
    {
        while (true)
        {
            var rollout = await client.GetRolloutAsync(id, cancellation);
            var events = await client.ListRolloutEventsAsync(id, new PageRequest { Limit = 100 }, cancellation);
            foreach (var happened in events.Items.Where(each => each.Id > _told).OrderBy(each => each.Id))
            {
                tell($"  {happened.When.ToLocalTime():HH:mm:ss} {happened.Kind,-11} {happened.Text}");
                _told = happened.Id;
            }

            show(rollout);
            if (rollout.EndedAt is not null)
                return rollout;
            await Task.Delay(Interval, cancellation);
        }
    }

    private static Table Table(RolloutInfo rollout)
    {
        var table = new Table().Border(TableBorder.Rounded).Title(
            Markup.Escape($"step {rollout.Step}, {rollout.Phase}: "
                + string.Join(", ", rollout.Arms.Select(arm => $"{arm.Name} {Number(arm.Weight * 100)} %"))));
        foreach (var heading in Headings)
            table.AddColumn(heading);
        foreach (var check in rollout.Checks.TakeLast(6))
        {
            table.AddRow(
                Markup.Escape(check.Name), Number(check.StableValue), Number(check.CandidateValue),
                $"{Number(check.StableUnits)} / {Number(check.CandidateUnits)}", Number(check.Estimate),
                $"{Number(check.Low)} to {Number(check.High)}", Coloured(check.Verdict));
        }

        return table;
    }

    private static string Coloured(string verdict) => verdict switch
    {
        "pass" => "[green]pass[/]",
        "fail" => "[red]fail[/]",
        _ => Markup.Escape(verdict),
    };

    private static string Number(double? value) => value?.ToString("0.####", CultureInfo.InvariantCulture) ?? "–";
}
