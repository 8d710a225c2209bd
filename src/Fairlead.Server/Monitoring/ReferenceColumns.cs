using Fairlead.Core.Monitoring;
using Fairlead.Statistics.Sketches;

namespace Fairlead.Server.Monitoring;

/// <summary>One column of a reference.</summary>
/// <param name="Name">As windows name it.</param>
/// <param name="IsOutput">Of the answers; null: the reference does not divide its columns, and names decide.</param>
/// <param name="Sketch">What is known of its values.</param>
/// <param name="Rounding">How its numbers become those that the model sees; null: they are.</param>
internal sealed record ReferenceColumn(
    string Name, bool? IsOutput, ColumnSketch Sketch, Func<double, double>? Rounding = null)
{
    public bool Is(string name, bool isOutput) => Name == name && (IsOutput ?? isOutput) == isOutput;

    public ColumnEvidence Evidence(ColumnKind? kind = null) =>
        ColumnEvidence.Of(Sketch, kind ?? ColumnEvidence.KindOf(Sketch), Rounding);
}

/// <summary>What one arm with one version is held against.</summary>
/// <param name="Sentence">What it is, in words; why there is nothing, where there is nothing.</param>
/// <param name="Columns">Its columns; none where there is nothing.</param>
/// <param name="Confidence">The greatest score of each answer; null where it has no answers.</param>
/// <param name="IsData">
/// It is data, which need not have every column of an endpoint: what it lacks is left out and named. What the past of
/// an endpoint lacks is held against nothing, so that it shows as insufficient.
/// </param>
internal sealed record ReferenceColumns(
    string Sentence, IReadOnlyList<ReferenceColumn> Columns, ColumnSketch? Confidence, bool IsData)
{
    /// <summary>The column of the greatest score of each answer.</summary>
    public const string ConfidenceName = "confidence";

    /// <summary>The datasets that it is, as <c>NAME/VERSION</c>; none where it is the past.</summary>
    public IReadOnlyList<string> Datasets { get; init; } = [];

    private static readonly ColumnSketch Nothing = new();

    /// <summary>A reference of which there is nothing.</summary>
    public static ReferenceColumns Without(string why, bool isData) => new(why, [], null, isData);

    /// <summary>What is known of each input (or output) of the reference, by name.</summary>
    /// <param name="outputs">Of outputs; columns that belong to neither side count as both.</param>
    public IReadOnlyDictionary<string, ColumnEvidence> Evidence(bool outputs) => Columns
        .Where(column => (column.IsOutput ?? outputs) == outputs)
        .ToDictionary(column => column.Name, column => column.Evidence(), StringComparer.Ordinal);

    /// <summary>Each column of a window with its counterpart here.</summary>
    /// <param name="current">The window.</param>
    /// <param name="left">Columns without one, each with why.</param>
    public IReadOnlyList<ColumnPair> PairsWith(WindowSketch current, out IReadOnlyList<string> left)
    {
        var (pairs, without) = (new List<ColumnPair>(), new List<string>());
        foreach (var column in current.Columns)
        {
            if (column.Sketch.Rows == 0 && current.Rows > 0)
            {
                without.Add(
                    $"'{column.Name}' is not kept in windows, since the endpoint's log does not keep it as it is");
                continue;
            }

            var here = Columns.FirstOrDefault(each => each.Is(column.Name, column.IsOutput));
            if (here is null && IsData)
                without.Add($"'{column.Name}' is no column of the reference");
            else if (here is not null && AreOfOtherKinds(here.Sketch, column.Sketch))
                without.Add(Kinds(column.Name, here.Sketch));
            else
                pairs.Add(Pair(column.Name, here ?? new ReferenceColumn(column.Name, null, Nothing), column.Sketch));
        }

        if (current.Confidence.Rows > 0 && !IsData)
        {
            pairs.Add(Pair(
                ConfidenceName, new ReferenceColumn(ConfidenceName, true, Confidence ?? Nothing), current.Confidence));
        }

        left = without;
        return pairs;
    }

    private static ColumnPair Pair(string name, ReferenceColumn reference, ColumnSketch current)
    {
        var kind = ColumnEvidence.KindOf(reference.Sketch.Rows > 0 ? reference.Sketch : current);
        return new ColumnPair(name, reference.Evidence(kind), ColumnEvidence.Of(current, kind));
    }

    /// <summary>Lengths of texts are no numbers to hold numbers against.</summary>
    private static bool AreOfOtherKinds(ColumnSketch one, ColumnSketch other) =>
        one.Values > 0 && other.Values > 0 && IsNumber(one) != IsNumber(other);

    private static string Kinds(string name, ColumnSketch reference) =>
        $"'{name}' holds {(IsNumber(reference) ? "numbers" : "texts")} in the reference and "
        + $"{(IsNumber(reference) ? "texts" : "numbers")} in what is looked at";

    private static bool IsNumber(ColumnSketch sketch) => ColumnEvidence.KindOf(sketch) == ColumnKind.Number;
}
