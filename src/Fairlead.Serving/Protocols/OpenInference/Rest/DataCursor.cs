using System.Runtime.CompilerServices;
using Fairlead.Inference.Tensors;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>
/// Goes from element to element of a JSON array. The array may be nested as its shape says, or flat; a mixture of both
/// is neither, because nobody could say what it means.
/// </summary>
internal ref struct DataCursor
{
    private readonly ReadOnlySpan<long> _shape;
    private readonly bool _nested;
    private readonly long _flatCount;
    private Counts _counts;
    private int _level;

    /// <summary>Opens an array at which a scanner stands.</summary>
    public DataCursor(JsonScanner scanner, ReadOnlySpan<long> shape, int count)
    {
        Scanner = scanner;
        Scanner.Take((byte)'[');
        _shape = shape;
        _nested = shape.Length > 1 && Scanner.Peek() == (byte)'[';
        _flatCount = count;
    }

    /// <summary>Stands at the element after <see cref="MoveNext"/>; whoever reads it moves it on.</summary>
    public JsonScanner Scanner;

    /// <summary>The array is not as its shape says; there is no next element.</summary>
    public bool Mismatch { get; private set; }

    /// <summary>Goes to the next element.</summary>
    public bool MoveNext()
    {
        if (_nested)
            return MoveNested();

        var begun = _counts[0] > 0;
        if (Scanner.More((byte)']', ref begun))
        {
            _counts[0]++;
            Mismatch = _counts[0] > _flatCount;
            return !Mismatch;
        }

        Mismatch = _counts[0] != _flatCount;
        return false;
    }

    private bool MoveNested()
    {
        while (true)
        {
            var begun = _counts[_level] > 0;
            if (!Scanner.More((byte)']', ref begun))
            {
                Mismatch = _counts[_level] != _shape[_level];
                if (Mismatch || --_level < 0)
                    return false;
                continue;
            }

            _counts[_level]++;
            var isArray = Scanner.Peek() == (byte)'[';
            Mismatch = _counts[_level] > _shape[_level] || isArray == (_level == _shape.Length - 1);
            if (Mismatch)
                return false;
            if (!isArray)
                return true;
            Scanner.Take((byte)'[');
            _counts[++_level] = 0;
        }
    }

    /// <summary>Elements seen so far of the open array of each level.</summary>
    [InlineArray(Tensor.MaxRank)]
    private struct Counts
    {
        private long _first;
    }
}
