using Fairlead.Core.Monitoring;
using Fairlead.Statistics.Numerics;
using Fairlead.Statistics.Sketches;

namespace Fairlead.DriftStudy;

/// <summary>One method on the same rows as they are and from sketches of them.</summary>
internal sealed record AgreementRow(string Column, DriftMethod Method, double Exact, double Sketch, double Error)
{
    /// <summary>The sketch is sure of no more than is true.</summary>
    public bool Holds => Sketch - Error <= Exact * (1 + 1e-9);
}

/// <summary>
/// Rows and sketches on many rows: reference and current of half as many each, in which the current is moved by a tenth
/// of a standard deviation.
/// </summary>
internal static class Agreement
{
    private static readonly DriftMethod[] Methods =
    [
        DriftMethod.ShapeAndMean, DriftMethod.KolmogorovSmirnov, DriftMethod.PopulationStability,
        DriftMethod.JensenShannon,
    ];

    public static IReadOnlyList<AgreementRow> Run(long rows, ulong seed) =>
    [
        .. Of("normal", Feature.All[0], rows, seed), .. Of("skewed", Feature.All[18], rows, seed + 1),
    ];

    private static IEnumerable<AgreementRow> Of(string name, Feature feature, long rows, ulong seed)
    {
        var random = new SplitMix64(seed);
        var (reference, current) = (Draw(feature, rows / 2, 0, random), Draw(feature, rows / 2, 0.1, random));
        var (exact, sketched) = (
            new ColumnPair(name, ColumnEvidence.OfNumbers(reference), ColumnEvidence.OfNumbers(current)),
            new ColumnPair(name, Sketch(reference, 1), Sketch(current, 2)));
        foreach (var method in Methods)
        {
            var policy = new DriftPolicy { Methods = new Dictionary<string, DriftMethod> { [name] = method } };
            var (one, other) = (Look(exact, policy), Look(sketched, policy));
            yield return new(name, method, one.Effect, other.Effect, other.Error);
        }
    }

    private static DriftFinding Look(ColumnPair column, DriftPolicy policy) => DriftJudgement.Judge([column], policy)
        .Findings.Single(finding => finding.Aspect == DriftAspect.Distribution);

    private static double[] Draw(Feature feature, long rows, double moved, SplitMix64 random)
    {
        var values = new double[rows];
        for (var i = 0L; i < rows; i++)
            values[i] = feature.Draw(random, null) + moved;
        return values;
    }

    private static ColumnEvidence Sketch(double[] values, ulong seed)
    {
        var sketch = new ColumnSketch(seed);
        foreach (var value in values)
        {
            if (double.IsNaN(value))
                sketch.AddMissing();
            else
                sketch.Add(value);
        }

        return ColumnEvidence.Of(sketch, ColumnKind.Number);
    }
}
