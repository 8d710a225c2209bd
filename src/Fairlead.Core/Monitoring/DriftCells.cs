using Fairlead.Statistics;
using Fairlead.Statistics.Drift;
using Fairlead.Statistics.Hypotheses;
using Fairlead.Statistics.Numerics;

namespace Fairlead.Core.Monitoring;

/// <summary>
/// Counts of both sides over the same cells, and by how much a share may be wrong because sketches were counted. Cells
/// are set by the reference, and those in which the current side can expect fewer than five values are put together, so
/// that χ² keeps its law.
/// </summary>
internal sealed record DriftCells(double[] Reference, double[] Current, double Error)
{
    private const int Tenths = 10;
    private const double FewestExpected = 5;
    private const double EmptyShare = 1e-4;

    internal static DriftCells Of(ColumnEvidence reference, ColumnEvidence current, bool binned)
    {
        if (binned && reference.Numbers is { } x && current.Numbers is { } y)
        {
            var bins = Bins.OfQuantiles(x, Tenths);
            return new DriftCells(bins.CountsOf(x), bins.CountsOf(y), x.UniformError + y.UniformError).Pooled();
        }

        var names = reference.Counts.Keys.Order(StringComparer.Ordinal).ToArray();
        double[] p = [.. names.Select(name => (double)reference.Counts[name])];
        double[] q = [.. names.Select(name => (double)current.Counts.GetValueOrDefault(name))];
        var error = (double)reference.CountError / Math.Max(1, reference.Values)
            + (double)current.CountError / Math.Max(1, current.Values);
        return new DriftCells(
            [.. p, Math.Max(0, reference.Values - p.Sum())],
            [.. q, Math.Max(0, current.Values - q.Sum())],
            error).Pooled();
    }

    /// <summary>The current side moved to the reference by what the sketches may err: the least that is sure.</summary>
    internal DriftCells Sure()
    {
        if (Error == 0)
            return this;
        var (n, m) = (Reference.Sum(), Current.Sum());
        var moved = Reference.Zip(Current, (p, q) =>
            p / n < q / m ? Math.Max(p / n, q / m - Error) : Math.Min(p / n, q / m + Error)).ToArray();
        var total = moved.Sum();
        return this with { Current = [.. moved.Select(share => share / total * m)] };
    }

    internal double Effect(DriftMethod method) => method switch
    {
        DriftMethod.PopulationStability => Divergences.PopulationStability(Reference, Current, EmptyShare),
        DriftMethod.KullbackLeibler => Divergences.KullbackLeibler(Current, Floored(Reference)),
        DriftMethod.JensenShannon => Divergences.JensenShannonDistance(Reference, Current, LogBase.Two),
        DriftMethod.Hellinger => Divergences.Hellinger(Reference, Current),
        DriftMethod.LInfinity => Divergences.LInfinity(Reference, Current),
        _ => Divergences.TotalVariation(Reference, Current),
    };

    internal double PValue(DriftMethod method)
    {
        if (Reference.Length < 2)
            return 1;
        var (n, m) = (Reference.Sum(), Current.Sum());
        switch (method)
        {
            case DriftMethod.FisherExact when Reference.Length == 2:
                return FisherExact.Test(Share(Current), Share(Reference)).P.TwoSided;
            case DriftMethod.PopulationStability:
                return ChiSquare.UpperTail(Effect(method) / (1 / n + 1 / m), Reference.Length - 1);
            case DriftMethod.GTest:
                double[] both = [.. Reference.Zip(Current, (p, q) => p + q)];
                var g = Contingency.G(Reference, both).Statistic + Contingency.G(Current, both).Statistic;
                return ChiSquare.UpperTail(g, Reference.Length - 1);
            default:
                return Contingency.Independence([Reference, Current], yates: true).P;
        }

        static Proportion Share(double[] cells) =>
            new((long)Math.Round(cells[0]), (long)Math.Round(cells[0]) + (long)Math.Round(cells[1]));
    }

    /// <summary>Puts the cells of which too little is expected together, and these with the smallest other
    /// one.</summary>
    private DriftCells Pooled()
    {
        var (n, m) = (Reference.Sum(), Current.Sum());
        if (n == 0 || m == 0)
            return this;
        var (p, q) = (new List<double>(), new List<double>());
        var (restP, restQ) = (0.0, 0.0);
        for (var i = 0; i < Reference.Length; i++)
        {
            if (Reference[i] / n * m >= FewestExpected)
            {
                p.Add(Reference[i]);
                q.Add(Current[i]);
            }
            else
            {
                (restP, restQ) = (restP + Reference[i], restQ + Current[i]);
            }
        }

        if (restP / n * m >= FewestExpected || p.Count == 0)
        {
            p.Add(restP);
            q.Add(restQ);
        }
        else if (restP + restQ > 0)
        {
            var smallest = p.IndexOf(p.Min());
            p[smallest] += restP;
            q[smallest] += restQ;
        }

        return this with { Reference = [.. p], Current = [.. q] };
    }

    private static double[] Floored(double[] counts)
    {
        var total = counts.Sum();
        return [.. counts.Select(count => Math.Max(count, EmptyShare * total))];
    }
}
