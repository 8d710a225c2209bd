using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Schemas;

/// <summary>Schemas of endpoints.</summary>
internal static class SchemaVerb
{
    public static Command Create(Terminal terminal) =>
        new("schema", "Infer what an endpoint's inputs may be, and hold what it was asked to it")
        {
            SchemaInfer.Create(terminal),
            SchemaCheck.Create(terminal),
        };
}
