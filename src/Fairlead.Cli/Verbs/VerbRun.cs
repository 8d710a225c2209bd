using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs;

/// <summary>Ties a verb to its code, and turns everything that can go wrong into a sentence and an exit code.</summary>
internal static class VerbRun
{
    public static void Runs(this Command command, Terminal terminal, Func<Call, CancellationToken, Task<int>> run) =>
        command.SetAction(async (parsed, cancellation) =>
        {
            try
            {
                return await run(new Call(parsed, terminal), cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                terminal.Error.WriteLine("fairlead: interrupted.");
                return ExitCodes.Interrupted;
            }
            catch (Exception failure)
            {
                return Failures.Explain(failure, terminal);
            }
        });
}
