namespace Fairlead.EndToEnd.Program;

/// <summary>Runs the demo of the built program to its end, over a folder of its own.</summary>
internal static class DemoRun
{
    public static async Task<Finished> RunAsync(params string[] more)
    {
        using var folder = new TemporaryFolder();
        return await BuiltProgram.RunAsync(
            TimeSpan.FromMinutes(5),
            ["demo", "--once", "--json", "--data", folder.Path, "--http", "127.0.0.1:0",
                "--grpc", "127.0.0.1:0", .. more]);
    }
}
