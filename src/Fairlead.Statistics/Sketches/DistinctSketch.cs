using System.Buffers;
using System.Numerics;

namespace Fairlead.Statistics.Sketches;

/// <summary>
/// How many distinct values there were, in 2^p bytes: HyperLogLog with 64-bit hashes. Each of the 2^p registers keeps
/// the greatest number of leading zeros among the hashes that fall to it.
/// <para>While values are only added, the estimate is the historic inverse probability estimator (D. Ting, KDD 2014; E.
/// Cohen, 2015), relative standard error √(ln 2)/√m. What was merged is estimated from the registers by O. Ertl, "New
/// cardinality estimation algorithms for HyperLogLog sketches" (2017), which needs no tables and no switch between
/// ranges, √(3 ln 2 − 1)/√m. P. Flajolet et al., 2007, for the sketch itself.</para>
/// <para>Merging takes the greater of each register, so any split and any order give the same registers. 4,096 bytes at
/// the default p; adding never allocates. One writer at a time.</para>
/// </summary>
public sealed class DistinctSketch
{
    /// <summary>4,096 registers: 1.3 % as it grows, 1.6 % after merging.</summary>
    public const int DefaultPrecision = 12;

    /// <summary>The smallest and the greatest p.</summary>
    public const int SmallestPrecision = 4, LargestPrecision = 16;

    private const char Kind = 'H';
    private const byte Format = 1;

    private readonly byte[] _registers;
    private bool _merged;
    private double _history;

    // Σ 2^−register, by which the chance that the next new value changes a register is known.
    private double _inverse;

    /// <summary>An empty sketch of 2^<paramref name="precision"/> registers.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The precision is not within <see cref="SmallestPrecision"/> and
    /// <see cref="LargestPrecision"/>.</exception>
    public DistinctSketch(int precision = DefaultPrecision)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(precision, SmallestPrecision);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(precision, LargestPrecision);
        Precision = precision;
        _registers = new byte[1 << precision];
        _inverse = _registers.Length;
    }

    /// <summary>p; there are 2^p registers.</summary>
    public int Precision { get; }

    /// <summary>The estimated number of distinct values.</summary>
    public double Estimate => _merged ? FromRegisters() : _history;

    /// <summary>The relative standard error of <see cref="Estimate"/>.</summary>
    public double RelativeError => _merged ? MergedErrorOf(Precision) : GrownErrorOf(Precision);

    /// <summary>√(ln 2) / √m, of a sketch that was only added to.</summary>
    public static double GrownErrorOf(int precision) => Math.Sqrt(Math.Log(2) / Math.Pow(2, precision));

    /// <summary>√(3 ln 2 − 1) / √m, of merged ones.</summary>
    public static double MergedErrorOf(int precision) => Math.Sqrt((3 * Math.Log(2) - 1) / Math.Pow(2, precision));

    /// <summary>Adds a value by its hash (<see cref="SketchHash"/>).</summary>
    public void Add(ulong hash)
    {
        var index = (int)(hash >> (64 - Precision));
        // The bit put in below bounds the zeros where the rest of the hash is 0.
        var rank = (byte)(BitOperations.LeadingZeroCount((hash << Precision) | (1UL << (Precision - 1))) + 1);
        ref var register = ref _registers[index];
        if (rank <= register)
            return;
        if (!_merged)
        {
            _history += _registers.Length / _inverse;
            _inverse += Power(rank) - Power(register);
        }

        register = rank;
    }

    /// <summary>Adds everything that another sketch has seen; the other stays as it is.</summary>
    /// <exception cref="ArgumentException">The sketches differ in precision.</exception>
    public void Merge(DistinctSketch other)
    {
        if (other.Precision != Precision)
        {
            throw new ArgumentException(
                $"A sketch of precision {other.Precision} cannot be added to one of {Precision}.", nameof(other));
        }

        // A power of two of them, at least 16: whole vectors, or one by one where vectors are longer than that.
        var ours = _registers.AsSpan();
        var theirs = other._registers.AsSpan();
        var i = 0;
        for (; i <= ours.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            Vector.Max(new Vector<byte>(ours[i..]), new Vector<byte>(theirs[i..])).CopyTo(ours[i..]);
        for (; i < ours.Length; i++)
            ours[i] = Math.Max(ours[i], theirs[i]);
        _merged = true;
    }

    /// <summary>The binary form; runs of empty registers take two bytes.</summary>
    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new SketchOutput(output);
        writer.Header(Kind, Format);
        writer.Count(Precision);
        writer.Count(_merged ? 1 : 0);
        if (!_merged)
        {
            writer.Number(_history);
            writer.Number(_inverse);
        }

        // Alternately how many registers are empty and how many are not, with these.
        for (var at = 0; at < _registers.Length;)
        {
            var filled = at;
            while (filled < _registers.Length && _registers[filled] == 0)
                filled++;
            var end = filled;
            while (end < _registers.Length && _registers[end] != 0)
                end++;
            writer.Count(filled - at);
            writer.Count(end - filled);
            writer.Bytes(_registers.AsSpan(filled..end));
            at = end;
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads the binary form.</summary>
    /// <exception cref="InvalidDataException">The bytes are no sketch of this format.</exception>
    public static DistinctSketch Read(ReadOnlySpan<byte> data)
    {
        var reader = new SketchInput(data, "distinct sketch");
        reader.Header(Kind, Format);
        var precision = (int)reader.Count(LargestPrecision);
        if (precision < SmallestPrecision)
            throw reader.Bad($"has precision {precision}; the least is {SmallestPrecision}");
        var sketch = new DistinctSketch(precision) { _merged = reader.Count(1) == 1 };
        if (!sketch._merged)
        {
            sketch._history = reader.Finite();
            sketch._inverse = reader.Finite();
            if (!(sketch._history >= 0) || !(sketch._inverse > 0))
                throw reader.Bad("has an estimate that cannot be");
        }

        var registers = sketch._registers;
        for (var at = 0; at < registers.Length;)
        {
            var empty = (int)reader.Count(registers.Length - at);
            at += empty;
            var filled = (int)reader.Count(registers.Length - at);
            if (empty + filled == 0)
                throw reader.Bad("has a run without registers");
            reader.Bytes(filled).CopyTo(registers.AsSpan(at));
            if (registers.AsSpan(at, filled).ContainsAnyExceptInRange((byte)1, (byte)(65 - precision)))
                throw reader.Bad($"has a register outside 1 to {65 - precision}");
            at += filled;
        }

        reader.End();
        return sketch;
    }

    private static double Power(int register) => BitConverter.Int64BitsToDouble((1023L - register) << 52);

    private double FromRegisters()
    {
        Span<int> counts = stackalloc int[66];
        counts.Clear();
        foreach (var register in _registers)
            counts[register]++;

        double m = _registers.Length;
        var q = 64 - Precision;
        var z = m * Tau(1 - counts[q + 1] / m);
        for (var k = q; k >= 1; k--)
            z = 0.5 * (z + counts[k]);
        z += m * Sigma(counts[0] / m);
        return m * m / (2 * Math.Log(2) * z);
    }

    /// <summary>x + Σ x^(2ᵏ) 2^(k−1): what the empty registers add.</summary>
    private static double Sigma(double x)
    {
        if (x == 1)
            return double.PositiveInfinity;
        var (sum, weight, before) = (x, 1.0, double.NaN);
        while (sum != before)
        {
            x *= x;
            before = sum;
            sum += x * weight;
            weight += weight;
        }

        return sum;
    }

    /// <summary>(1 − x − Σ (1 − x^(2⁻ᵏ))² 2⁻ᵏ)/3: what the full registers add.</summary>
    private static double Tau(double x)
    {
        if (x is 0 or 1)
            return 0;
        var (sum, weight, before) = (1 - x, 1.0, double.NaN);
        while (sum != before)
        {
            x = Math.Sqrt(x);
            before = sum;
            weight *= 0.5;
            sum -= (1 - x) * (1 - x) * weight;
        }

        return sum / 3;
    }
}
