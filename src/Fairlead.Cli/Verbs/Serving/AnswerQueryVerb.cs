using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Server.Records.Query;

namespace Fairlead.Cli.Verbs.Serving;

/// <summary>
/// Answers one question to the prediction log in this process, which the server starts as a child: the question comes
/// on standard input, the answer goes to standard output. Nothing that a person would call.
/// </summary>
internal static class AnswerQueryVerb
{
    public static Command Create(Terminal terminal) =>
        new Command("answer-query", "Answer a question to the prediction log in this process") { Hidden = true }
            .Runs(terminal, (call, _) =>
            {
                using var input = new StreamReader(call.Terminal.OpenInput());
                return Task.FromResult(QueryChild.Run(input, call.Terminal.Out, call.Terminal.Error));
            });
}
