using System.Diagnostics;
using System.Text;
using Fairlead.Serving.Tests.Hosting;
using Fairlead.TestModels;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Rest;

/// <summary>A client that is not ours, in another language, gets what it asks for.</summary>
public sealed class PythonClientTests(ServingHost host) : IClassFixture<ServingHost>
{
    private static readonly string Script =
        Path.GetFullPath(Path.Combine(Catalogue.Folder, "..", "clients", "python", "oip_client.py"));

    [Fact]
    public async Task A_client_with_the_public_ones_habits_predicts_compresses_and_reads_failures()
    {
        var start = new ProcessStartInfo("python3", [Script, new Uri(host.Address).Authority])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.ShouldBe(0, await errors);
        (await output).Trim().ReplaceLineEndings("\n").ShouldBe("""
            /v2/health/live True
            /v2/health/ready True
            /v2/models/two/ready True
            /v2/models/two/versions/9/ready False
            server fairlead
            metadata [{'name': 'x', 'datatype': 'FP32', 'shape': [-1, 4]}]
            index two 1 READY
            index two 2 READY
            id 42 same True True
            version 2
            gzip gzip True
            deflate deflate True
            words ([3], [nan, inf, 1])
            empty ([0], [])
            error Request for unknown model: 'nobody' is not found
            error The input 'x' is missing.
            error The input 'x' has the type FP64, the model takes FP32.
            """.ReplaceLineEndings("\n"));
    }
}
