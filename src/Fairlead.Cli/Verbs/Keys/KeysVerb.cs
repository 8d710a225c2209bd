using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Keys;

/// <summary>API keys.</summary>
internal static class KeysVerb
{
    public static Command Create(Terminal terminal) => new("keys", "Manage API keys")
    {
        KeysCreate.Create(terminal),
        KeysList.Create(terminal),
        KeysRevoke.Create(terminal),
        KeysRecover.Create(terminal),
    };
}
