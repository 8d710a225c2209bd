using System.Globalization;
using Fairlead.Core.Endpoints;
using Fairlead.Serving.Routing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Serving.Records;

/// <summary>Gives the key under which values of records are hashed.</summary>
public interface IRecordKey
{
    /// <summary>
    /// The key, <see cref="KeyedHash.KeyLength"/> bytes, the same on every replica and for ever. Throws when it cannot
    /// be had now; nothing is recorded without it.
    /// </summary>
    ValueTask<byte[]> ReadAsync(CancellationToken cancellation);
}

/// <summary>
/// The append log of this process: requests leave frames in memory, which are written a few times a second and flushed
/// to the disk each second. A file that is old or large enough is closed, for others to roll into tables.
/// <para>
/// A killed process loses what came since the last write, a machine without power what came since the last flush. Files
/// that an earlier process left are never written again; their torn ends are passed over by whoever reads them.
/// </para>
/// </summary>
/// <param name="folder">Where the files lie; made when the first endpoint is recorded.</param>
public sealed class RecordLog(
    string folder, IRecordKey key, TimeProvider time, ILogger<RecordLog> log, RecordMeter meter) : BackgroundService
{
    /// <summary>The end of the names of files.</summary>
    public const string Extension = ".flr";

    /// <summary>Most bytes that wait in memory.</summary>
    public const int QueueBytes = 8 << 20;

    /// <summary>A file of this size is closed.</summary>
    public const long MaxFileBytes = 64L << 20;

    /// <summary>A file of this age is closed.</summary>
    public static readonly TimeSpan MaxFileAge = TimeSpan.FromMinutes(5);

    /// <summary>Most bytes that wait on disk to be rolled; beyond them records are dropped.</summary>
    public const long MaxWaitingBytes = 4L << 30;

    private static readonly TimeSpan WriteInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    private readonly RecordQueue _queue = new(QueueBytes);
    private readonly SemaphoreSlim _writing = new(1, 1);
    private RecordFile? _file;
    private int _schemas;
    private long _lastName;
    private long _unflushedSince;
    private long _flushedAt;
    private long _failureTold;
    private long _waitingBytes;

    /// <summary>What it counts.</summary>
    public RecordMeter Meter { get; } = meter;

    /// <summary>Where the files lie.</summary>
    public string Folder { get; } = folder;

    /// <summary>Tells that a file was closed.</summary>
    public event Action? Closed;

    /// <summary>The key of the installation; throws when it cannot be had now.</summary>
    public ValueTask<byte[]> ReadKeyAsync(CancellationToken cancellation) => key.ReadAsync(cancellation);

    /// <summary>Where a generation of an endpoint that has a <c>log:</c> is recorded.</summary>
    public EndpointLog Open(EndpointRoute route, IReadOnlyList<VariantState> variants, byte[] hashKey)
    {
        _queue.Prepare();
        return new EndpointLog(this, route, variants, hashKey, time);
    }

    /// <summary>
    /// The files that are written no more, oldest first. Whoever rolls one deletes it, and says so by
    /// <see cref="CountWaiting"/>.
    /// </summary>
    public IReadOnlyList<string> ClosedFiles()
    {
        var active = Volatile.Read(ref _file)?.Path;
        return [.. AllFiles().Where(path => path != active)];
    }

    /// <summary>All files, the one that is written now last.</summary>
    public IReadOnlyList<string> AllFiles() => !Directory.Exists(Folder)
        ? []
        : [.. Directory.EnumerateFiles(Folder, "*" + Extension).Order(StringComparer.Ordinal)];

    /// <summary>Measures again how many bytes wait to be rolled.</summary>
    public void CountWaiting()
    {
        long bytes = 0;
        foreach (var path in AllFiles())
        {
            try
            {
                bytes += new FileInfo(path).Length;
            }
            catch (FileNotFoundException)
            {
                // Rolled meanwhile.
            }
        }

        Volatile.Write(ref _waitingBytes, bytes);
        Meter.Waiting(bytes);
    }

    /// <summary>Writes what waits, flushes it and closes the file, whatever its size.</summary>
    public async Task CloseFileAsync(CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            WriteWaiting();
            CloseFile();
        }
        finally
        {
            _writing.Release();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        await CloseFileAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Dispose()
    {
        _file?.Dispose();
        _writing.Dispose();
        base.Dispose();
    }

    internal int NextSchema() => Interlocked.Increment(ref _schemas);

    internal void Add(RecordSchema schema, ReadOnlySpan<byte> frame)
    {
        if (Volatile.Read(ref _waitingBytes) > MaxWaitingBytes)
            Meter.Drop(RecordMeter.DiskBound);
        else if (!_queue.TryAdd(schema, frame))
            Meter.Drop(RecordMeter.QueueFull);
    }

    /// <summary>Tells of a defect, at most once a minute.</summary>
    internal void Failed(Exception failure)
    {
        var told = Volatile.Read(ref _failureTold);
        var now = time.GetTimestamp();
        if ((told == 0 || time.GetElapsedTime(told) > TimeSpan.FromMinutes(1))
            && Interlocked.CompareExchange(ref _failureTold, now, told) == told)
        {
            log.RecordFailed(failure);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        CountWaiting();
        using var timer = new PeriodicTimer(WriteInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                // Most processes record nothing, and pay a look at a number.
                if (_queue.Waiting == 0 && Volatile.Read(ref _file) is null)
                    continue;
                await TurnAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process: what waits is written by the stop.
        }
    }

    private async Task TurnAsync(CancellationToken cancellation)
    {
        await _writing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            WriteWaiting();
            if (_file is { } file && (file.Length >= MaxFileBytes || time.GetElapsedTime(file.OpenedAt) >= MaxFileAge))
                CloseFile();
            else if (_unflushedSince != 0 && time.GetElapsedTime(_flushedAt) >= FlushInterval)
                Flush();
        }
        finally
        {
            _writing.Release();
        }
    }

    private void WriteWaiting()
    {
        var (frames, count, schemas) = _queue.TakeAll();
        if (count == 0)
            return;
        try
        {
            _file ??= Open();
            if (_unflushedSince == 0)
                _unflushedSince = time.GetTimestamp();
            var bytes = _file.Append(frames.Span, schemas);
            Meter.Wrote(count, bytes);
            Meter.Waiting(Interlocked.Add(ref _waitingBytes, bytes));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Meter.Drop(RecordMeter.NotWritten, count);
            log.RecordsNotWritten(count, failure.Message);
        }
    }

    private RecordFile Open()
    {
        Directory.CreateDirectory(Folder);

        // Names are in the order of time, whatever the clock does.
        var now = (time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
        if (_lastName == 0 && AllFiles() is [.., var last]
            && long.TryParse(Path.GetFileNameWithoutExtension(last), CultureInfo.InvariantCulture, out var left))
        {
            _lastName = left;
        }

        _lastName = Math.Max(now, _lastName + 1);
        var name = _lastName.ToString("D17", CultureInfo.InvariantCulture) + Extension;
        return RecordFile.Create(Path.Combine(Folder, name), time.GetTimestamp());
    }

    private void Flush()
    {
        try
        {
            _file?.Flush();
            Meter.Flushed(time.GetElapsedTime(_unflushedSince));
        }
        catch (IOException failure)
        {
            log.RecordsNotWritten(0, failure.Message);
        }

        _flushedAt = time.GetTimestamp();
        _unflushedSince = 0;
    }

    private void CloseFile()
    {
        if (_file is not { } file)
            return;
        Flush();
        Volatile.Write(ref _file, null);
        file.Dispose();
        Closed?.Invoke();
    }
}
