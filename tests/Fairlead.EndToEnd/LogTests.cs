using System.Globalization;
using System.Text.Json;
using Fairlead.EndToEnd.Program;

namespace Fairlead.EndToEnd;

/// <summary>What a collector reads of <c>fairlead serve --log json</c>: standard error, line by line.</summary>
public sealed class LogTests
{
    [Fact]
    public async Task JsonLog_HasADocumentALine_WithIdTimeAndLevel()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.Path, "--log", "json", "--log-level", "debug");
        var version = await Credit.RegisterAsync(server.Client, "logistic");
        await Credit.ServeAsync(server.Client, (version, 1));
        await Credit.AskAsync(server.Client);
        await BreakARoundAsync(server, folder);
        (await server.StopAsync()).ShouldBe(0);

        var lines = server.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        foreach (var line in lines)
        {
            DateTimeOffset.TryParse(
                line.GetProperty("Timestamp").GetString(), CultureInfo.InvariantCulture, out var time)
                .ShouldBeTrue($"{line}");
            time.Offset.ShouldBe(TimeSpan.Zero, $"{line}");
            time.ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(-10), DateTimeOffset.UtcNow.AddMinutes(1));
            line.GetProperty("LogLevel").GetString().ShouldBeOneOf(
                "Trace", "Debug", "Information", "Warning", "Error", "Critical");
            line.GetProperty("Message").GetString().ShouldNotBeNullOrWhiteSpace();
            if (line.GetProperty("Category").GetString()!.StartsWith("Fairlead.", StringComparison.Ordinal))
                line.GetProperty("EventId").GetInt32().ShouldBeInRange(1000, 2999, $"{line}");
        }

        // Stored, without keys, answering, an endpoint served, stopping: each by the id that the operations page tells.
        var ids = lines.Select(line => line.GetProperty("EventId").GetInt32()).ToHashSet();
        foreach (var id in (int[])[2000, 2003, 2005, 1001, 2012, 2050])
            ids.ShouldContain(id, server.Error);
        var state = lines.First(line => line.GetProperty("EventId").GetInt32() == 2012).GetProperty("State");
        state.GetProperty("Path").GetString().ShouldStartWith("/api/v1/artifacts");
    }

    /// <summary>A failure of the storage whose words come from the system, in the middle of an upload.</summary>
    private static async Task BreakARoundAsync(ServerProcess server, TemporaryFolder folder)
    {
        foreach (var uploads in Directory.GetDirectories(folder.Path, "*", SearchOption.AllDirectories)
            .Where(each => each.Contains("artifacts", StringComparison.Ordinal)).Reverse())
        {
            Directory.Delete(uploads, recursive: true);
        }

        await File.WriteAllTextAsync(folder.In("artifacts"), "a file where the folder was");
        using var bytes = new MemoryStream([1, 2, 3]);
        (await Should.ThrowAsync<Client.FairleadApiException>(server.Client.PutArtifactAsync(bytes)))
            .Code.ShouldBe("storage_unavailable");
    }
}
