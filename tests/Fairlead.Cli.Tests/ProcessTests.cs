using System.Diagnostics;
using System.Runtime.InteropServices;
using Fairlead.Cli.Tests.Wire;

namespace Fairlead.Cli.Tests;

/// <summary>What can only be seen of the built program: completion in a real shell, signals, what it loads.</summary>
public sealed partial class ProcessTests
{
    private const int Interrupt = 2;

    private static readonly string BuiltProgram = Path.Combine(AppContext.BaseDirectory, "fairlead");

    [Theory]
    [InlineData("mod", "models")]
    [InlineData("models reg", "models register")]
    [InlineData("keys create ci --role vie", "keys create ci --role viewer")]
    [InlineData("predict credit --outp", "predict credit --output")]
    [InlineData("predict credit --output cs", "predict credit --output csv")]
    [InlineData("completion ba", "completion bash")]
    public async Task Bash_CompletesTheWordUnderTheCursor(string typed, string completed)
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "needs bash");

        // Drives the function the way readline does: words, index of the word, line, position in it.
        var script = $$"""
            set -u
            source <("{{BuiltProgram}}" completion bash)
            complete -p fairlead > /dev/null
            COMP_LINE="{{BuiltProgram}} {{typed}}"
            COMP_POINT=${#COMP_LINE}
            read -ra COMP_WORDS <<< "$COMP_LINE"
            COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 ))
            _fairlead
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var (exitCode, output, error) = await RunAsync("/bin/bash", ["-c", script]);

        exitCode.ShouldBe(0, error);
        output.Trim().ShouldBe(completed.Split(' ')[^1]);
    }

    [Fact]
    public async Task Bash_AfterASpace_OffersTheVerbs()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "needs bash");

        var script = $$"""
            source <("{{BuiltProgram}}" completion bash)
            COMP_LINE="{{BuiltProgram}} models "
            COMP_POINT=${#COMP_LINE} COMP_WORDS=("{{BuiltProgram}}" models "") COMP_CWORD=2
            _fairlead
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var (_, output, _) = await RunAsync("/bin/bash", ["-c", script]);

        output.Split('\n').ShouldContain("register");
        output.Split('\n').ShouldNotContain("predict");
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("powershell")]
    public async Task CompletionScripts_AskTheProgram(string shell)
    {
        var result = await Line.RunAsync(["completion", shell]);

        result.ExitCode.ShouldBe(ExitCodes.Ok);
        result.Out.ShouldContain("[suggest:");
    }

    [Fact]
    public async Task CtrlC_WhileWaiting_EndsWith130AndTheWebServerWasNeverLoaded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs signals and /proc");
        var asked = new TaskCompletionSource();
        await using var server = (await FakeServer.StartAsync()).On("GET /api/v1/models", async (context, _) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var program = Start(BuiltProgram, ["models", "list", "--server", server.Address]);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        var loaded = await File.ReadAllTextAsync($"/proc/{program.Id}/maps", TestContext.Current.CancellationToken);
        Kill(program.Id, Interrupt).ShouldBe(0);
        await program.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30));

        program.ExitCode.ShouldBe(ExitCodes.Interrupted);
        (await program.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken))
            .ShouldBe("fairlead: interrupted.\n");
        loaded.ShouldContain("System.CommandLine.dll");
        loaded.ShouldNotContain("Microsoft.AspNetCore");
        loaded.ShouldNotContain("Fairlead.Server");
        loaded.ShouldNotContain("Spectre");
    }

    /// <summary>Runs a program to its end, with <c>fairlead</c> on its path; 30 s at most.</summary>
    internal static async Task<(int ExitCode, string Out, string Error)> RunAsync(string program, string[] arguments)
    {
        using var process = Start(program, arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return (process.ExitCode, output, await error);
    }

    private static Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // The program looks for the runtime beside the one that runs the tests.
        start.Environment["DOTNET_ROOT"] =
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        start.Environment["POWERSHELL_TELEMETRY_OPTOUT"] = "1";
        start.Environment["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}";
        return Process.Start(start)!;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
