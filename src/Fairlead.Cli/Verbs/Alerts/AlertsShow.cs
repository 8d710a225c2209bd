using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Alerts;

/// <summary>Shows an alert, what happened to it and who was told of it.</summary>
internal static class AlertsShow
{
    public static Command Create(Terminal terminal)
    {
        var id = AlertsVerb.Id();
        return new Command("show", "Show an alert, what happened to it and who was told") { id }
            .Runs(terminal, async (call, cancellation) =>
            {
                var alert = await call.Client.GetAlertAsync(call.Value(id), cancellation);
                call.Write(alert, to => Show(alert, to));
            });
    }

    private static void Show(AlertDetail alert, Terminal to)
    {
        to.Out.WriteLine(Listing.Cell($"{alert.Id}  {alert.State} since {Listing.Cell(alert.Since)}: {alert.Why}"));
        foreach (var (name, value) in alert.Labels)
            to.Out.WriteLine(Listing.Cell($"  {name}: {value}"));
        if (alert.Ack is { } ack)
            to.Out.WriteLine(Listing.Cell($"  {ack.By} looks after it since {Listing.Cell(ack.At)}: {ack.Comment}"));
        if (AlertText.HeldBack(alert) is { Length: > 0 } held)
            to.Out.WriteLine(Listing.Cell($"  not told: {held}"));
        to.Out.WriteLine(Listing.Cell(alert.Receivers.Count == 0
            ? "  told to nobody: its monitor names no receiver"
            : $"  told to {string.Join(", ", alert.Receivers)}"));

        to.Out.WriteLine();
        var changes = new Listing("change", "when", "from", "to", "why");
        foreach (var each in alert.Transitions)
            changes.Add(each.Number, each.At, each.From, each.To, each.Why);
        changes.Write(to);

        to.Out.WriteLine();
        var messages = new Listing("message", "receiver", "told", "status", "attempts", "made", "ended", "why");
        foreach (var each in alert.Deliveries)
        {
            messages.Add(each.Id, each.Receiver, each.ToldFiring ? "firing" : "the end", each.Status, each.Attempts,
                each.CreatedAt, each.EndedAt, each.Why);
        }

        messages.Write(to);
    }
}
