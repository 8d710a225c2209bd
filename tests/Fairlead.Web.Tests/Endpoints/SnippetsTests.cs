using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Fairlead.Web.Endpoints;

namespace Fairlead.Web.Tests.Endpoints;

/// <summary>What is shown to be pasted is run as it is, against a listener that keeps what came.</summary>
public sealed class SnippetsTests
{
    private static readonly JsonObject Row = new() { ["job"] = "it's \"fixed\"", ["age"] = 30 };

    [Theory]
    [InlineData("curl", "bash", "-c")]
    [InlineData("Python", "python3", "-c")]
    [InlineData("JavaScript", "node", "--input-type=module", "-e")]
    public async Task Of_PastedAsItIs_SendsTheRow(string language, string program, params string[] before)
    {
        using var listener = new HttpListener();
        var port = FreePort();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Start();
        var code = Snippets.Of(
            language, new Uri($"http://127.0.0.1:{port}/"), "credit", Row, "x-unit", needsKey: true);

        var start = new ProcessStartInfo(program, [.. before, code]) { RedirectStandardOutput = true };
        start.Environment["FAIRLEAD_KEY"] = "the-key";
        using var run = Process.Start(start)!;
        var context = await listener.GetContextAsync().WaitAsync(
            TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(context.Request.InputStream);
        var body = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        context.Response.ContentType = "application/json";
        context.Response.OutputStream.Write("{\"arm\":\"stable\"}"u8);
        context.Response.Close();

        (await run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).ShouldContain("stable");
        context.Request.Url!.AbsolutePath.ShouldBe("/api/v1/endpoints/credit/predict");
        context.Request.Headers["Authorization"].ShouldBe("Bearer the-key");
        context.Request.Headers["x-unit"].ShouldBe("unit-1");
        context.Request.ContentType!.ShouldStartWith("application/json");
        JsonNode.DeepEquals(JsonNode.Parse(body)!["rows"]![0], Row).ShouldBeTrue(body);
    }

    [Fact]
    public void Of_CSharp_HoldsTheWholeRequest()
    {
        var code = Snippets.Of("C#", new Uri("http://127.0.0.1:8080/"), "credit", Row, "x-unit", needsKey: true);

        code.ShouldContain("\"\"\"\n    {");
        code.ShouldContain("http.DefaultRequestHeaders.Add(\"x-unit\", \"unit-1\");");
        code.ShouldContain("http://127.0.0.1:8080/api/v1/endpoints/credit/predict");
    }

    private static int FreePort()
    {
        using var socket = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
