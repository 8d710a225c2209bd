using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Audit;

/// <summary>Shows the newest link of the chain, to be noted where nobody who can change the log can reach it.</summary>
internal static class AuditHead
{
    public static Command Create(Terminal terminal) =>
        new Command("head", "Show the newest link of the audit log's chain: note it elsewhere").Runs(
            terminal, async (call, cancellation) =>
            {
                var head = await call.Client.GetAuditHeadAsync(cancellation);
                call.Write(head, to => to.Out.WriteLine($"{head.Sequence}:{head.Hash}"));
                if (head.Unsealed > 0)
                    call.Note($"{head.Unsealed} newer entries are not sealed yet.");
            });
}
