using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs;

/// <summary>Ties a verb to its code, and turns everything that can go wrong into a sentence and an exit code.</summary>
internal static class VerbRun
{
    public static Command Runs(this Command command, Terminal terminal, Func<Call, CancellationToken, Task<int>> run)
    {
        command.SetAction(async (parsed, cancellation) =>
        {
            var call = new Call(parsed, terminal);
            try
            {
                return await run(call, cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                terminal.Error.WriteLine("fairlead: interrupted.");
                return ExitCodes.Interrupted;
            }
            catch (Exception failure)
            {
                return Failures.Explain(failure, call.Server, terminal);
            }
        });
        return command;
    }

    /// <summary>For verbs that either succeed or throw.</summary>
    public static Command Runs(this Command command, Terminal terminal, Func<Call, CancellationToken, Task> run) =>
        command.Runs(terminal, async (call, cancellation) =>
        {
            await run(call, cancellation);
            return ExitCodes.Ok;
        });
}
