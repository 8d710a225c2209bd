using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Alerts;

/// <summary>Keeps alerts from people for a while.</summary>
internal static class AlertsSilence
{
    public static Command Create(Terminal terminal)
    {
        var match = Options.Of<string[]>(
            "--match", "label=value", "Which alerts; also !=, =~pattern and !~pattern (repeatable, all must match)");
        match.Required = true;
        var length = Options.Duration("--for", "For how long, such as 2h");
        length.Required = true;
        var comment = Options.Of<string>("--comment", "text", "Why");
        comment.Required = true;
        return new Command("silence", "Keep alerts from people for a while; they stay visible")
        { match, length, comment }.Runs(terminal, async (call, cancellation) =>
        {
            var silence = await call.Client.CreateSilenceAsync(new SilenceRequest
            {
                Matchers = call.Value(match),
                EndsAt = terminal.Clock.GetUtcNow() + (call.Value(length) ?? TimeSpan.Zero),
                Comment = call.Value(comment),
            }, cancellation);
            call.Write(silence, to =>
            {
                to.Out.WriteLine(silence.Id);
                call.Note($"Silence {silence.Id} holds until {Listing.Cell(silence.EndsAt)}; "
                    + $"end it before by: fairlead alerts unsilence {silence.Id}");
            });
        });
    }
}
