using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Runs;

/// <summary>Tracked trainings.</summary>
internal static class RunsVerb
{
    public static Command Create(Terminal terminal) => new("runs", "Look at tracked trainings, compare and export them")
    {
        RunsList.Create(terminal),
        RunsShow.Create(terminal),
        RunsCompare.Create(terminal),
        RunsExport.Create(terminal),
        RunsNote.Create(terminal),
    };
}
