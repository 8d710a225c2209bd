using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fairlead.Core.Access;
using Fairlead.Server.Storage;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Records.Shared;

/// <summary>What a replica answers to another one, before the bytes of the files follow.</summary>
/// <param name="Manifest">Its tables at that moment.</param>
/// <param name="Files">Its files of the append log at that moment, in the order in which they follow.</param>
internal sealed record FreshRecords(RecordManifest Manifest, IReadOnlyList<FreshFile> Files)
{
    /// <summary>Reads the head of an answer; throws <see cref="InvalidDataException"/> for what is none.</summary>
    public static FreshRecords Read(ReadOnlySpan<byte> head)
    {
        try
        {
            if (JsonSerializer.Deserialize<FreshRecords>(head, StoredJson.Options) is not
                { Manifest.IsWhole: true, Files: not null } fresh
                || fresh.Files.Any(file => file is not { Source: not null, Bytes: >= 0 and <= ReplicaCalls.MaxBytes }))
            {
                throw new InvalidDataException("A replica's answer lacks a part.");
            }

            return fresh.Files.Sum(file => file.Bytes) <= ReplicaCalls.MaxBytes
                ? fresh
                : throw new InvalidDataException("A replica's newest records are too many.");
        }
        catch (JsonException unreadable)
        {
            throw new InvalidDataException("A replica's answer cannot be read.", unreadable);
        }
    }
}

/// <summary>A file of the append log.</summary>
/// <param name="Source">Its name, by which tables that were rolled from it are known.</param>
/// <param name="Bytes">Its length.</param>
internal sealed record FreshFile(string Source, long Bytes);

/// <summary>
/// Calls between replicas. They show that they know a secret of the installation, by a keyed hash of the moment, which
/// is good for a minute.
/// </summary>
internal sealed class ReplicaCalls(ControlPlane control, TimeProvider time) : IDisposable
{
    /// <summary>Where a replica asks another one for its newest records.</summary>
    public const string Path = "/api/v1/replicas/records";

    /// <summary>The header that shows who asks.</summary>
    public const string Header = "Fairlead-Replica";

    /// <summary>Most bytes of a replica's files that another one takes.</summary>
    public const long MaxBytes = 512L << 20;

    private const int MaxHead = 16 << 20;
    private const string SecretName = "replica-calls";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(2),
        AllowAutoRedirect = false,
        UseProxy = false,
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    private volatile byte[]? _key;

    /// <summary>Says whether a request is of another replica.</summary>
    public async Task<bool> IsOursAsync(string? shown, CancellationToken cancellation)
    {
        if (shown?.Split(':') is not [var moment, var signature]
            || !long.TryParse(moment, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            || Math.Abs(time.GetUtcNow().ToUnixTimeSeconds() - at) > Life.TotalSeconds)
        {
            return false;
        }

        var expected = await SignAsync(moment, cancellation);
        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(signature));
    }

    /// <summary>
    /// Asks a replica for its newest records, and writes its files into a folder; null when it cannot be had in time.
    /// </summary>
    public async Task<FetchedRecords?> FetchAsync(
        string address, string folder, string prefix, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(address), Path));
            var moment = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            request.Headers.Add(Header, $"{moment}:{await SignAsync(moment, either.Token)}");
            using var response = await _http.SendAsync(
                request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!response.IsSuccessStatusCode)
                return null;
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            return await ReadAsync(body, folder, prefix, either.Token);
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested
            && failure is HttpRequestException or IOException or InvalidDataException or OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Writes what <see cref="ReadAsync"/> reads: the length of the head, the head, the files.</summary>
    internal static async Task WriteAsync(
        Stream to, FreshRecords fresh, Func<int, Stream> open, CancellationToken cancellation)
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(fresh, StoredJson.Options);
        await to.WriteAsync(BitConverter.GetBytes(head.Length), cancellation);
        await to.WriteAsync(head, cancellation);
        for (var i = 0; i < fresh.Files.Count; i++)
        {
            await using var file = open(i);
            await CopyAsync(file, to, fresh.Files[i].Bytes, cancellation);
        }
    }

    internal static async Task<FetchedRecords> ReadAsync(
        Stream from, string folder, string prefix, CancellationToken cancellation)
    {
        var length = new byte[sizeof(int)];
        await from.ReadExactlyAsync(length, cancellation);
        if (BitConverter.ToInt32(length) is not (> 0 and <= MaxHead and var count))
            throw new InvalidDataException("A replica's answer has no head.");
        var head = new byte[count];
        await from.ReadExactlyAsync(head, cancellation);
        var fresh = FreshRecords.Read(head);
        var paths = new List<string>();
        foreach (var (i, file) in fresh.Files.Index())
        {
            var path = System.IO.Path.Combine(folder, string.Create(
                CultureInfo.InvariantCulture, $"{prefix}{i}{Serving.Records.RecordLog.Extension}"));
            await using var to = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            await CopyAsync(from, to, file.Bytes, cancellation);
            paths.Add(path);
        }

        return new FetchedRecords(fresh, paths);
    }

    private static async Task CopyAsync(Stream from, Stream to, long count, CancellationToken cancellation)
    {
        var buffer = new byte[64 << 10];
        while (count > 0)
        {
            var read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, count)), cancellation);
            if (read == 0)
                throw new EndOfStreamException("A file of records is shorter than it was.");
            await to.WriteAsync(buffer.AsMemory(0, read), cancellation);
            count -= read;
        }
    }

    private async Task<string> SignAsync(string moment, CancellationToken cancellation)
    {
        var key = _key ??= await control.WriteAsync(Principal.Local, null, FindOrMakeAsync, cancellation);
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Path}\n{moment}")));
    }

    private static async Task<byte[]> FindOrMakeAsync(WriteScope write)
    {
        if (await write.Db.Secrets.SingleOrDefaultAsync(row => row.Name == SecretName, write.Cancellation) is { } row)
            return row.Secret;

        var made = RandomNumberGenerator.GetBytes(32);
        write.Db.Secrets.Add(new SecretRow { Name = SecretName, Secret = made, CreatedAt = write.NowMicroseconds });
        write.Record("replica-call-key.make", "replica-call-key", null, null);
        await write.Db.SaveChangesAsync(write.Cancellation);
        return made;
    }
}

/// <summary>What came from another replica.</summary>
/// <param name="Fresh">Its word.</param>
/// <param name="Paths">Its files, in order, on this machine.</param>
internal sealed record FetchedRecords(FreshRecords Fresh, IReadOnlyList<string> Paths);
