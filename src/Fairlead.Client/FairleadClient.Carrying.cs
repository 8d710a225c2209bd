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

    /// <summary>Streams an artifact from this server to another one, which checks every byte.</summary>
    /// <param name="digest">The artifact.</param>
    /// <param name="to">The other server.</param>
    /// <param name="sent">Told about each part that was sent.</param>
    /// <param name="cancellation">Stops the transfer; nothing is left there then.</param>
    public async Task CopyArtifactAsync(
        string digest, FairleadClient to, Action<long> sent, CancellationToken cancellation = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/artifacts/{Segment(digest)}");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        await ThrowIfProblemAsync(response, cancellation);
        await using var content = new ToldStream(await response.Content.ReadAsStreamAsync(cancellation), sent);
        await to.PutArtifactAsync(content, digest, cancellation);
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
