using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fairlead.TrackingRate;

/// <summary>The built program as a server of its own, with its data in a folder that goes with it.</summary>
internal sealed class MeasuredServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _folder;

    private MeasuredServer(Process process, string folder, Uri address) =>
        (_process, _folder, Address) = (process, folder, address);

    public Uri Address { get; }

    /// <summary>The file of the tables, where the server has no other database.</summary>
    public string DatabaseFile => Path.Combine(_folder, "fairlead.db");

    public static async Task<MeasuredServer> StartAsync(string program, string folder, string? postgres)
    {
        var (http, grpc) = (FreePort(), FreePort());
        List<string> arguments =
        [
            "serve", "--data", folder, "--http", $"127.0.0.1:{http}", "--grpc", $"127.0.0.1:{grpc}",
            "--log-level", "error",
        ];
        if (postgres is not null)
            arguments.AddRange(["--postgres", postgres]);
        var process = Process.Start(new ProcessStartInfo(program, arguments))
            ?? throw new InvalidOperationException($"'{program}' did not start.");
        var server = new MeasuredServer(process, folder, new Uri($"http://127.0.0.1:{http}"));
        using var client = new HttpClient { BaseAddress = server.Address };
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience && !process.HasExited; await Task.Delay(100))
        {
            try
            {
                using var answer = await client.GetAsync("/version");
                if (answer.IsSuccessStatusCode)
                    return server;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
        }

        await server.DisposeAsync();
        throw new InvalidOperationException($"'{program}' does not answer at {server.Address}.");
    }

    /// <summary>
    /// Resident memory in MB: now, the most that it ever was, and how much of it now are pages of the program's own
    /// files, which the system drops when it needs them.
    /// </summary>
    public (long Now, long Most, long Files) Memory()
    {
        var status = File.ReadLines($"/proc/{_process.Id}/status").ToList();
        return (Of("VmRSS:"), Of("VmHWM:"), Of("RssFile:"));

        long Of(string name) => long.Parse(
            status.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Replace("kB", ""),
            CultureInfo.InvariantCulture) / 1024;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
