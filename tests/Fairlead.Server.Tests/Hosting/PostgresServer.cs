using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Fairlead.Server.Tests.Hosting;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Fairlead.Server.Tests.Hosting;

/// <summary>
/// A real PostgreSQL in a folder of its own, started when the first test asks for it and stopped at the end. Where its
/// programs are missing the tests fail and say what to install; they are never passed over.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private readonly SemaphoreSlim _starting = new(1, 1);
    private string? _folder;
    private string _programs = "";
    private int _port;
    private int _databases;

    /// <summary>Makes an empty database and returns its connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        await StartAsync();
        var name = $"test{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(Connection("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return Connection(name);
    }

    /// <summary>Stops the server as a fault would, or starts it again.</summary>
    public async Task StopAsync() => await RunAsync("pg_ctl", "-D", _folder!, "-m", "immediate", "-w", "stop");

    public async Task StartAgainAsync() => await LaunchAsync();

    public async ValueTask DisposeAsync()
    {
        if (_folder is null)
            return;

        try
        {
            await StopAsync();
        }
        catch (InvalidOperationException)
        {
            // A test stopped it.
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (_folder is not null)
                return;

            _programs = FindPrograms();
            var folder = Directory.CreateTempSubdirectory("fairlead-postgres-").FullName;
            if (Environment.UserName == "root")
                await ExecuteAsync("chown", "postgres", folder);
            await RunAsync("initdb", "-D", folder, "-U", "fairlead", "--auth=trust", "-E", "UTF8", "--no-sync");
            _folder = folder;
            _port = FreePort();
            await LaunchAsync();
        }
        finally
        {
            _starting.Release();
        }
    }

    private Task LaunchAsync() => RunAsync("pg_ctl", "-D", _folder!, "-w", "-l", Path.Combine(_folder!, "log"), "-o",
        $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={_folder} -c fsync=off "
        + "-c max_connections=300", "start");

    private string Connection(string database) =>
        $"Host=127.0.0.1;Port={_port};Username=fairlead;Database={database};Timeout=5;Maximum Pool Size=20";

    /// <summary>PostgreSQL refuses to run as root, so root runs it as the user that its package made.</summary>
    private Task RunAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs, program);
        return Environment.UserName == "root"
            ? ExecuteAsync("runuser", ["-u", "postgres", "--", path, .. arguments])
            : ExecuteAsync(path, arguments);
    }

    private static async Task ExecuteAsync(string program, params string[] arguments)
    {
        // The server keeps its starter's output open, so nothing of it is read here.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program },
            WorkingDirectory = Path.GetTempPath(),
        }.With(arguments))!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        }
    }

    private static string FindPrograms()
    {
        var packaged = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending()
                .Select(each => Path.Combine(each, "bin"))
            : [];
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return packaged.Concat(onPath).FirstOrDefault(each => File.Exists(Path.Combine(each, "initdb")))
            ?? throw new InvalidOperationException(
                "These tests need PostgreSQL: install the package 'postgresql' (Debian: apt-get install postgresql).");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

internal static class StartInfos
{
    public static ProcessStartInfo With(this ProcessStartInfo start, IEnumerable<string> arguments)
    {
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }
}
