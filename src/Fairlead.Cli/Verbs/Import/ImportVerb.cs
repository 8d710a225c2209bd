using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Import;

/// <summary>Brings over what other systems hold.</summary>
internal static class ImportVerb
{
    public static Command Create(Terminal terminal) => new("import", "Bring over what another system holds")
    {
        ImportMlflow.Create(terminal),
    };
}
