using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Models;

/// <summary>Models, their versions and aliases.</summary>
internal static class ModelsVerb
{
    public static Command Create(Terminal terminal) => new("models", "Register and manage models and their versions")
    {
        ModelsRegister.Create(terminal),
        ModelsList.Create(terminal),
        ModelsShow.Create(terminal),
        ModelsHistory.Create(terminal),
        ModelsSign.Create(terminal),
        ModelsVerify.Create(terminal),
        ModelsTag.Create(terminal),
        ModelsAlias.Create(terminal),
        ModelsDelete.Create(terminal),
        ModelsRelease.Create(terminal),
        ModelsCollect.Create(terminal),
    };
}
