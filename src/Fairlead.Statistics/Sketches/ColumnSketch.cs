using System.Buffers;
using System.Runtime.CompilerServices;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Statistics.Sketches;

/// <summary>
/// Everything that is kept of one column in one window: how many rows, missing values and values that are no finite
/// number there were; least, greatest and moments; quantiles; frequent values; distinct values. Of a category its
/// values are counted, of a text also its length. All of it merges over windows, replicas and variants in any order.
/// <para>At most <see cref="MostBytes"/> bytes, of which the parts for numbers and for names are taken when the first
/// of either comes. One writer at a time.</para>
/// </summary>
public sealed class ColumnSketch
{
    /// <summary>What a column takes at most, at the default sizes.</summary>
    public const int MostBytes = 40 * 1024;

    private const char Kind = 'C';
    private const byte Format = 1;

    private readonly ulong _seed;
    private CompensatedSum _sum;
    private CompensatedSum _squares;

    /// <summary>An empty column.</summary>
    /// <param name="seed">Chance of the quantile sketch: different for sketches that are merged.</param>
    public ColumnSketch(ulong seed = 0) => _seed = seed;

    /// <summary>How many rows.</summary>
    public long Rows { get; private set; }

    /// <summary>How many rows had no value.</summary>
    public long Missing { get; private set; }

    /// <summary>How many values were NaN or infinite; they are in nothing else.</summary>
    public long NotFinite { get; private set; }

    /// <summary>How many values were counted: rows less missing less not finite.</summary>
    public long Values => Rows - Missing - NotFinite;

    /// <summary>The numbers, or the lengths of texts; null while there were none.</summary>
    public QuantileSketch? Numbers { get; private set; }

    /// <summary>The frequent values.</summary>
    public FrequentItems Frequent { get; private set; } = new();

    /// <summary>How many distinct values there were.</summary>
    public DistinctSketch Distinct { get; private set; } = new();

    /// <summary>Count, sum and sum of squares of the numbers or lengths.</summary>
    public Moments Moments => Moments.FromSums(Numbers?.Count ?? 0, _sum, _squares);

    /// <summary>A row without a value.</summary>
    public void AddMissing() => AddMissing(1);

    /// <summary>Rows without a value.</summary>
    public void AddMissing(long rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        Rows += rows;
        Missing += rows;
    }

    /// <summary>A number.</summary>
    public void Add(double value)
    {
        Rows++;
        if (!double.IsFinite(value))
        {
            NotFinite++;
            return;
        }

        Measure(value);
        var hash = SketchHash.Of(value);
        Distinct.Add(hash);
        Frequent.AddHashed(value, hash);
    }

    /// <summary>
    /// Many finite numbers at once, in a fraction of the time: sorted, they are counted by what is equal and enter the
    /// quantiles as a sketch of their own.
    /// </summary>
    /// <param name="values">The numbers, which are sorted in place.</param>
    /// <param name="room">At least as many, whose content is lost.</param>
    /// <exception cref="ArgumentException">A value is not finite, or the room is too small.</exception>
    public void Add(Span<double> values, Span<double> room)
    {
        if (values.IsEmpty)
            return;
        NumberOrder.Sort(values, room);
        if (!double.IsFinite(values[0]) || !double.IsFinite(values[^1]))
            throw new ArgumentException("Only finite numbers can be added at once.", nameof(values));
        Rows += values.Length;
        var (sum, squares) = CompensatedSum.SumAndSquares(values);
        _sum += sum;
        _squares += squares;
        (Numbers ??= new(seed: _seed)).AddSorted(values);
        Frequent.AddSorted(values, Distinct);
    }

    /// <summary>The name of a category.</summary>
    public void AddCategory(ReadOnlySpan<char> name)
    {
        Rows++;
        Distinct.Add(SketchHash.Of(name));
        Frequent.Add(name);
    }

    /// <summary>A text: as a category is, and its length in characters is measured.</summary>
    public void AddText(ReadOnlySpan<char> text)
    {
        AddCategory(text);
        Measure(text.Length);
    }

    /// <summary>Adds everything that another column has seen; the other stays as it is.</summary>
    public void Merge(ColumnSketch other)
    {
        Rows += other.Rows;
        Missing += other.Missing;
        NotFinite += other.NotFinite;
        _sum += other._sum;
        _squares += other._squares;
        Frequent.Merge(other.Frequent);
        Distinct.Merge(other.Distinct);
        if (other.Numbers is not null)
            (Numbers ??= new(seed: _seed)).Merge(other.Numbers);
    }

    /// <summary>The binary form.</summary>
    public byte[] ToBytes()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new SketchOutput(output);
        writer.Header(Kind, Format);
        writer.Bits(_seed);
        writer.Count(Rows);
        writer.Count(Missing);
        writer.Count(NotFinite);
        foreach (var sum in (ReadOnlySpan<CompensatedSum>)[_sum, _squares])
        {
            writer.Number(sum.High);
            writer.Number(sum.Low);
        }

        writer.Part(Numbers?.ToBytes() ?? []);
        writer.Part(Frequent.ToBytes());
        writer.Part(Distinct.ToBytes());
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads the binary form.</summary>
    /// <exception cref="InvalidDataException">The bytes are no column of this format.</exception>
    public static ColumnSketch Read(ReadOnlySpan<byte> data)
    {
        const long most = 1L << 52;
        var reader = new SketchInput(data, "column sketch");
        reader.Header(Kind, Format);
        var column = new ColumnSketch(reader.Bits())
        {
            Rows = reader.Count(most),
            Missing = reader.Count(most),
            NotFinite = reader.Count(most),
        };
        if (column.Values < 0)
            throw reader.Bad("has more missing values than rows");
        column._sum = new(reader.Number(), reader.Number());
        column._squares = new(reader.Number(), reader.Number());
        var numbers = reader.Part();
        column.Numbers = numbers.IsEmpty ? null : QuantileSketch.Read(numbers);
        column.Frequent = FrequentItems.Read(reader.Part());
        column.Distinct = DistinctSketch.Read(reader.Part());
        if (column.Numbers is { } sketch && (sketch.Count > column.Values || sketch.K != QuantileSketch.DefaultK))
            throw reader.Bad("has quantiles of other values than its own");
        if (column.Frequent.Count > column.Values || column.Frequent.Capacity != FrequentItems.DefaultCapacity
            || column.Distinct.Precision != DistinctSketch.DefaultPrecision)
            throw reader.Bad("has parts of other sizes than its own");
        reader.End();
        return column;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Measure(double value)
    {
        _sum += value;
        _squares += CompensatedSum.Product(value, value);
        (Numbers ??= new(seed: _seed)).Add(value);
    }
}
