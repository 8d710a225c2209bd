using System.Diagnostics;
using Fairlead.TestModels;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Grpc;

/// <summary>A client that is not ours, in another language, gets what it asks for.</summary>
public sealed class NodeClientTests(GrpcHost host) : IClassFixture<GrpcHost>
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Catalogue.Folder, "..", "clients", "node"));

    private static readonly string Proto = Path.GetFullPath(Path.Combine(
        Catalogue.Folder, "..", "..", "src", "Fairlead.Client", "Protos", "open_inference.proto"));

    [Fact]
    public async Task The_public_node_client_predicts_streams_and_reads_failures()
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
            await RunAsync("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error");
        var output = await RunAsync("node", "open_inference.js", new Uri(host.Address).Authority, Proto);

        output.Trim().ReplaceLineEndings("\n").ShouldBe("""
            health 1
            live true
            ready true
            metadata x FP32 -1,4
            raw r1 1 1,3 3
            parameters stable 43
            typed true
            stream s1: ok
            stream s2: Request for unknown model: 'nobody' is not found
            stream s3: ok
            unknown NOT_FOUND Request for unknown model: 'nobody' is not found
            missing INVALID_ARGUMENT The input 'x' is missing.
            mixed INVALID_ARGUMENT The input 'x' must not have contents beside raw_input_contents.
            """.ReplaceLineEndings("\n"));
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        process.ExitCode.ShouldBe(0, await errors);
        return await output;
    }
}
