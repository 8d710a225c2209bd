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

    private readonly Dictionary<(string Champion, string Challenger), long> _cells = [];

    /// <summary>Requests by the label of the version that answered and that of the candidate.</summary>
    public IReadOnlyDictionary<(string Champion, string Challenger), long> Cells => _cells;

    /// <summary>Requests whose pair of labels could not be kept apart any more.</summary>
    public long LeftOut { get; private set; }

    public void Add(string champion, string challenger, long count = 1)
    {
        if (_cells.TryGetValue((champion, challenger), out var before))
            _cells[(champion, challenger)] = before + count;
        else if (_cells.Count < MaxCells)
            _cells.Add((champion, challenger), count);
        else
            LeftOut += count;
    }

    public void Add(LabelPairs other)
    {
        foreach (var ((champion, challenger), count) in other._cells)
            Add(champion, challenger, count);
        LeftOut += other.LeftOut;
    }

    internal void LeaveOut(long count) => LeftOut += count;
}

/// <summary>By how much two versions' numbers differed on the same requests.</summary>
public sealed class NumberPairs
{
    /// <summary>Differences candidate − the version that answered (y) and pairs (x), by buckets of units.</summary>
    public BucketTotals Differences { get; init; } = new();

    /// <summary>The differences by sign and size.</summary>
    public PairedDifferences Sizes { get; } = new();

    public void Add(NumberPairs other)
    {
        Differences.Add(other.Differences);
        Sizes.Add(other.Sizes);
    }
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
                labels.Add(TensorText.Text(one, row * width), TensorText.Text(other, row * width));
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
            numbers.Sizes.Add(difference);
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
