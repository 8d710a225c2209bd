using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs;

/// <summary>Says which version this program is; the server's own is told by <c>status</c>.</summary>
internal static class VersionVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("version", "Show the version of this program");
        command.Runs(terminal, (call, _) =>
        {
            var version = new VersionReport(Number, RuntimeInformation.FrameworkDescription, RuntimeInformation.RuntimeIdentifier);
            call.Write(version, () => terminal.Out.WriteLine($"fairlead {version.Version} ({version.Runtime}, {version.Platform})"));
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    private static string Number =>
        typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private sealed record VersionReport(string Version, string Runtime, string Platform);
}
