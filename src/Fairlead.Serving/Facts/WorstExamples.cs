using Fairlead.Core.Predictions;

namespace Fairlead.Serving.Facts;

/// <summary>A request that two versions answered differently.</summary>
/// <param name="Id">The id of the prediction that the caller got.</param>
/// <param name="Share">Share of its rows that count as answered otherwise.</param>
/// <param name="Largest">Largest difference of a number.</param>
/// <param name="Inputs">What was asked, as JSON by the name of the input.</param>
/// <param name="Champion">What the caller got, as JSON by the name of the output.</param>
/// <param name="Challenger">What the candidate answered.</param>
public sealed record ShadowExample(
    PredictionId Id, double Share, double Largest, string Inputs, string Champion, string Challenger)
{
    /// <summary>By how much the answers differ: first the share of rows, then the largest number.</summary>
    public static IComparer<ShadowExample> ByDifference { get; } =
        Comparer<ShadowExample>.Create((one, other) => Compare(one.Share, one.Largest, other));

    internal static int Compare(double share, double largest, ShadowExample other) =>
        share.CompareTo(other.Share) is var order and not 0 ? order : largest.CompareTo(other.Largest);
}

/// <summary>The worst examples of one arm under one generation. Bounded; safe to use from many threads.</summary>
public sealed class WorstExamples
{
    /// <summary>Most examples that are kept.</summary>
    public const int Most = 20;

    private readonly Lock _lock = new();
    private readonly List<ShadowExample> _worst = [];
    private readonly HashSet<ShadowExample> _unstored = [];

    /// <summary>Says whether an example of this difference would be kept, before it is written out.</summary>
    public bool WouldKeep(double share, double largest)
    {
        if (!(share > 0) && !(largest > 0))
            return false;
        lock (_lock)
            return _worst.Count < Most || ShadowExample.Compare(share, largest, _worst[0]) > 0;
    }

    /// <summary>Adds an example; the least bad one makes room.</summary>
    public void Add(ShadowExample example)
    {
        lock (_lock)
        {
            var place = _worst.BinarySearch(example, ShadowExample.ByDifference);
            _worst.Insert(place < 0 ? ~place : place, example);
            _unstored.Add(example);
            if (_worst.Count <= Most)
                return;
            _unstored.Remove(_worst[0]);
            _worst.RemoveAt(0);
        }
    }

    /// <summary>Examples that nobody has stored yet.</summary>
    public IReadOnlyList<ShadowExample> Unstored()
    {
        lock (_lock)
            return [.. _unstored];
    }

    /// <summary>These have been stored.</summary>
    public void Stored(IEnumerable<ShadowExample> examples)
    {
        lock (_lock)
            _unstored.ExceptWith(examples);
    }
}
