using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Alerts;

/// <summary>Says that one looks after an alert.</summary>
internal static class AlertsAck
{
    public static Command Create(Terminal terminal)
    {
        var id = AlertsVerb.Id();
        var comment = Options.Of<string>("--comment", "text", "What you do about it");
        comment.Required = true;
        return new Command("ack", "Look after a firing alert: nobody is told again until it ends") { id, comment }
            .Runs(terminal, async (call, cancellation) =>
            {
                var alert = await call.Client.AckAlertAsync(call.Value(id), call.Value(comment), cancellation);
                call.Write(alert, _ =>
                    call.Note($"You look after alert {alert.Id}; it is not told again until it ends."));
            });
    }
}
