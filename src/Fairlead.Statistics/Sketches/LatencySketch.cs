using System.Buffers;

namespace Fairlead.Statistics.Sketches;

/// <summary>
/// Quantiles of times, each within a share α of itself: DDSketch. Bin i counts the values in (γ^(i−1), γⁱ] with
/// γ = (1 + α)/(1 − α), and answers 2γⁱ/(γ + 1), the value whose relative error is α at both ends.
/// <para>Source: C. Masson, J. Rim, H. Lee, "DDSketch", VLDB 2019. Counts add, so that merging in any order gives the
/// sketch of all values. At most <see cref="MostBins"/> bins of 8 bytes: beyond that the lowest are counted together,
/// and quantiles among these are too high. At α = 1 % the bins span a factor of 6 · 10¹⁷. Values at most
/// <see cref="Smallest"/> count as 0, and what is no finite number of 0 or above is counted in
/// <see cref="Refused"/>. Adding allocates only when the range of what was seen doubles. One writer at a time.</para>
/// </summary>
public sealed class LatencySketch
{
    /// <summary>Quantiles within 1 %.</summary>
    public const double DefaultAccuracy = 0.01;

    /// <summary>The most bins.</summary>
    public const int MostBins = 2048;

    /// <summary>Values up to this one count as 0.</summary>
    public const double Smallest = 1e-12;

    private const char Kind = 'D';
    private const byte Format = 1;
    private const double LeastAccuracy = 1e-4, GreatestAccuracy = 0.5;

    private readonly double _perLog;
    private long[] _bins = [];
    private int _first;

    /// <summary>An empty sketch.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The accuracy is not within 0.0001 and 0.5.</exception>
    public LatencySketch(double accuracy = DefaultAccuracy)
    {
        if (!(accuracy >= LeastAccuracy && accuracy <= GreatestAccuracy))
        {
            throw new ArgumentOutOfRangeException(
                nameof(accuracy), accuracy, $"Must lie between {LeastAccuracy} and {GreatestAccuracy}.");
        }

        Accuracy = accuracy;
        Gamma = (1 + accuracy) / (1 - accuracy);
        _perLog = 1 / Math.Log(Gamma);
    }

    /// <summary>α: the greatest relative error of a quantile.</summary>
    public double Accuracy { get; }

    /// <summary>γ = (1 + α)/(1 − α), the ratio of one bin to the next.</summary>
    public double Gamma { get; }

    /// <summary>How many values were counted.</summary>
    public long Count { get; private set; }

    /// <summary>How many of them count as 0.</summary>
    public long Zeros { get; private set; }

    /// <summary>How many were left out: negative, NaN or infinite.</summary>
    public long Refused { get; private set; }

    /// <summary>The lowest bins are counted together, so that low quantiles may be too high.</summary>
    public bool Collapsed { get; private set; }

    /// <summary>The bin of a positive value, ⌈ln x / ln γ⌉.</summary>
    public int Bin(double value) => (int)Math.Ceiling(Math.Log(value) * _perLog);

    /// <summary>What a bin answers, 2γⁱ/(γ + 1).</summary>
    public double Representative(int bin) => 2 * Math.Pow(Gamma, bin) / (Gamma + 1);

    /// <summary>Adds a value.</summary>
    public void Add(double value)
    {
        if (!(value >= 0) || double.IsInfinity(value))
        {
            Refused++;
            return;
        }

        Count++;
        if (value <= Smallest)
            Zeros++;
        else
            Add(Bin(value), 1);
    }

    /// <summary>Adds everything that another sketch has seen; the other stays as it is.</summary>
    /// <exception cref="ArgumentException">The sketches differ in accuracy.</exception>
    public void Merge(LatencySketch other)
    {
        if (other.Accuracy != Accuracy)
        {
            throw new ArgumentException(
                $"A sketch of accuracy {other.Accuracy} cannot be added to one of {Accuracy}.", nameof(other));
        }

        var (bins, first) = (other._bins, other._first);
        Count += other.Count;
        Zeros += other.Zeros;
        Refused += other.Refused;
        Collapsed |= other.Collapsed;
        for (var i = bins.Length - 1; i >= 0; i--)
        {
            if (bins[i] > 0)
                Add(first + i, bins[i]);
        }
    }

    /// <summary>The value at or before which at least the share p of all values stands; NaN when empty.</summary>
    /// <exception cref="ArgumentOutOfRangeException">p lies outside 0 to 1.</exception>
    public double Quantile(double p)
    {
        if (!(p >= 0 && p <= 1))
            throw new ArgumentOutOfRangeException(nameof(p), p, "Must lie between 0 and 1.");
        if (Count == 0)
            return double.NaN;
        var wanted = Math.Max(1, (long)Math.Ceiling(p * Count));
        var passed = Zeros;
        if (passed >= wanted)
            return 0;
        for (var i = 0; i < _bins.Length; i++)
        {
            passed += _bins[i];
            if (passed >= wanted)
                return Representative(_first + i);
        }

        return Representative(_first + _bins.Length - 1);
    }

    /// <summary>The mean of all values, within <see cref="Accuracy"/> of it; NaN when empty.</summary>
    public double Mean
    {
        get
        {
            double sum = 0;
            for (var i = 0; i < _bins.Length; i++)
            {
                if (_bins[i] > 0)
                    sum += _bins[i] * Representative(_first + i);
            }

            return sum / Count;
        }
    }

    /// <summary>The binary form: bins as runs of counts.</summary>
    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new SketchOutput(output);
        writer.Header(Kind, Format);
        writer.Number(Accuracy);
        writer.Count(Zeros);
        writer.Count(Refused);
        writer.Count(Collapsed ? 1 : 0);
        var begin = Array.FindIndex(_bins, count => count > 0);
        var length = begin < 0 ? 0 : Array.FindLastIndex(_bins, count => count > 0) - begin + 1;
        writer.Count(length);
        if (length > 0)
            writer.Number(_first + begin);
        for (var i = 0; i < length; i++)
            writer.Count(_bins[begin + i]);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads the binary form.</summary>
    /// <exception cref="InvalidDataException">The bytes are no sketch of this format.</exception>
    public static LatencySketch Read(ReadOnlySpan<byte> data)
    {
        const long most = 1L << 52;
        var reader = new SketchInput(data, "latency sketch");
        reader.Header(Kind, Format);
        var accuracy = reader.Number();
        if (!(accuracy >= LeastAccuracy && accuracy <= GreatestAccuracy))
            throw reader.Bad($"has an accuracy of {accuracy}");
        var sketch = new LatencySketch(accuracy)
        {
            Zeros = reader.Count(most),
            Refused = reader.Count(most),
            Collapsed = reader.Count(1) == 1,
        };
        sketch.Count = sketch.Zeros;
        var length = (int)reader.Count(MostBins);
        if (length > 0)
        {
            var first = reader.Number();
            if (Math.Abs(first) > 1e8 || first != Math.Floor(first))
                throw reader.Bad($"has {first} as its first bin");
            (sketch._bins, sketch._first) = (new long[length], (int)first);
        }

        for (var i = 0; i < length; i++)
            sketch.Count += sketch._bins[i] = reader.Count(most);
        if (length > 0 && (sketch._bins[0] == 0 || sketch._bins[^1] == 0))
            throw reader.Bad("has an empty bin at an end");
        reader.End();
        return sketch;
    }

    private void Add(int bin, long count)
    {
        var place = bin - _first;
        if ((uint)place >= (uint)_bins.Length)
            place = MakeRoom(bin);
        _bins[place] += count;
    }

    /// <summary>Widens the bins to hold one more, or counts the lowest together; gives the place of it.</summary>
    private int MakeRoom(int bin)
    {
        if (_bins.Length == 0)
        {
            (_bins, _first) = (new long[64], bin - 32);
            return 32;
        }

        var last = _first + _bins.Length - 1;
        if (bin < _first && _bins.Length == MostBins)
            return Lowest(last, bin);

        // Half as much again on the side that grows, but never beyond the most bins below the greatest value.
        var (from, to) = bin < _first ? (bin - _bins.Length / 2, last) : (_first, bin + _bins.Length / 2);
        if (to - from + 1 > MostBins)
        {
            to = Math.Max(bin, Greatest());
            from = to - MostBins + 1;
        }

        var wider = new long[to - from + 1];
        for (var i = 0; i < _bins.Length; i++)
        {
            if (_bins[i] == 0)
                continue;
            Collapsed |= _first + i < from;
            wider[Math.Max(_first + i, from) - from] += _bins[i];
        }

        (_bins, _first) = (wider, from);
        Collapsed |= bin < from;
        return Math.Max(bin - from, 0);
    }

    /// <summary>With all bins in use: the window ends at the greatest value, so a lower one may still fit.</summary>
    private int Lowest(int last, int bin)
    {
        var spare = last - Greatest();
        if (spare > 0)
        {
            Array.Copy(_bins, 0, _bins, spare, _bins.Length - spare);
            Array.Clear(_bins, 0, spare);
            _first -= spare;
        }

        Collapsed |= bin < _first;
        return Math.Max(bin - _first, 0);
    }

    private int Greatest() => _first + Math.Max(Array.FindLastIndex(_bins, count => count > 0), 0);
}
