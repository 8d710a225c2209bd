using System.Runtime.CompilerServices;

namespace Fairlead.Statistics.Sketches;

/// <summary>
/// Quantiles of any number of values in bounded memory: the KLL sketch. Level h holds values that stand for 2ʰ each;
/// when the room is used up, the lowest full level is sorted and every second of its values, beginning at random with
/// the first or the second, moves up.
/// <para>Sources: Z. Karnin, K. Lang, E. Liberty, "Optimal quantile approximation in streams", FOCS 2016; the sizes of
/// the levels and the constants of the error are those of Apache DataSketches. With 99 % confidence the rank of one
/// value is wrong by at most <see cref="RankError"/> of the count, and a share between two values, or the greatest
/// deviation over all values, by at most <see cref="UniformError"/>; both hold after merging in any order. Up to
/// <see cref="K"/> values nothing is lost and both errors are 0.</para>
/// <para>Chance comes from the seed, so the same values in the same order give the same bytes. At most
/// 8 · <see cref="MostRetained"/> bytes, taken at once; adding never allocates. NaN and infinities are counted in
/// <see cref="NotFinite"/> and left out. One writer at a time.</para>
/// </summary>
public sealed partial class QuantileSketch
{
    /// <summary>A room that keeps ranks within 1.33 %, shares within 1.65 %.</summary>
    public const int DefaultK = 200;

    /// <summary>The smallest and the greatest room of the top level.</summary>
    public const int SmallestK = 8, LargestK = 8192;

    private const int SmallestLevel = 8;
    private const int SmallestInput = 32;
    private const int MostLevels = 56;

    // Level h is _items[_starts[h].._starts[h + 1]], the highest last; level 0 is not sorted and grows downwards.
    private readonly double[] _items;
    private readonly int[] _starts = new int[MostLevels + 1];

    // By how many levels lie above. Windows make many sketches of the default room.
    private static readonly int[] DefaultCapacities = CapacitiesOf(DefaultK);
    private readonly int[] _capacities;
    private int _levels = 1;
    private int _room;
    private ulong _chance;

    /// <summary>An empty sketch.</summary>
    /// <param name="k">Room of the top level; the error falls nearly as 1/k.</param>
    /// <param name="seed">Chooses what is kept; sketches that are merged should differ in it.</param>
    /// <exception cref="ArgumentOutOfRangeException">k is not within <see cref="SmallestK"/> and
    /// <see cref="LargestK"/>.</exception>
    public QuantileSketch(int k = DefaultK, ulong seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, SmallestK);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, LargestK);
        K = k;
        _chance = seed;
        _capacities = k == DefaultK ? DefaultCapacities : CapacitiesOf(k);
        _items = new double[Room(MostLevels)];
        _starts.AsSpan().Fill(_items.Length);
        _room = Room(1);
    }

    /// <summary>Room of the top level.</summary>
    public int K { get; }

    /// <summary>How many values were added.</summary>
    public long Count { get; private set; }

    /// <summary>How many NaN and infinities were left out.</summary>
    public long NotFinite { get; private set; }

    /// <summary>The least value; NaN when empty.</summary>
    public double Min { get; private set; } = double.NaN;

    /// <summary>The greatest value; NaN when empty.</summary>
    public double Max { get; private set; } = double.NaN;

    /// <summary>How many values are held.</summary>
    public int Retained => _items.Length - _starts[0];

    /// <summary>The most values that the sketch ever holds: 1,011 at the default k.</summary>
    public int MostRetained => _items.Length;

    /// <summary>Nothing has been left out yet: ranks and shares are those of the values themselves.</summary>
    public bool IsExact => Retained == Count;

    /// <summary>The rank error of one value at 99 % confidence as a share of the count; 0 while exact.</summary>
    public double RankError => IsExact ? 0 : RankErrorOf(K);

    /// <summary>The error of a share between two values, at 99 % confidence; 0 while exact.</summary>
    public double UniformError => IsExact ? 0 : UniformErrorOf(K);

    /// <summary>2.296 / k^0.9723.</summary>
    public static double RankErrorOf(int k) => 2.296 / Math.Pow(k, 0.9723);

    /// <summary>2.446 / k^0.9433.</summary>
    public static double UniformErrorOf(int k) => 2.446 / Math.Pow(k, 0.9433);

    /// <summary>Adds a value. About 30 ns, spread over many; never allocates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(double value)
    {
        if (!double.IsFinite(value))
        {
            NotFinite++;
            return;
        }

        if (!(value >= Min))
            Min = value;
        if (!(value <= Max))
            Max = value;
        Count++;
        if (Retained == _room)
            Compress();
        _items[--_starts[0]] = value;
    }

    /// <summary>
    /// Adds many values that are sorted and finite. Of each 2ʰ that follow each other one stands for all, by one chance
    /// for the whole span, which is what h compactions of it would leave: so many that at most <see cref="K"/> are left
    /// enter at level h.
    /// </summary>
    public void AddSorted(ReadOnlySpan<double> sorted)
    {
        var height = 0;
        while (sorted.Length >> height > K)
            height++;
        if (height == 0)
        {
            foreach (var value in sorted)
                Add(value);
            return;
        }

        var first = 0;
        for (var bit = 0; bit < height; bit++)
            first |= Coin() << bit;
        var count = sorted.Length >> height;
        var sampled = new List<double>(count);
        for (var i = 0; i < count; i++)
            sampled.Add(sorted[(i << height) + first]);
        var other = new QuantileSketch(K) { Count = (long)count << height, Min = sorted[0], Max = sorted[^1] };
        other.Lay([.. Enumerable.Range(0, height).Select(_ => new List<double>()), sampled], height + 1);
        Merge(other);

        // What is no whole group comes in as it is.
        foreach (var value in sorted[(count << height)..])
            Add(value);
    }

    /// <summary>Adds everything that another sketch has seen; the other stays as it is.</summary>
    /// <exception cref="ArgumentException">The sketches differ in k, so their errors differ.</exception>
    public void Merge(QuantileSketch other)
    {
        if (other.K != K)
            throw new ArgumentException($"A sketch of k = {other.K} cannot be added to one of k = {K}.", nameof(other));
        NotFinite += other.NotFinite;
        if (other.Count == 0)
            return;
        Min = Count == 0 ? other.Min : Math.Min(Min, other.Min);
        Max = Count == 0 ? other.Max : Math.Max(Max, other.Max);
        Count += other.Count;

        // Both together may be twice the room; compacted until they fit, they go back.
        var levels = Math.Max(_levels, other._levels);
        var lists = new List<List<double>>(levels + 1);
        for (var level = 0; level < levels; level++)
            lists.Add([.. Level(level), .. other.Level(level)]);
        for (var held = Retained + other.Retained; held > Room(levels);)
        {
            var level = 0;
            while (lists[level].Count < Capacity(levels, level))
                level++;
            if (level == levels - 1)
            {
                lists.Add([]);
                levels++;
            }

            held -= lists[level].Count / 2;
            CompactList(lists[level], lists[level + 1]);
        }

        Lay(lists, levels);
    }

    /// <summary>The values that are held, with what each stands for, in rising order: to ask for quantiles, ranks and
    /// shares.</summary>
    public QuantileView View()
    {
        // The levels are sorted but for the lowest, so each is merged into those below it, from the back.
        var (values, weights) = (new double[Retained], new long[Retained]);
        var held = _starts[1] - _starts[0];
        Level(0).CopyTo(values);
        values.AsSpan(0, held).Sort();
        weights.AsSpan(0, held).Fill(1);
        for (var level = 1; level < _levels; level++)
        {
            var above = Level(level);
            var (a, b) = (held - 1, above.Length - 1);
            held += above.Length;
            for (var write = held - 1; b >= 0; write--)
            {
                if (a >= 0 && values[a] > above[b])
                    (values[write], weights[write]) = (values[a], weights[a--]);
                else
                    (values[write], weights[write]) = (above[b--], 1L << level);
            }
        }

        return new QuantileView(values, weights, Min, Max, RankError, UniformError);
    }

    private static int[] CapacitiesOf(int k) =>
    [
        .. Enumerable.Range(0, MostLevels).Select(above => Math.Max(
            SmallestLevel, (int)Math.Round(k * Math.Pow(2.0 / 3, above), MidpointRounding.AwayFromZero))),
    ];

    private int Capacity(int levels, int level)
    {
        var capacity = _capacities[levels - level - 1];
        return level == 0 ? Math.Max(capacity, SmallestInput) : capacity;
    }

    private int Room(int levels)
    {
        var sum = 0;
        for (var level = 0; level < levels; level++)
            sum += Capacity(levels, level);
        return sum;
    }

    private ReadOnlySpan<double> Level(int level) => _items.AsSpan(_starts[level].._starts[level + 1]);

    private int Coin()
    {
        _chance += 0x9E3779B97F4A7C15UL;
        var z = (_chance ^ (_chance >> 30)) * 0xBF58476D1CE4E5B9UL;
        return (int)((z ^ (z >> 27)) * 0x94D049BB133111EBUL >> 63);
    }

    private void Compress()
    {
        var level = 0;
        while (_starts[level + 1] - _starts[level] < Capacity(_levels, level))
            level++;
        if (level == _levels - 1)
        {
            // The new level on top is empty: it begins and ends where the items do.
            _levels++;
            _room = Room(_levels);
        }

        var (begin, end) = (_starts[level], _starts[level + 1]);
        if (level == 0)
            FewValues.Sort(_items.AsSpan(begin..end));
        var odd = (end - begin) & 1;
        var half = (end - begin) / 2;
        var kept = _items[begin];
        var first = begin + odd;
        for (int i = 0, from = first + Coin(); i < half; i++, from += 2)
            _items[first + i] = _items[from];
        MergeUp(first, half, end, _starts[level + 2]);

        // What stays below moves up to where the room begins.
        _starts[level + 1] = end - half;
        if (odd == 1)
            _items[end - half - 1] = kept;
        _starts[level] = end - half - odd;
        if (level > 0)
        {
            _items.AsSpan(_starts[0]..begin).CopyTo(_items.AsSpan(_starts[0] + half));
            for (var lower = 0; lower < level; lower++)
                _starts[lower] += half;
        }
    }

    /// <summary>
    /// Merges the sorted values from <paramref name="first"/> with the sorted level above, which begins at
    /// <paramref name="above"/>; they end where that one ended. Writing never overtakes reading.
    /// </summary>
    private void MergeUp(int first, int half, int above, int aboveEnd)
    {
        var (a, b, write) = (first, above, first + half);
        var lastA = first + half;
        while (a < lastA && b < aboveEnd)
            _items[write++] = _items[a] <= _items[b] ? _items[a++] : _items[b++];
        while (a < lastA)
            _items[write++] = _items[a++];
    }

    private void CompactList(List<double> level, List<double> above)
    {
        level.Sort();
        var odd = level.Count & 1;
        for (var from = odd + Coin(); from < level.Count; from += 2)
            above.Add(level[from]);
        level.RemoveRange(odd, level.Count - odd);
    }

    private void Lay(List<List<double>> lists, int levels)
    {
        _levels = levels;
        _room = Room(levels);
        var at = _items.Length;
        _starts.AsSpan().Fill(at);
        for (var level = levels - 1; level >= 0; level--)
        {
            _starts[level + 1] = at;
            if (level > 0)
                lists[level].Sort();
            at -= lists[level].Count;
            lists[level].CopyTo(_items, at);
        }

        _starts[0] = at;
    }
}
