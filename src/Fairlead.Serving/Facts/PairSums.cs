using System.Collections.Immutable;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Statistics.Buckets;

namespace Fairlead.Serving.Facts;

/// <summary>How often two versions gave which labels to the same requests.</summary>
public sealed class LabelPairs
{
    /// <summary>Most pairs of labels that are kept apart; further ones are counted as left out.</summary>
    public const int MaxCells = 256;

    /// <summary>Most labels whose differences between units are kept.</summary>
    public const int MaxClasses = 16;

    private readonly Dictionary<(string Champion, string Challenger), long> _cells = [];
    private readonly Dictionary<string, LabelShift> _shifts = new(StringComparer.Ordinal);

    /// <summary>Requests by the label of the version that answered and that of the candidate.</summary>
    public IReadOnlyDictionary<(string Champion, string Challenger), long> Cells => _cells;

    /// <summary>Requests whose pair of labels could not be kept apart any more.</summary>
    public long LeftOut { get; private set; }

    /// <summary>How often each label came from one version alone, by buckets of units.</summary>
    public IReadOnlyDictionary<string, LabelShift> Shifts => _shifts;

    /// <summary>Adds two answers to one request.</summary>
    /// <param name="bucket">The bucket of its unit.</param>
    public void Add(string champion, string challenger, int bucket)
    {
        if (!AddCell(champion, challenger, 1) || champion == challenger)
            return;
        ShiftOf(champion)?.Add(bucket, -1);
        ShiftOf(challenger)?.Add(bucket, 1);
    }

    public void Add(LabelPairs other)
    {
        foreach (var ((champion, challenger), count) in other._cells)
            AddCell(champion, challenger, count);
        foreach (var (label, shift) in other._shifts)
            ShiftOf(label)?.Add(shift);
        LeftOut += other.LeftOut;
    }

    internal bool AddCell(string champion, string challenger, long count)
    {
        if (_cells.TryGetValue((champion, challenger), out var before))
            _cells[(champion, challenger)] = before + count;
        else if (_cells.Count < MaxCells)
            _cells.Add((champion, challenger), count);
        else
        {
            LeftOut += count;
            return false;
        }

        return true;
    }

    /// <summary>The shift of a label; null when there are too many already.</summary>
    internal LabelShift? ShiftOf(string label)
    {
        if (_shifts.TryGetValue(label, out var known))
            return known;
        if (_shifts.Count >= MaxClasses)
            return null;
        _shifts.Add(label, known = new LabelShift());
        return known;
    }

    internal void LeaveOut(long count) => LeftOut += count;
}

/// <summary>
/// Of one label: requests that only the candidate answered so, less those that only the version that answered did, by
/// buckets of units.
/// </summary>
public sealed class LabelShift
{
    private readonly long[] _differences = new long[BucketTotals.Count];

    public ReadOnlySpan<long> Differences => _differences;

    /// <summary>Requests that exactly one version answered so; more of them than are known here, and the differences
    /// are not all.</summary>
    public long Requests { get; private set; }

    internal void Add(int bucket, int difference)
    {
        _differences[bucket] += difference;
        Requests++;
    }

    internal void Set(int bucket, long difference) => _differences[bucket] = difference;

    internal void SetRequests(long requests) => Requests = requests;

    internal void Add(LabelShift other)
    {
        for (var bucket = 0; bucket < _differences.Length; bucket++)
            _differences[bucket] += other._differences[bucket];
        Requests += other.Requests;
    }
}

/// <summary>By how much two versions' numbers differed on the same requests.</summary>
public sealed class NumberPairs
{
    /// <summary>Differences candidate − the version that answered (y) and pairs (x), by buckets of units.</summary>
    public BucketTotals Differences { get; init; } = new();

    public void Add(NumberPairs other) => Differences.Add(other.Differences);
}

/// <summary>
/// Pairs of answers to the same requests as sums that add up over replicas: the first outputs of each kind, by name.
/// Of a row's several numbers the first few elements are kept apart.
/// </summary>
public sealed class PairSums
{
    /// <summary>Most outputs with labels, and most elements of numbers, that are compared.</summary>
    public const int Most = 4;

    public Dictionary<string, LabelPairs> Labels { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, NumberPairs> Numbers { get; } = new(StringComparer.Ordinal);

    public void Add(PairSums other)
    {
        foreach (var (name, pairs) in other.Labels)
            Of(Labels, name)?.Add(pairs);
        foreach (var (name, pairs) in other.Numbers)
            Of(Numbers, name)?.Add(pairs);
    }

    /// <summary>Adds the two answers to one request.</summary>
    /// <param name="bucket">The bucket of its unit.</param>
    public void Add(
        ImmutableArray<TensorSpec> championSignature, TensorSet champion,
        ImmutableArray<TensorSpec> challengerSignature, TensorSet challenger, int bucket)
    {
        for (var i = 0; i < championSignature.Length && i < champion.Count; i++)
        {
            var name = championSignature[i].Name;
            for (var j = 0; j < challengerSignature.Length && j < challenger.Count; j++)
            {
                if (challengerSignature[j].Name == name && champion[i].Present && challenger[j].Present
                    && champion[i].ElementCount == challenger[j].ElementCount)
                {
                    Add(name, champion[i], challenger[j], bucket);
                }
            }
        }
    }

    private void Add(string name, Tensor one, Tensor other, int bucket)
    {
        var rows = one.Rank == 0 ? 1 : (int)one.Shape[0];
        if (rows == 0 || one.ElementCount == 0)
            return;
        var width = one.ElementCount / rows;
        if (TensorText.IsLabel(one.Type) && TensorText.IsLabel(other.Type))
        {
            if (Of(Labels, name) is not { } labels)
                return;
            for (var row = 0; row < rows; row++)
                labels.Add(TensorText.Text(one, row * width), TensorText.Text(other, row * width), bucket);
        }
        else if (!TensorText.IsLabel(one.Type) && !TensorText.IsLabel(other.Type))
        {
            for (var element = 0; element < Math.Min(width, Most); element++)
            {
                if (Of(Numbers, width == 1 ? name : $"{name}[{element}]") is { } numbers)
                    Add(numbers, one, other, (rows, width, element), bucket);
            }
        }
    }

    private static void Add(
        NumberPairs numbers, Tensor one, Tensor other, (int Rows, int Width, int Element) at, int bucket)
    {
        double sum = 0, pairs = 0;
        for (var row = 0; row < at.Rows; row++)
        {
            var index = row * at.Width + at.Element;
            var difference = TensorText.Number(other, index) - TensorText.Number(one, index);
            if (!double.IsFinite(difference))
                continue;
            sum += difference;
            pairs++;
        }

        if (pairs > 0)
            numbers.Differences.Add(bucket, sum, pairs);
    }

    private static T? Of<T>(Dictionary<string, T> sums, string name)
        where T : class, new()
    {
        if (sums.TryGetValue(name, out var known))
            return known;
        if (sums.Count >= Most)
            return null;
        var made = new T();
        sums.Add(name, made);
        return made;
    }
}
