using System.Net.Http.Headers;
using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    /// <summary>Everything that is known of a version, to be carried elsewhere.</summary>
    public Task<CarriedVersion> GetCarriedVersionAsync(
        string model, int number, CancellationToken cancellation = default) =>
        GetAsync<CarriedVersion>($"{Version(model, number)}/carry", cancellation);

    /// <summary>
    /// Brings a version whose files were uploaded. Its digest must be the same here; bringing it again changes nothing.
    /// </summary>
    public Task<CarriedInfo> CarryVersionAsync(
        string model, CarryRequest request, CancellationToken cancellation = default) =>
        SendAsync<CarryRequest, CarriedInfo>(HttpMethod.Post, $"{Model(model)}/carry", request, cancellation);

    /// <summary>Where a version came from, and everything that came with it.</summary>
    public Task<CarriedInfo> GetOriginAsync(string model, int number, CancellationToken cancellation = default) =>
        GetAsync<CarriedInfo>($"{Version(model, number)}/origin", cancellation);

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
        await using var content = new ToldStream(await response.Content.ReadAsStreamAsync(cancellation), sent);
        await to.PutArtifactAsync(content, expected, cancellation);
    }

    /// <summary>Tells of what is read through it.</summary>
    private sealed class ToldStream(Stream inner, Action<long> read) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await inner.ReadAsync(buffer, cancellationToken);
            read(count);
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
