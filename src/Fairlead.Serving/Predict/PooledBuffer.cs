using System.Buffers;

namespace Fairlead.Serving.Predict;

/// <summary>
/// A growing buffer for one request or one answer. It keeps its memory for the next one, unless that is large.
/// </summary>
public sealed class PooledBuffer : IBufferWriter<byte>
{
    private const int KeptBytes = 64 * 1024;

    private byte[] _bytes = [];
    private int _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>The same bytes, to change them in place.</summary>
    internal Span<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>Adds bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsSpan(_length);
    }

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        _length = 0;
        if (_bytes.Length <= KeptBytes)
            return;

        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private void Ensure(int sizeHint)
    {
        var needed = checked(_length + Math.Max(sizeHint, 256));
        if (needed <= _bytes.Length)
            return;

        var grown = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(needed, 2L * _bytes.Length), Array.MaxLength));
        _bytes.AsSpan(0, _length).CopyTo(grown);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = grown;
    }
}
