using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Serving.Scoring;

namespace Fairlead.Cli.Verbs.Serving;

/// <summary>
/// Asks a model about rows in this process, which the server starts as a child: the rows come on standard input, the
/// answers go to standard output. Nothing that a person would call.
/// </summary>
internal static class ScoreVerb
{
    public static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("file") { Description = "The model file" };
        return new Command("score", "Ask a model file about rows in this process")
        { Hidden = true, Arguments = { file } }
            .Runs(terminal, async (call, _) =>
            {
                using var input = new StreamReader(call.Terminal.OpenInput());
                return await ScoreChild.RunAsync(
                    call.Value(file), input, call.Terminal.Out, call.Terminal.Error, call.Terminal.Clock);
            });
    }
}
