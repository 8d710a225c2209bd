using System.Diagnostics;
using System.Globalization;
using Fairlead.Server.Storage.S3;
using Fairlead.Server.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

[assembly: AssemblyFixture(typeof(BucketServer))]

namespace Fairlead.Server.Tests.Hosting;

/// <summary>
/// A server that speaks S3's protocol, in a process of its own, started when the first test asks for it; see
/// <c>tests/clients/s3</c>. Where its program is missing the tests fail and say what to install.
/// </summary>
public sealed class BucketServer : IAsyncDisposable
{
    private const string BucketName = "fairlead-tests";

    private readonly SemaphoreSlim _starting = new(1, 1);
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-bucket-").FullName;
    private Process? _process;
    private int _port;
    private int _prefixes;

    static BucketServer()
    {
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "S3RVER");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "S3RVER");
    }

    /// <summary>Where the server keeps the objects of its bucket.</summary>
    public string Folder => Path.Combine(_folder, BucketName);

    /// <summary>The address of an empty prefix, with the rest of its settings.</summary>
    public async Task<string> AddressAsync(string settings = "")
    {
        await StartAsync();
        return string.Create(CultureInfo.InvariantCulture,
            $"s3://{BucketName}/p{Interlocked.Increment(ref _prefixes)}?endpoint=http://127.0.0.1:{_port}{settings}");
    }

    /// <summary>A store over an address, with a folder for its copies.</summary>
    internal static BucketArtifactStore Open(string address, string folder, TimeProvider? time = null)
    {
        BucketAddress.TryParse(address, out var parsed, out var fault).ShouldBeTrue(fault);
        var bucket = new Bucket(parsed, time ?? TimeProvider.System, NullLogger<Bucket>.Instance);
        return new BucketArtifactStore(
            bucket, folder, parsed.CacheBytes, time ?? TimeProvider.System, new BucketMeter());
    }

    /// <summary>Stops the server as a fault would.</summary>
    public void Stop()
    {
        _process?.Kill();
        _process?.WaitForExit();
        _process?.Dispose();
        _process = null;
    }

    public async Task StartAsync()
    {
        await _starting.WaitAsync();
        try
        {
            if (_process is null)
                await LaunchAsync();
        }
        finally
        {
            _starting.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        Stop();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task LaunchAsync()
    {
        var program = Path.Combine(Root(), "tests/clients/s3/node_modules/s3rver/bin/s3rver.js");
        if (!File.Exists(program))
            throw new InvalidOperationException("These tests need a bucket: run 'npm ci' in tests/clients/s3.");
        _process = Process.Start(new ProcessStartInfo("node") { RedirectStandardOutput = true }.With(
            [program, "-d", _folder, "-a", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-s",
                "--configure-bucket", BucketName]))!;
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.Contains("listening on", StringComparison.Ordinal))
                continue;
            _port = int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
            return;
        }

        throw new InvalidOperationException("The server of the bucket ended before it listened.");
    }

    /// <summary>The folder of the whole repository.</summary>
    public static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fairlead.slnx")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
