namespace Fairlead.EndToEnd.Program;

/// <summary>The demo from its start to its summary.</summary>
internal static class DemoRun
{
    public static async Task<Finished> OnceAsync(params string[] more)
    {
        using var folder = new TemporaryFolder();
        return await BuiltProgram.RunAsync(
            TimeSpan.FromMinutes(5),
            ["demo", "--once", "--json", "--data", folder.Path, "--http", "127.0.0.1:0",
                "--grpc", "127.0.0.1:0", .. more]);
    }
}
