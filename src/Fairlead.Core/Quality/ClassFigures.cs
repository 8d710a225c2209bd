using System.Collections.Immutable;
using System.Globalization;
using Fairlead.Statistics.Metrics;

namespace Fairlead.Core.Quality;

/// <summary>Figures of answers that gave every class a score.</summary>
internal static class ClassFigures
{
    /// <summary>
    /// How well the classes that occurred are told apart, each against the rest, and the loss of what was given to the
    /// one that it was. Nothing where fewer than two classes occurred.
    /// </summary>
    /// <param name="rows">The answers.</param>
    /// <param name="classes">The class of each score, in order.</param>
    /// <param name="alpha">One less the level of the intervals.</param>
    /// <param name="used">Rows that entered.</param>
    public static ImmutableArray<QualityFigure> Of(
        IReadOnlyList<LabelledRow> rows, ImmutableArray<string> classes, double alpha, out int used)
    {
        var scored = rows.Where(row => row.ClassScores is { } scores && scores.Count == classes.Length
                && scores.All(double.IsFinite))
            .Select(row => (Was: row.ClassOf(positive: null) is { } was ? classes.IndexOf(was) : -1, row.ClassScores))
            .Where(row => row.Was >= 0).ToList();
        used = scored.Count;
        int[] occurred = [.. scored.Select(row => row.Was).Distinct().Order()];
        if (occurred.Length < 2)
            return [];

        int[] was = [.. scored.Select(row => Array.IndexOf(occurred, row.Was))];
        double[][] scores = [.. scored.Select(row => occurred.Select(place => row.ClassScores![place]).ToArray())];
        var of = occurred.Length == classes.Length
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $" of the {occurred.Length} classes that occurred");
        var figures = ImmutableArray.CreateBuilder<QualityFigure>();
        figures.Add(new("auc", $"one against the rest, macro average{of}",
            Multiclass.AucOneVersusRest(was, scores, Averaging.Macro, alpha)));
        figures.Add(new("auc_weighted", $"one against the rest, average by share{of}",
            Multiclass.AucOneVersusRest(was, scores, Averaging.Weighted, alpha)));

        // Losses are of probabilities; other scores rank, and lose nothing that could be said in nats.
        if (Array.TrueForAll(scores, row => Array.TrueForAll(row, score => score is >= 0 and <= 1)))
        {
            figures.Add(new("log_loss", "nats, of the probability given to the class that it was",
                Multiclass.LogLossOf(was, scores, alpha)));
        }

        return figures.ToImmutable();
    }
}
