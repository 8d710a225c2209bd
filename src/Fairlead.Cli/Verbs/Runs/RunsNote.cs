using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Runs;

/// <summary>Writes about a run.</summary>
internal static class RunsNote
{
    public static Command Create(Terminal terminal)
    {
        var id = new Argument<string>("run") { Description = "The run's id" };
        var text = new Argument<string?>("text")
        {
            Description = "The note, in Markdown; empty removes it",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var file = Options.Of<string?>("--file", "file", "A file that holds the note");
        return new Command("note", "Write the note of a run, in Markdown") { id, text, file }
            .Runs(terminal, async (call, cancellation) =>
            {
                var (written, path) = (call.Value(text), call.Value(file));
                if (written is null == path is null)
                    throw new CliException(ExitCodes.Usage, "Give the note as a text, or a --file that holds it.");
                var note = written ?? await File.ReadAllTextAsync(path!, cancellation);
                var run = await call.Client.PutRunNoteAsync(call.Value(id), note, cancellation);
                call.Write(run, to => to.Error.WriteLine($"Wrote the note of {run.Name}."));
            });
    }
}
