using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Receivers;

/// <summary>Lists the receivers, without what is secret of them.</summary>
internal static class ReceiversList
{
    public static Command Create(Terminal terminal) =>
        new Command("list", "List whom alerts are told to").Runs(terminal, async (call, cancellation) =>
        {
            var receivers = await Pages.AllAsync(page => call.Client.ListReceiversAsync(page, cancellation));
            call.Write(receivers, to => Show(receivers.Items, to));
        });

    private static void Show(IReadOnlyList<ReceiverInfo> receivers, Terminal to)
    {
        var list = new Listing("name", "type", "target", "grouped by", "changed");
        foreach (var each in receivers)
        {
            list.Add(each.Name, each.Type, each.Target, string.Join(", ", each.Settings.GroupBy), each.ChangedAt);
        }

        list.Write(to, "There is no receiver yet. Write one (kind: Receiver), give it to 'fairlead apply -f FILE', and "
            + "name it in monitors under 'notify'.");
    }
}
