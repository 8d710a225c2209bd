using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>Bytes of a part, in which larger artifacts are sent where they may be interrupted.</summary>
    public const long ArtifactPartBytes = 64 << 20;

    /// <summary>Parts of a file that are on their way at once.</summary>
    private const int PartsAtOnce = 4;

    /// <summary>Streams bytes into the store. Repeating it with the same bytes stores nothing more.</summary>
    /// <param name="content">Read from its position to its end.</param>
    /// <param name="digest">The SHA-256 that the bytes must have, in hexadecimal digits; left out: not checked.</param>
    public async Task<ArtifactInfo> PutArtifactAsync(
        Stream content, string? digest = null, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, Address("api/v1/artifacts", ("digest", digest)));
        request.Content = new StreamContent(content);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return await SendAsync<ArtifactInfo>(request, cancellation);
    }

    /// <summary>The digests of an artifact's parts. The server reads all of it to tell.</summary>
    /// <param name="digest">The artifact.</param>
    /// <param name="partBytes">Bytes of each part but the last.</param>
    /// <param name="cancellation">Stops the reading.</param>
    public Task<ArtifactPartsInfo> GetArtifactPartsAsync(
        string digest, long partBytes = ArtifactPartBytes, CancellationToken cancellation = default) =>
        GetAsync<ArtifactPartsInfo>(
            Address($"api/v1/artifacts/{Segment(digest)}/parts", ("size", partBytes)), cancellation);

    /// <summary>Stores an artifact from parts that were stored before; together they must have its digest.</summary>
    public Task<ArtifactInfo> PutArtifactPartsAsync(
        string digest, IReadOnlyList<string> parts, CancellationToken cancellation = default) =>
        SendAsync<PutArtifactPartsRequest, ArtifactInfo>(HttpMethod.Put,
            $"api/v1/artifacts/{Segment(digest)}/parts", new PutArtifactPartsRequest { Parts = parts }, cancellation);

    /// <summary>
    /// Brings a file into the store. One that is longer than a part goes in parts, some of them at once, and a part
    /// that is there already is not sent again: whoever was interrupted goes on where it was.
    /// </summary>
    /// <param name="file">Its path on this machine.</param>
    /// <param name="digest">The SHA-256 of all of it, in hexadecimal digits.</param>
    /// <param name="sent">Told about each piece that was sent, or was there; from several threads.</param>
    /// <param name="partBytes">Bytes of a part.</param>
    /// <param name="cancellation">Stops the transfer; whole parts are left there then.</param>
    public async Task<ArtifactInfo> PutFileAsync(
        string file, string digest, Action<long> sent, long partBytes = ArtifactPartBytes,
        CancellationToken cancellation = default)
    {
        var size = new FileInfo(file).Length;
        if (size <= partBytes)
        {
            await using var content = new PartStream(File.OpenRead(file), size, sent);
            return await PutArtifactAsync(content, digest, cancellation);
        }

        var parts = new string[(size + partBytes - 1) / partBytes];
        var limits = new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce, CancellationToken = cancellation };
        await Parallel.ForAsync(0, parts.Length, limits, async (i, stopped) =>
        {
            var length = Math.Min(partBytes, size - (i * partBytes));
            await using (var content = Open(_ => { }))
                parts[i] = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, stopped));
            if (await HasArtifactAsync(parts[i], stopped))
            {
                sent(length);
                return;
            }

            await using var again = Open(sent);
            await PutArtifactAsync(again, parts[i], stopped);

            PartStream Open(Action<long> read)
            {
                var whole = File.OpenRead(file);
                whole.Position = i * partBytes;
                return new PartStream(whole, length, read);
            }
        });
        return await PutArtifactPartsAsync(digest, parts, cancellation);
    }

    /// <summary>Says whether the store has these bytes, so that they need not be sent.</summary>
    public async Task<bool> HasArtifactAsync(string digest, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, $"api/v1/artifacts/{Segment(digest)}");
        using var response = await http.SendAsync(request, cancellation);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return false;
        await ThrowIfProblemAsync(response, cancellation);
        return true;
    }

    /// <summary>Writes the bytes of an artifact to a stream.</summary>
    public async Task ReadArtifactAsync(string digest, Stream destination, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/artifacts/{Segment(digest)}");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await ThrowIfProblemAsync(response, cancellation);
        await response.Content.CopyToAsync(destination, cancellation);
    }

    /// <summary>Removes artifacts that no version refers to and that were not uploaded lately.</summary>
    public async Task<GarbageCollectionInfo> CollectGarbageAsync(
        bool dryRun = false, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Post, Address("api/v1/garbage-collection", ("dryRun", dryRun)));
        return await SendAsync<GarbageCollectionInfo>(request, cancellation);
    }

    /// <summary>
    /// Brings an artifact from this server to another one, which checks every byte. One that is longer than a part goes
    /// part by part, and a part that is there already is not sent again: whoever was interrupted goes on where it was.
    /// </summary>
    /// <param name="digest">The artifact.</param>
    /// <param name="size">Its length in bytes.</param>
    /// <param name="to">The other server.</param>
    /// <param name="sent">Told about each piece that was sent, or was there.</param>
    /// <param name="partBytes">Bytes of a part.</param>
    /// <param name="cancellation">Stops the transfer; of the artifact whole parts are left there then.</param>
    public async Task CopyArtifactAsync(
        string digest, long size, FairleadClient to, Action<long> sent, long partBytes = ArtifactPartBytes,
        CancellationToken cancellation = default)
    {
        if (size <= partBytes)
        {
            await CopyRangeAsync(digest, null, digest, to, sent, cancellation);
            return;
        }

        var parts = (await GetArtifactPartsAsync(digest, partBytes, cancellation)).Parts;
        for (var i = 0; i < parts.Count; i++)
        {
            var (from, until) = (i * partBytes, Math.Min(size, (i + 1) * partBytes) - 1);
            if (await to.HasArtifactAsync(parts[i], cancellation))
                sent(until + 1 - from);
            else
                await CopyRangeAsync(digest, new RangeHeaderValue(from, until), parts[i], to, sent, cancellation);
        }

        await to.PutArtifactPartsAsync(digest, parts, cancellation);
    }

    private async Task CopyRangeAsync(
        string digest, RangeHeaderValue? range, string expected, FairleadClient to, Action<long> sent,
        CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/artifacts/{Segment(digest)}");
        request.Headers.Range = range;
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await ThrowIfProblemAsync(response, cancellation);
        await using var content = new PartStream(
            await response.Content.ReadAsStreamAsync(cancellation), long.MaxValue, sent);
        await to.PutArtifactAsync(content, expected, cancellation);
    }
}
