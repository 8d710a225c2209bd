using System.Text.Json;
using Fairlead.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server.Tests.WholeHost;

/// <summary>What somebody else's words do to a log of one document a line.</summary>
public sealed class JsonLogTests
{
    [Fact]
    public async Task Message_OfSeveralLines_StaysOneDocument()
    {
        var folder = Directory.CreateTempSubdirectory("fairlead-log-").FullName;
        var (before, written) = (Console.Error, new StringWriter());
        Console.SetError(TextWriter.Synchronized(written));
        try
        {
            await using var app = FairleadHost.Create(
                new ServeOptions { Http = "127.0.0.1:0", Grpc = "127.0.0.1:0", JsonLogs = true },
                new ControlPlaneOptions { DataFolder = folder });
            var failure = new InvalidOperationException("first\r\nsecond\u2028third");
            app.Services.GetRequiredService<ILogger<JsonLogTests>>().Log(
                LogLevel.Error, new EventId(2999), "line one\nline two", failure, (state, _) => state);
        }
        finally
        {
            Console.SetError(before);
            Directory.Delete(folder, recursive: true);
        }

        var line = written.ToString().Split('\n').Single(each => each.Contains("line two", StringComparison.Ordinal));
        using var document = JsonDocument.Parse(line);
        document.RootElement.GetProperty("EventId").GetInt32().ShouldBe(2999);
        document.RootElement.GetProperty("Message").GetString().ShouldBe("line one\nline two");
        document.RootElement.GetProperty("Exception").GetString()!.ShouldContain("second");
    }
}
