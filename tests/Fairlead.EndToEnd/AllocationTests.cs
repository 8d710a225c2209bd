using System.Globalization;
using System.Text.Json;
using Fairlead.EndToEnd.Program;

namespace Fairlead.EndToEnd;

/// <summary>Managed memory that the running server takes for a request, web server, door and pipeline.</summary>
public sealed class AllocationTests
{
    private const int WarmUp = 500;
    private const int Rounds = 12;
    private const int Requests = 500;

    [Fact]
    public async Task SingleRowRequest_Warm_AllocatesNoMoreThanAllowed()
    {
        using var folder = new TemporaryFolder();
        await using var server = await ServerProcess.StartAsync(folder.Path);
        await Credit.ServeAsync(server.Client, (await Credit.RegisterAsync(server.Client, "logistic"), 1));
        using var http = new HttpClient { BaseAddress = server.Http };
        await AskAsync(http, WarmUp);

        // What the server does beside requests (signs of life, compiling methods anew) falls into some rounds only.
        var least = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = await AllocatedAsync(http);
            await AskAsync(http, Requests);
            least = Math.Min(least, (await AllocatedAsync(http) - before) / Requests);
        }

        least.ShouldBeLessThanOrEqualTo(Allowed());
    }

    private static async Task AskAsync(HttpClient http, int requests)
    {
        var body = new { rows = new[] { Credit.Row() } };
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body);
        for (var request = 0; request < requests; request++)
        {
            using var content = new ByteArrayContent(bytes);
            content.Headers.ContentType = new("application/json");
            using var answer = await http.PostAsync(new Uri(
                $"/api/v1/endpoints/{Credit.Name}/predict", UriKind.Relative), content);
            answer.EnsureSuccessStatusCode();
        }
    }

    private static async Task<double> AllocatedAsync(HttpClient http)
    {
        const string metric = "fairlead_allocated_bytes_total ";
        var page = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var line = page.Split('\n').Single(line => line.StartsWith(metric, StringComparison.Ordinal));
        return double.Parse(line[metric.Length..], CultureInfo.InvariantCulture);
    }

    private static double Allowed()
    {
        var file = Path.Combine(BuiltProgram.Root, "bench", "allocations.json");
        return JsonSerializer.Deserialize<Dictionary<string, double>>(File.ReadAllText(file))!["server.native.row"];
    }
}
