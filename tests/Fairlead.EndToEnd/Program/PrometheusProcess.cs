using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Fairlead.EndToEnd.Program;

/// <summary>A real Prometheus server that scrapes one Fairlead; killed when the test is over.</summary>
internal sealed class PrometheusProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpClient _http;

    private PrometheusProcess(Process process, Uri address)
    {
        _process = process;
        _http = new HttpClient { BaseAddress = address };
    }

    /// <summary>An address that nobody listens on yet.</summary>
    public static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
    }

    /// <summary>Starts it on an address; it scrapes every second.</summary>
    public static async Task<PrometheusProcess> StartAsync(Uri address, Uri scraped, TemporaryFolder folder)
    {
        await File.WriteAllTextAsync(folder.In("prometheus.yml"), $"""
            global:
              scrape_interval: 1s
            scrape_configs:
              - job_name: fairlead
                static_configs:
                  - targets: ["{scraped.Authority}"]
            """);
        var process = Process.Start(new ProcessStartInfo(Find("prometheus"),
        [
            $"--config.file={folder.In("prometheus.yml")}", $"--storage.tsdb.path={folder.In("tsdb")}",
            $"--web.listen-address={address.Authority}", "--log.level=error",
        ]))!;
        return new PrometheusProcess(process, address);
    }

    /// <summary>Waits until a query answers at least so much.</summary>
    public async Task UntilAsync(string query, double least)
    {
        for (var left = 600; left > 0; left--)
        {
            if (await AskAsync(query) >= least)
                return;
            await Task.Delay(100);
        }

        throw new TimeoutException($"Prometheus did not answer {least} to {query} within a minute.");
    }

    /// <summary>Has Prometheus's own tool read a page; what it complains of.</summary>
    public static async Task<(int ExitCode, string Said)> CheckMetricsAsync(string page)
    {
        using var lint = Process.Start(new ProcessStartInfo(Find("promtool"), ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        await lint.StandardInput.WriteAsync(page);
        lint.StandardInput.Close();
        var said = await lint.StandardError.ReadToEndAsync();
        await lint.WaitForExitAsync();
        return (lint.ExitCode, said);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<double?> AskAsync(string query)
    {
        try
        {
            using var json = JsonDocument.Parse(await _http.GetStringAsync(
                new Uri($"api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative)));
            var result = json.RootElement.GetProperty("data").GetProperty("result");
            return result.GetArrayLength() == 0
                ? null
                : double.Parse(result[0].GetProperty("value")[1].GetString()!,
                    System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private static string Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException(
            $"There is no {program}; install it (on Debian: sudo apt-get install prometheus).");
}
