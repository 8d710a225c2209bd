using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs;

/// <summary>Says which version this program is; the server's own is told by <c>status</c>.</summary>
internal static class VersionVerb
{
    private static string Number => typeof(VersionVerb).Assembly
        .GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public static Command Create(Terminal terminal) =>
        new Command("version", "Show the version of this program").Runs(terminal, (call, _) =>
        {
            var report = new VersionReport(
                Number, RuntimeInformation.FrameworkDescription, RuntimeInformation.RuntimeIdentifier);
            var text = $"fairlead {report.Version} ({report.Runtime}, {report.Platform})";
            call.Write(report, to => to.Out.WriteLine(text));
            return Task.CompletedTask;
        });
}

internal sealed record VersionReport(string Version, string Runtime, string Platform);
