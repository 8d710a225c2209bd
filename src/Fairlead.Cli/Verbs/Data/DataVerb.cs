using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Data;

/// <summary>Datasets and their versions.</summary>
internal static class DataVerb
{
    public static Command Create(Terminal terminal) =>
        new("data", "Register the data that models are made with, and compare it")
        {
            DataRegister.Create(terminal),
            DataList.Create(terminal),
            DataShow.Create(terminal),
            DataDiff.Create(terminal),
        };
}
