using System.Buffers;
using System.Runtime.InteropServices;
using Fairlead.Core.Models;

namespace Fairlead.Inference.Tensors;

/// <summary>
/// One tensor in row-major order. It keeps its memory between requests: <see cref="Reset"/> gives it a new type and
/// shape, and only growing past what it ever held takes new memory from the pool.
/// <para>
/// Numbers lie in <see cref="Bytes"/> in little-endian order. Strings lie there one behind the other as UTF-8, the
/// i-th from <c>ends[i-1]</c> to <c>ends[i]</c>, and are added in order with <see cref="AddString"/>.
/// </para>
/// Not safe for use by two threads at once.
/// </summary>
public sealed class Tensor
{
    /// <summary>Most dimensions of a tensor.</summary>
    public const int MaxRank = 16;

    /// <summary>Memory above this size goes back to the shared pool when the tensor is released.</summary>
    internal const int KeptBytes = 64 * 1024;

    private readonly long[] _shape = new long[MaxRank];
    private byte[] _bytes = [];
    private int[] _ends = [];
    private int _length;
    private int _strings;

    /// <summary>False for an optional input that the request leaves out.</summary>
    public bool Present { get; private set; }

    public ElementType Type { get; private set; }

    public int Rank { get; private set; }

    /// <summary>Sizes of the dimensions; empty for a scalar.</summary>
    public ReadOnlySpan<long> Shape => _shape.AsSpan(0, Rank);

    /// <summary>Product of the dimensions; 1 for a scalar.</summary>
    public int ElementCount { get; private set; }

    /// <summary>The elements' bytes.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>The same bytes, for a runtime that reads them in place.</summary>
    public Memory<byte> Memory => _bytes.AsMemory(0, _length);

    /// <summary>Strings added so far; equal to <see cref="ElementCount"/> once a string tensor is complete.</summary>
    public int StringCount => _strings;

    /// <summary>Memory that the tensor holds, in use or not.</summary>
    internal long HeldBytes => _bytes.Length + ((long)_ends.Length * sizeof(int));

    /// <summary>
    /// Gives the tensor a type and a shape. Numbers are zero afterwards only where memory happens to be: the caller
    /// writes every element. Throws <see cref="ArgumentException"/> for a negative dimension, too many dimensions or
    /// more than <see cref="Array.MaxLength"/> bytes.
    /// </summary>
    public void Reset(ElementType type, ReadOnlySpan<long> shape)
    {
        if (!TryCount(shape, out var count) || (long)count * Math.Max(1, type.Size()) > Array.MaxLength)
        {
            throw new ArgumentException(
                $"The shape [{string.Join(',', shape.ToArray())}] cannot be held.", nameof(shape));
        }

        shape.CopyTo(_shape);
        Rank = shape.Length;
        Type = type;
        ElementCount = count;
        Present = true;
        _strings = 0;
        _length = 0;
        if (type == ElementType.String)
            Grow(ref _ends, count, 0);
        else
            Extend(count * type.Size());
    }

    /// <summary>Marks the tensor as left out.</summary>
    public void Clear()
    {
        Present = false;
        Rank = 0;
        ElementCount = 0;
        _length = 0;
        _strings = 0;
    }

    /// <summary>
    /// The elements as numbers of their .NET type; <typeparamref name="T"/> must have the element's size.
    /// </summary>
    public Span<T> As<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);

    /// <summary>
    /// Adds the next string; throws <see cref="InvalidOperationException"/> past <see cref="ElementCount"/>.
    /// </summary>
    public void AddString(ReadOnlySpan<byte> utf8)
    {
        if (_strings >= ElementCount)
            throw new InvalidOperationException("The tensor has all its strings.");

        var start = _length;
        Extend(utf8.Length);
        utf8.CopyTo(_bytes.AsSpan(start));
        _ends[_strings++] = _length;
    }

    /// <summary>The i-th string's UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> StringAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_strings, nameof(index));
        var start = index == 0 ? 0 : _ends[index - 1];
        return _bytes.AsSpan(start, _ends[index] - start);
    }

    /// <summary>
    /// Copies another tensor's rows (its first dimension) from <paramref name="row"/> on into this one, which is reset
    /// to them.
    /// </summary>
    public void CopyRows(Tensor from, long row, long rows)
    {
        Span<long> shape = stackalloc long[MaxRank];
        from.Shape.CopyTo(shape);
        shape[0] = rows;
        Reset(from.Type, shape[..from.Rank]);
        CopyElements(from, row);
    }

    /// <summary>
    /// Adds rows of another tensor behind those already there; for string tensors in order, for numbers at
    /// <paramref name="atRow"/>. This tensor's shape must already have room for them.
    /// </summary>
    public void PutRows(Tensor from, long atRow)
    {
        if (Type == ElementType.String)
        {
            for (var i = 0; i < from.ElementCount; i++)
                AddString(from.StringAt(i));
            return;
        }

        var rowBytes = Shape[0] == 0 ? 0 : Bytes.Length / Shape[0];
        from.Bytes.CopyTo(Bytes[(int)(atRow * rowBytes)..]);
    }

    /// <summary>
    /// Multiplies the dimensions; false when one is negative or the product passes <see cref="int.MaxValue"/>. A
    /// dimension of 0 excuses no others: what follows may multiply in any order.
    /// </summary>
    public static bool TryCount(ReadOnlySpan<long> shape, out int count)
    {
        count = 0;
        if (shape.Length > MaxRank)
            return false;

        long product = 1;
        var empty = false;
        foreach (var dimension in shape)
        {
            if (dimension is < 0 or > int.MaxValue)
                return false;
            empty |= dimension == 0;
            product *= Math.Max(1, dimension);
            if (product > int.MaxValue)
                return false;
        }

        count = empty ? 0 : (int)product;
        return true;
    }

    /// <summary>Gives large memory back; the tensor can be used again after <see cref="Reset"/>.</summary>
    internal void Release()
    {
        Clear();
        if (_bytes.Length > KeptBytes)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }

        if (_ends.Length > KeptBytes / sizeof(int))
        {
            ArrayPool<int>.Shared.Return(_ends);
            _ends = [];
        }
    }

    private void CopyElements(Tensor from, long row)
    {
        var perRow = from.Shape[0] == 0 ? 0 : from.ElementCount / from.Shape[0];
        if (Type == ElementType.String)
        {
            for (var i = row * perRow; i < row * perRow + ElementCount; i++)
                AddString(from.StringAt((int)i));
            return;
        }

        from.Bytes.Slice((int)(row * perRow * Type.Size()), Bytes.Length).CopyTo(Bytes);
    }

    private void Extend(int by)
    {
        var length = checked(_length + by);
        Grow(ref _bytes, length, _length);
        _length = length;
    }

    private static void Grow<T>(ref T[] array, int needed, int kept)
    {
        if (array.Length >= needed)
            return;

        var grown = ArrayPool<T>.Shared.Rent(Math.Max(needed, Math.Min(array.Length * 2, Array.MaxLength)));
        array.AsSpan(0, kept).CopyTo(grown);
        if (array.Length > 0)
            ArrayPool<T>.Shared.Return(array);
        array = grown;
    }
}
