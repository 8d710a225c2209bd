using Fairlead.Core.Models;
using Fairlead.Inference.Loading;

namespace Fairlead.Server.Registry;

/// <summary>Artifacts read one behind the other.</summary>
internal sealed class PartsStream(IArtifactStore store, IReadOnlyList<Sha256Digest> parts) : Stream
{
    private readonly List<long> _lengths = [];
    private Stream? _present;
    private int _next;

    /// <summary>Lengths of the artifacts that were begun with, in bytes.</summary>
    public IReadOnlyList<long> Lengths => _lengths;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_present is not null)
            {
                if (await _present.ReadAsync(buffer, cancellationToken) is > 0 and var read)
                    return read;
                await _present.DisposeAsync();
                _present = null;
            }

            if (_next == parts.Count)
                return 0;
            _present = await store.OpenAsync(parts[_next++], cancellationToken);
            _lengths.Add(_present.Length);
        }
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
            _present?.Dispose();
        base.Dispose(disposing);
    }
}
