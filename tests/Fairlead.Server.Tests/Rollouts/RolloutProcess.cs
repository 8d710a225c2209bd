using System.Diagnostics;
using System.Runtime.InteropServices;
using Fairlead.Client;
using Fairlead.Server.Tests.Hosting;

namespace Fairlead.Server.Tests.Rollouts;

/// <summary>A server with a controller and a replica that follows, in a process of its own that can be ordered to end
/// at a point of a rollout's writes.</summary>
internal sealed class RolloutProcess : IAsyncDisposable
{
    private const int SigContinue = 18;

    private readonly Process _process;
    private readonly string _order;

    private RolloutProcess(Process process, string order, FairleadClient client)
    {
        _process = process;
        _order = order;
        Client = client;
    }

    public FairleadClient Client { get; }

    /// <summary>Starts a life over what the lives before left.</summary>
    /// <param name="folder">Holds the data folder, the probe and the order.</param>
    /// <param name="connection">A PostgreSQL database; null: SQLite.</param>
    /// <param name="order">Where it ends; null: nowhere.</param>
    public static async Task<RolloutProcess> StartAsync(string folder, string? connection, string? order = null)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "order");
        await File.WriteAllTextAsync(file, order ?? "");
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "Fairlead.Server.CrashHost.dll"), Path.Combine(folder, "data"),
            ProbeScript.Write(folder)[1], file,
        ];
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true }
            .With(connection is null ? arguments : [.. arguments, connection]);
        var process = Process.Start(start)!;
        var address = await process.StandardOutput.ReadLineAsync()
            ?? throw new InvalidOperationException("The server ended before it listened.");
        return new RolloutProcess(process, file, FairleadClient.Connect(new Uri(address)));
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>The state of the process in the system's words; <c>T</c>: stopped.</summary>
    public bool IsStopped => File.ReadAllText($"/proc/{_process.Id}/stat").Split(") ")[1].StartsWith('T');

    public Task OrderAsync(string order) => File.WriteAllTextAsync(_order, order);

    /// <summary>Lets a stopped process go on, without an order.</summary>
    public async Task ContinueAsync()
    {
        await OrderAsync("");
        _ = Kill(_process.Id, SigContinue);
    }

    public bool HasLogged(int id)
    {
        using var log = new FileStream(
            _order + ".log", FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(log);
        return reader.ReadToEnd().Split('\n').Any(line => line.StartsWith($"{id} ", StringComparison.Ordinal));
    }

    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);
}
