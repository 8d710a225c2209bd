using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Fairlead.Statistics.Sketches;

/// <summary>A value with how often it was seen.</summary>
/// <param name="Text">The value, where it is a text.</param>
/// <param name="Number">The value, where it is a number; NaN for a text.</param>
/// <param name="Count">How often at least; at most <see cref="FrequentItems.Error"/> more.</param>
public readonly record struct FrequentItem(string? Text, double Number, long Count)
{
    /// <summary>The value in words.</summary>
    public string Name => Text ?? Number.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>
/// The frequent values of any number of values, in a bounded number of counters: Misra–Gries. When all counters are
/// taken, every counter loses the same amount, and those that reach 0 are free again. So a count is never too high, and
/// too low by at most <see cref="Error"/>, which is known, and never above 2/<see cref="Capacity"/> of all values;
/// it is 0, and the counts are exact, until there were more distinct values than counters.
/// <para>Sources: J. Misra, D. Gries, Sci. Comput. Program. 2 (1982); P. Agarwal et al., "Mergeable summaries", PODS
/// 2012; the lowering by the median of the counters is that of D. Anderson et al., IMC 2017.</para>
/// <para>Texts are cut to <see cref="LongestText"/> characters. At most 356 bytes a counter. Adding a value that has a
/// counter never allocates; a text that is new is copied. One writer at a time.</para>
/// </summary>
public sealed partial class FrequentItems
{
    /// <summary>The default number of counters.</summary>
    public const int DefaultCapacity = 64;

    /// <summary>The smallest and the greatest number of counters.</summary>
    public const int SmallestCapacity = 8, LargestCapacity = 65_536;

    /// <summary>Longer texts count as their first so many characters.</summary>
    public const int LongestText = 128;

    // Open addressing over at least twice as many slots; a slot holds the place of a counter, from 1, or 0.
    private readonly int[] _slots;
    private readonly Counter[] _counters;
    private readonly long[] _scratch;
    private int _used;

    /// <summary>Without any values.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not within <see cref="SmallestCapacity"/> and
    /// <see cref="LargestCapacity"/>.</exception>
    public FrequentItems(int capacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, SmallestCapacity);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, LargestCapacity);
        Capacity = capacity;
        _counters = new Counter[capacity];
        _scratch = new long[capacity];
        _slots = new int[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity * 2)];
    }

    /// <summary>The number of counters.</summary>
    public int Capacity { get; }

    /// <summary>How many values were added.</summary>
    public long Count { get; private set; }

    /// <summary>By how much a count may be too low, and how often a value without a counter was seen at most.</summary>
    public long Error { get; private set; }

    /// <summary>How many values have a counter.</summary>
    public int Distinct => _used;

    /// <summary>Adds a text.</summary>
    public void Add(ReadOnlySpan<char> text, long count = 1)
    {
        text = Cut(text);
        Add(SketchHash.Of(text), text, double.NaN, isText: true, count);
    }

    /// <summary>Adds a number; NaN is no value and is not counted.</summary>
    public void Add(double number, long count = 1)
    {
        if (!double.IsNaN(number))
            Add(SketchHash.Of(number), default, number == 0 ? 0 : number, isText: false, count);
    }

    /// <summary>Adds a number that is none of NaN, by the hash that it has.</summary>
    internal void AddHashed(double number, ulong hash) =>
        Add(hash, default, number == 0 ? 0 : number, isText: false, 1);

    /// <summary>
    /// Adds many numbers that are sorted, none of them NaN, here and to a sketch of distinct values: as if they had
    /// been counted exactly and then merged, so rare ones cost the frequent ones one count for many, not for each few.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void AddSorted(ReadOnlySpan<double> sorted, DistinctSketch distinct)
    {
        List<Counter> all = [.. _counters.AsSpan(0, _used)];
        var counters = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(all);
        var (many, singles) = (new List<Counter>(), new List<Counter>());
        for (var begin = 0; begin < sorted.Length;)
        {
            var (end, value) = (begin + 1, sorted[begin] == 0 ? 0 : sorted[begin]);
            while (end < sorted.Length && sorted[end] == value)
                end++;
            var (hash, count) = (SketchHash.Of(value), end - begin);
            begin = end;
            distinct.Add(hash);
            if (_used > 0 && Find(hash, default, isText: false) is >= 0 and var place)
                counters[place].Count += count;
            else if (count > 1)
                many.Add(new Counter(hash, null, value, count));
            else if (singles.Count <= Capacity)
                singles.Add(new Counter(hash, null, value, 1));
        }

        // Values seen once fit all or go all: more than there are counters need not be held.
        all.AddRange(many);
        all.AddRange(singles);
        Count += sorted.Length;
        Fit(all);
    }

    /// <summary>The values that have a counter, the most frequent first, equal ones by their name.</summary>
    public IReadOnlyList<FrequentItem> Items() =>
    [
        .. _counters.Take(_used).Select(counter => new FrequentItem(counter.Text, counter.Number, counter.Count))
            .OrderByDescending(item => item.Count).ThenBy(item => item.Name, StringComparer.Ordinal)
            .ThenBy(item => item.Text is null)
    ];

    /// <summary>Adds everything that another one has seen; the other stays as it is.</summary>
    /// <exception cref="ArgumentException">They differ in capacity, so their errors differ.</exception>
    public void Merge(FrequentItems other)
    {
        if (other.Capacity != Capacity)
        {
            throw new ArgumentException(
                $"{other.Capacity} counters cannot be added to {Capacity}.", nameof(other));
        }

        var all = new List<Counter>(2 * Capacity);
        all.AddRange(_counters.AsSpan(0, _used));
        foreach (var counter in other._counters.AsSpan(0, other._used))
        {
            var place = Find(counter.Hash, counter.Text, counter.Text is not null);
            if (place >= 0)
                all[place] = all[place] with { Count = all[place].Count + counter.Count };
            else
                all.Add(counter);
        }

        Count += other.Count;
        Error += other.Error;
        Fit(all);
    }

    /// <summary>Makes counters of which there may be too many those that are kept.</summary>
    private void Fit(List<Counter> all)
    {
        // The greatest count that does not fit is taken from all: at least Capacity + 1 counters give it.
        long lowered = 0;
        if (all.Count > Capacity)
        {
            var counts = all.ConvertAll(counter => counter.Count);
            counts.Sort();
            lowered = counts[^(Capacity + 1)];
            all.RemoveAll(counter => counter.Count <= lowered);
        }

        Error += lowered;
        var kept = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(all);
        foreach (ref var counter in kept)
            counter.Count -= lowered;
        Rebuild(kept);
    }

    private static ReadOnlySpan<char> Cut(ReadOnlySpan<char> text)
    {
        if (text.Length > LongestText)
            text = text[..(char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText)];

        // Half of a pair of surrogates is no text and could not be stored: it becomes the replacement character.
        if (Ascii.IsValid(text))
            return text;
        foreach (var unit in text)
        {
            if (char.IsSurrogate(unit))
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
        }

        return text;
    }

    private void Add(ulong hash, ReadOnlySpan<char> text, double number, bool isText, long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Count += count;
        var place = Find(hash, text, isText);
        if (place >= 0)
        {
            _counters[place].Count += count;
            return;
        }

        if (_used == Capacity)
            Lower();
        Put(new Counter(hash, isText ? text.ToString() : null, number, count));
    }

    /// <summary>The place of a value's counter, or −1.</summary>
    private int Find(ulong hash, ReadOnlySpan<char> text, bool isText)
    {
        var mask = _slots.Length - 1;
        for (var slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var place = _slots[slot] - 1;
            if (place < 0)
                return -1;
            ref var counter = ref _counters[place];
            if (counter.Hash == hash && (isText
                    ? counter.Text is not null && text.SequenceEqual(counter.Text.AsSpan())
                    : counter.Text is null))
                return place;
        }
    }

    private void Put(Counter counter)
    {
        var mask = _slots.Length - 1;
        var slot = (int)counter.Hash & mask;
        while (_slots[slot] != 0)
            slot = (slot + 1) & mask;
        _counters[_used++] = counter;
        _slots[slot] = _used;
    }

    /// <summary>Takes the median of the counters from all, which frees at least half of them.</summary>
    private void Lower()
    {
        for (var i = 0; i < _used; i++)
            _scratch[i] = _counters[i].Count;
        var half = _used / 2;
        var ones = _scratch.AsSpan().Count(1);
        if (ones <= half)
            _scratch.AsSpan().Sort();
        var lowered = ones > half ? 1 : _scratch[half];

        Error += lowered;
        var kept = 0;
        for (var i = 0; i < _used; i++)
        {
            if (_counters[i].Count > lowered)
                _counters[kept++] = _counters[i] with { Count = _counters[i].Count - lowered };
        }

        Rebuild(_counters.AsSpan(0, kept));
    }

    private void Rebuild(ReadOnlySpan<Counter> counters)
    {
        Array.Clear(_slots);
        _used = 0;
        foreach (var counter in counters)
            Put(counter);
        Array.Clear(_counters, _used, Capacity - _used);
    }

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    private record struct Counter(ulong Hash, string? Text, double Number, long Count);
}
