using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Fairlead.TrackingRate;

/// <summary>The built program as a server of its own, with its data in a folder that goes with it.</summary>
internal sealed class MeasuredServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _program;
    private readonly string _folder;
    private readonly List<string> _arguments;
    private Process _process;

    private MeasuredServer(string program, string folder, string? postgres)
    {
        (_program, _folder) = (program, folder);
        var (http, grpc) = (FreePort(), FreePort());
        Address = new Uri($"http://127.0.0.1:{http}");
        _arguments =
        [
            "serve", "--data", folder, "--http", $"127.0.0.1:{http}", "--grpc", $"127.0.0.1:{grpc}",
            "--log-level", "error",
        ];
        if (postgres is not null)
            _arguments.AddRange(["--postgres", postgres]);
        _process = Launch();
    }

    public Uri Address { get; }

    /// <summary>The file of the tables, where the server has no other database.</summary>
    public string DatabaseFile => Path.Combine(_folder, "fairlead.db");

    public static async Task<MeasuredServer> StartAsync(string program, string folder, string? postgres)
    {
        var server = new MeasuredServer(program, folder, postgres);
        await server.AnswersAsync();
        return server;
    }

    /// <summary>Ends the process in order and starts another, whose memory is that of what it is asked then.</summary>
    public async Task RestartAsync()
    {
        using (var kill = Process.Start("kill", [_process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = Launch();
        await AnswersAsync();
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

    private Process Launch() => Process.Start(new ProcessStartInfo(_program, _arguments))
        ?? throw new InvalidOperationException($"'{_program}' did not start.");

    private async Task AnswersAsync()
    {
        using var client = new HttpClient { BaseAddress = Address };
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience && !_process.HasExited; await Task.Delay(100))
        {
            try
            {
                using var answer = await client.GetAsync("/version");
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }
        }

        await DisposeAsync();
        throw new InvalidOperationException($"'{_program}' does not answer at {Address}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
