using System.Diagnostics;
using Fairlead.Core.Models;
using Fairlead.Inference.Loading;

namespace Fairlead.Server.CrashHost;

/// <summary>Where the process shall kill itself; nowhere until the file is there.</summary>
internal sealed class CrashOrder(string file)
{
    public void At(string point)
    {
        // SIGKILL: no handler runs, nothing is flushed, as when the machine's memory runs out.
        if (IsAt(point))
            Process.GetCurrentProcess().Kill();
    }

    public bool IsAt(string point) => File.Exists(file) && File.ReadAllText(file) == point;
}

/// <summary>A store that passes every call on, and each point of interest by the order.</summary>
internal sealed class CrashingStore(IArtifactStore store, CrashOrder crash) : IArtifactStore
{
    private int _looks;

    public async Task<StoredArtifact> PutAsync(Stream content, long maxBytes, CancellationToken cancellation)
    {
        crash.At("put-begin");
        var stored = await store.PutAsync(new CrashingStream(content, crash), maxBytes, cancellation);
        crash.At("put-end");
        return stored;
    }

    public Task<bool> ExistsAsync(Sha256Digest digest, CancellationToken cancellation)
    {
        // A registration looks before the probe and again inside the write.
        crash.At(Interlocked.Increment(ref _looks) % 2 == 1 ? "look" : "look-again");
        return store.ExistsAsync(digest, cancellation);
    }

    public Task<Stream> OpenAsync(Sha256Digest digest, CancellationToken cancellation) =>
        store.OpenAsync(digest, cancellation);

    public async Task MaterializeAsync(
        IReadOnlyList<ManifestFile> files, string folder, CancellationToken cancellation)
    {
        await store.MaterializeAsync(files, folder, cancellation);
        crash.At("laid-out");
    }

    public IAsyncEnumerable<ArtifactEntry> ListAsync(CancellationToken cancellation) => store.ListAsync(cancellation);

    public Task<bool> DeleteAsync(Sha256Digest digest, DateTimeOffset unlessPutAfter, CancellationToken cancellation) =>
        store.DeleteAsync(digest, unlessPutAfter, cancellation);

    private sealed class CrashingStream(Stream inner, CrashOrder crash) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            if (_read > 0 && read > 0)
                crash.At("put-middle");
            if (read == 0)
                crash.At("put-last-byte");
            _read += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
