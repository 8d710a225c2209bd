using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Outcomes;

/// <summary>What turned out for predictions.</summary>
internal static class OutcomesVerb
{
    public static Command Create(Terminal terminal) => new("outcomes", "Report what turned out, and see what has come")
    {
        OutcomesSend.Create(terminal),
        OutcomesShow.Create(terminal),
    };
}
