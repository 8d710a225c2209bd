using System.Globalization;
using Fairlead.Statistics;
using Fairlead.Statistics.Drift;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Core.Monitoring;

/// <summary>
/// What is known of a column in a window or a reference, from the rows themselves or from a sketch of them: the
/// judgement of drift is the same code for both, and a sketch brings its error along.
/// </summary>
public sealed class ColumnEvidence
{
    // The names of numbers take longer to write than all the rest, and few methods ask for them.
    private readonly Lazy<IReadOnlyDictionary<string, long>> _counts;

    private ColumnEvidence(
        ColumnKind kind, long rows, long missing, long notFinite, QuantileView? numbers, Moments moments,
        Func<IReadOnlyDictionary<string, long>> counts, long countError)
    {
        (Kind, Rows, Missing, NotFinite) = (kind, rows, missing, notFinite);
        (Numbers, Moments, CountError) = (numbers, moments, countError);
        _counts = new(counts);
    }

    /// <summary>What the values are.</summary>
    public ColumnKind Kind { get; }

    /// <summary>How many rows there were.</summary>
    public long Rows { get; }

    /// <summary>How many of them had no value.</summary>
    public long Missing { get; }

    /// <summary>How many values were NaN or infinite.</summary>
    public long NotFinite { get; }

    /// <summary>How many values there were.</summary>
    public long Values => Rows - Missing - NotFinite;

    /// <summary>Numbers or lengths of texts; null where there are none.</summary>
    public QuantileView? Numbers { get; }

    /// <summary>The sums of these, exact in a sketch too.</summary>
    public Moments Moments { get; }

    /// <summary>Values by how often they were seen; all of them where <see cref="CountError"/> is 0.</summary>
    public IReadOnlyDictionary<string, long> Counts => _counts.Value;

    /// <summary>By how much a count may be too low, and how often a value without one was seen at most.</summary>
    public long CountError { get; }

    /// <summary>The quantiles are those of the rows themselves.</summary>
    public bool HasRows => Numbers is { UniformError: 0 };

    /// <summary>A column of numbers as it is; NaN is missing.</summary>
    public static ColumnEvidence OfNumbers(ReadOnlySpan<double> values)
    {
        var clean = CleanSample.Of(values);
        var frequent = new FrequentItems();
        foreach (var value in clean.Values)
            frequent.Add(value);
        return new(
            ColumnKind.Number, values.Length, clean.Missing, clean.Infinite,
            clean.Values.Length == 0 ? null : QuantileView.OfSample(clean.Values), Moments.Of(clean.Values),
            CountsOf(frequent.Items), frequent.Error);
    }

    /// <summary>A column of names as it is; null is missing.</summary>
    public static ColumnEvidence OfCategories(IReadOnlyList<string?> values)
    {
        var counts = values.OfType<string>().CountBy(value => value, StringComparer.Ordinal)
            .ToDictionary(pair => pair.Key, pair => (long)pair.Value, StringComparer.Ordinal);
        return new(
            ColumnKind.Category, values.Count, values.Count - counts.Values.Sum(), 0, null, default,
            () => counts, 0);
    }

    /// <summary>A column of texts as it is; null is missing.</summary>
    public static ColumnEvidence OfTexts(IReadOnlyList<string?> values)
    {
        double[] lengths = [.. values.OfType<string>().Select(text => (double)text.Length)];
        return new(
            ColumnKind.Text, values.Count, values.Count - lengths.Length, 0,
            lengths.Length == 0 ? null : QuantileView.OfSample(lengths), Moments.Of(lengths),
            () => new Dictionary<string, long>(), lengths.Length);
    }

    /// <summary>A column of finite numbers in rising order, which is looked at where it lies.</summary>
    /// <param name="sorted">The values.</param>
    /// <param name="missing">Rows without a value.</param>
    /// <param name="notFinite">Rows with NaN or an infinity.</param>
    public static ColumnEvidence OfSorted(ReadOnlyMemory<double> sorted, long missing, long notFinite)
    {
        // Few distinct values are counted; of many it is only known that they are many.
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var values = sorted.Span;
        for (var begin = 0; begin < values.Length && counts.Count <= FrequentItems.DefaultCapacity;)
        {
            var run = values[begin..].IndexOfAnyExcept(values[begin]);
            var end = run < 0 ? values.Length : begin + run;
            counts.Add(Name(values[begin] == 0 ? 0 : values[begin]), end - begin);
            begin = end;
        }

        var many = counts.Count > FrequentItems.DefaultCapacity;
        if (many)
            counts.Clear();
        return new(
            ColumnKind.Number, values.Length + missing + notFinite, missing, notFinite,
            values.IsEmpty ? null : QuantileView.OfSorted(sorted), Moments.Of(values), () => counts,
            many ? values.Length : 0);
    }

    /// <summary>A column of texts that were counted, and their lengths in rising order.</summary>
    /// <param name="kind">Names or texts.</param>
    /// <param name="missing">Rows without a value.</param>
    /// <param name="counts">How often each was seen.</param>
    /// <param name="uncounted">Values that are not among them.</param>
    /// <param name="lengths">In characters, of all of them.</param>
    public static ColumnEvidence OfCounted(
        ColumnKind kind, long missing, IReadOnlyDictionary<string, long> counts, long uncounted,
        ReadOnlyMemory<double> lengths) => new(
            kind, lengths.Length + missing, missing, 0,
            kind == ColumnKind.Category || lengths.IsEmpty ? null : QuantileView.OfSorted(lengths),
            Moments.Of(lengths.Span), () => counts, uncounted);

    /// <summary>What a sketch has kept.</summary>
    /// <param name="sketch">The sketch.</param>
    /// <param name="kind">What its values are taken for.</param>
    /// <param name="rounding">
    /// How numbers become those of the side that it is held against: a model whose input is a 32-bit number never sees
    /// the 0.1 of a file, and two numbers that differ in their last bits are two categories. Null: they stay as they
    /// are. It must be monotone.
    /// </param>
    public static ColumnEvidence Of(ColumnSketch sketch, ColumnKind kind, Func<double, double>? rounding = null)
    {
        var view = kind == ColumnKind.Category ? null : sketch.Numbers?.View();
        if (rounding is not null && kind == ColumnKind.Number)
            view = view?.Rounded(rounding);
        return new(
            kind, sketch.Rows, sketch.Missing, sketch.NotFinite, view, sketch.Moments,
            CountsOf(sketch.Frequent.Items, rounding), sketch.Frequent.Error);
    }

    /// <summary>What the values in a sketch are: texts that it has counted one by one are names.</summary>
    public static ColumnKind KindOf(ColumnSketch sketch)
    {
        if (sketch.Frequent.Items().All(item => item.Text is null))
            return ColumnKind.Number;
        return sketch.Frequent.Error == 0 ? ColumnKind.Category : ColumnKind.Text;
    }

    internal static string Name(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static Func<IReadOnlyDictionary<string, long>> CountsOf(
        Func<IReadOnlyList<FrequentItem>> items, Func<double, double>? rounding = null) => () =>
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var item in items())
        {
            var name = rounding is null || item.Text is not null ? item.Name : Name(rounding(item.Number));
            counts[name] = counts.GetValueOrDefault(name) + item.Count;
        }

        return counts;
    };
}
