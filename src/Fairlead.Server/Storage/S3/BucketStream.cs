using System.Buffers;
using System.Security.Cryptography;
using Fairlead.Core.Models;
using Fairlead.Inference.Loading;

namespace Fairlead.Server.Storage.S3;

/// <summary>
/// An object read in parts, some of them ahead. Read from its beginning to its end it is held to its digest: the last
/// bytes come only when all are right. A stretch from the middle is of the same object throughout, by its tag.
/// <para>
/// Memory: at most <see cref="Ahead"/> parts, and one where <see cref="BucketReads"/> have no room for more.
/// </para>
/// </summary>
internal sealed class BucketStream(Bucket bucket, BucketObject from, Sha256Digest digest, BucketReads reads) : Stream
{
    /// <summary>Parts that are read ahead of the reader.</summary>
    private const int Ahead = Bucket.PartsAtOnce;

    /// <summary>The first part of a stretch is small: who wants a few bytes does not wait for many.</summary>
    private const int FirstPartBytes = 256 << 10;

    private readonly Queue<Part> _parts = new();
    private readonly CancellationTokenSource _closed = new();
    private IncrementalHash? _hash;
    private long _position;
    private long _begun;
    private long _asked;
    private int _taken;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => from.Size;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override async ValueTask<int> ReadAsync(
        Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
            return 0;
        if (_position == 0 && _parts.Count == 0)
            _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (_position >= Length)
        {
            // An object without bytes has no last part that would be checked.
            if (Length == 0)
                Check();
            return 0;
        }

        AskAhead();
        var part = _parts.Peek();
        if (!await part.Filled.WaitAsync(cancellationToken))
            throw new ArtifactMissingException(digest);
        if (_taken == 0 && _hash is not null)
        {
            _hash.AppendData(part.Bytes, 0, part.Count);
            if (_position + part.Count == Length)
                Check();
        }

        var count = Math.Min(buffer.Length, part.Count - _taken);
        part.Bytes.AsMemory(_taken, count).CopyTo(buffer);
        _taken += count;
        _position += count;
        if (_taken == part.Count)
        {
            Return(_parts.Dequeue());
            _taken = 0;
        }

        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>For readers that know no other way; they hold a thread meanwhile.</summary>
    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };
        ArgumentOutOfRangeException.ThrowIfNegative(target, nameof(offset));
        if (target == _position)
            return target;

        while (_parts.TryDequeue(out var part))
            Return(part);
        _hash?.Dispose();
        _hash = null;
        (_position, _begun, _asked, _taken) = (target, target, target, 0);
        return target;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_closed.IsCancellationRequested)
        {
            _closed.Cancel();
            while (_parts.TryDequeue(out var part))
                Return(part);
            _hash?.Dispose();
        }

        base.Dispose(disposing);
    }

    private void AskAhead()
    {
        while (_asked < Length && _parts.Count < Ahead)
        {
            // The part that is waited for is always asked for; those behind it once the reader has shown that it goes
            // on, and only while there is room for all.
            var isAhead = _parts.Count > 0;
            if (isAhead && (_position == _begun || !reads.TryTake()))
                return;
            var size = _asked == _begun ? FirstPartBytes : Bucket.PartBytes;
            var count = (int)Math.Min(size, Length - _asked);
            var bytes = ArrayPool<byte>.Shared.Rent(count);
            var filled = bucket.ReadAsync(from, _asked, bytes.AsMemory(0, count), _closed.Token);
            _parts.Enqueue(new Part(bytes, count, isAhead, filled));
            _asked += count;
        }
    }

    private void Check()
    {
        var found = Sha256Digest.FromBytes(_hash!.GetHashAndReset());
        if (found != digest)
            throw new ArtifactCorruptException(from.Key, digest, found);
    }

    /// <summary>A part that is still being filled keeps its memory until that has ended.</summary>
    private void Return(Part part)
    {
        _ = part.Filled.ContinueWith(
            filled =>
            {
                _ = filled.Exception;
                ArrayPool<byte>.Shared.Return(part.Bytes);
                if (part.IsAhead)
                    reads.Give();
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private readonly record struct Part(byte[] Bytes, int Count, bool IsAhead, Task<bool> Filled);
}

/// <summary>Room for parts that are read ahead, of all readers together.</summary>
internal sealed class BucketReads
{
    /// <summary>Most parts ahead, of 8 MiB each.</summary>
    public const int Most = 16;

    private int _taken;

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= Most)
            return true;
        Interlocked.Decrement(ref _taken);
        return false;
    }

    public void Give() => Interlocked.Decrement(ref _taken);
}
