using Fairlead.Client.Api;
using Fairlead.Server.Rollouts.Figures;
using Fairlead.Server.Storage;
using Fairlead.Serving.Facts;
using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Server.Rollouts;

/// <summary>What candidates answered to copies, beside what callers got, as the API shows it.</summary>
internal static class DisagreementViews
{
    /// <summary>One less the level of intervals.</summary>
    private const double Alpha = 0.05;

    /// <summary>Sums the facts of a candidate over generations: pairs are compared within a request, so no weights
    /// come between.</summary>
    public static DisagreementsInfo Info(
        IReadOnlyList<GenerationFacts> generations, string candidate, IEnumerable<ShadowExampleRow> examples)
    {
        var sum = new FactsImage();
        foreach (var generation in generations)
        {
            if (generation.Images.TryGetValue(candidate, out var image))
                sum.Add(image);
        }

        var differing = sum.Disagreements.Ratio();
        return new DisagreementsInfo
        {
            Candidate = candidate,
            Copies = (long)differing.Records,
            Differing = StoredJson.Figure(differing.Value),
            Labels = [.. sum.Pairs.Labels.Select(each => Labels(each.Key, each.Value))],
            Numbers = [.. sum.Pairs.Numbers.Select(each => Numbers(each.Key, each.Value))],
            Examples = [.. examples.Select(Example)],
        };
    }

    private static LabelPairsInfo Labels(string output, LabelPairs pairs)
    {
        var labels = pairs.Cells.Keys.SelectMany(cell => new[] { cell.Champion, cell.Challenger })
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var table = labels.ConvertAll(one => labels.ConvertAll(
            other => pairs.Cells.GetValueOrDefault((one, other))));
        return new LabelPairsInfo
        {
            Output = output,
            Pairs = pairs.Cells.Values.Sum(),
            Agreed = labels.Sum(label => pairs.Cells.GetValueOrDefault((label, label))),
            Kappa = StoredJson.Figure(Agreement.Kappa(table)),
            LeftOut = pairs.LeftOut,
            Classes = [.. labels.Select(label => Class(label, pairs))],
        };
    }

    /// <summary>McNemar's test of one class against all others, between units: of the requests to which exactly one
    /// version gave it, half should be the candidate's.</summary>
    private static ClassPairsInfo Class(string label, LabelPairs pairs)
    {
        long both = 0, onlyChampion = 0, onlyChallenger = 0;
        foreach (var ((champion, challenger), count) in pairs.Cells)
        {
            switch (champion == label, challenger == label)
            {
                case (true, true):
                    both += count;
                    break;
                case (true, false):
                    onlyChampion += count;
                    break;
                case (false, true):
                    onlyChallenger += count;
                    break;
            }
        }

        // Where not every request is known by its unit, nothing is claimed.
        var shift = pairs.Shifts.GetValueOrDefault(label);
        var isWhole = (shift?.Requests ?? 0) == onlyChampion + onlyChallenger;
        return new ClassPairsInfo
        {
            Class = label,
            Both = both,
            OnlyChampion = onlyChampion,
            OnlyCandidate = onlyChallenger,
            P = isWhole ? ClusteredMcNemar.Test(shift is null ? [] : shift.Differences) : null,
        };
    }

    /// <summary>The paired t test and Wilcoxon's, both between buckets of units.</summary>
    private static NumberPairsInfo Numbers(string output, NumberPairs pairs)
    {
        var mean = pairs.Differences.Ratio();
        var filled = 0;
        foreach (var records in pairs.Differences.Records)
            filled += records > 0 ? 1 : 0;
        var test = PairedT.OfMean(mean.Value, Math.Sqrt(mean.Variance), filled - 1, Alpha);
        return new NumberPairsInfo
        {
            Output = output,
            Requests = (long)mean.Records,
            MeanDifference = StoredJson.Figure(mean.Value),
            Low = StoredJson.Figure(test.Interval.Low),
            High = StoredJson.Figure(test.Interval.High),
            P = StoredJson.Figure(test.P.TwoSided),
            WilcoxonP = StoredJson.Figure(WilcoxonSignedRank.BetweenUnits(pairs.Differences)),
        };
    }

    private static DisagreementExample Example(ShadowExampleRow row) => new()
    {
        PredictionId = row.PredictionId,
        At = DateTimeOffset.FromUnixTimeMilliseconds(row.Time),
        Generation = row.Generation,
        Share = row.Share,
        LargestDifference = row.Largest,
        Inputs = row.Inputs,
        Champion = row.Champion,
        Candidate = row.Challenger,
    };
}
