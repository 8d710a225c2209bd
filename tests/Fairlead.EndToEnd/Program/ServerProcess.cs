using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Fairlead.Client;

namespace Fairlead.EndToEnd.Program;

/// <summary>A running server in a folder of its own; killed, if it still runs, when the test is over.</summary>
public sealed partial class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _error = new();
    private readonly TaskCompletionSource<(Uri Http, Uri Grpc)> _addresses =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process)
    {
        _process = process;
        _ = ReadErrorAsync();
        _ = process.StandardOutput.ReadToEndAsync();
    }

    public Uri Http { get; private set; } = null!;

    public Uri Grpc { get; private set; } = null!;

    public int Id => _process.Id;

    public FairleadClient Client { get; private set; } = null!;

    /// <summary>What the server wrote to standard error.</summary>
    public string Error
    {
        get
        {
            lock (_error)
                return _error.ToString();
        }
    }

    /// <summary>Starts a server on free ports and waits until it answers.</summary>
    public static Task<ServerProcess> StartAsync(string data, params string[] more) => StartAsync(data, [], more);

    /// <summary>The same with variables of the environment.</summary>
    public static async Task<ServerProcess> StartAsync(
        string data, Dictionary<string, string> environment, params string[] more)
    {
        var server = new ServerProcess(BuiltProgram.Start(
            environment, ["serve", "--data", data, "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", .. more]));
        try
        {
            (server.Http, server.Grpc) = await server._addresses.Task.WaitAsync(StartLimit);
            server.Client = FairleadClient.Connect(server.Http);
            await server.WaitUntilReadyAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the process as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends the process in order and returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        BuiltProgram.Terminate(_process);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Http };
        for (var left = 600; left > 0; left--)
        {
            using var answer = await http.GetAsync("/health/ready");
            if (answer.IsSuccessStatusCode)
                return;
            await Task.Delay(50);
        }

        throw new TimeoutException($"The server did not become ready.\n{Error}");
    }

    private async Task ReadErrorAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_error)
                _error.AppendLine(line);
            if (Addresses().Match(line) is { Success: true } match)
                _addresses.TrySetResult((new Uri(match.Groups[1].Value), new Uri(match.Groups[2].Value)));
        }

        _addresses.TrySetException(new InvalidOperationException($"The server ended before it answered.\n{Error}"));
    }

    [GeneratedRegex(@"answers on (http://\S+) and (http://[^\s;]+)[^;]*; stop it")]
    private static partial Regex Addresses();
}
