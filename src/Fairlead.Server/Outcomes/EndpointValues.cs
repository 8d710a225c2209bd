using Fairlead.Client.Api;
using Fairlead.Core.Checks;
using Fairlead.Core.Controls;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Refusals;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Storage;
using Fairlead.Serving.Facts;
using Fairlead.Statistics.Buckets;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Outcomes;

/// <summary>What is asked of an endpoint's value; what is left out is as the endpoint declares it.</summary>
internal sealed record ValueQuestion(string? Metric, string? Unit, TimeSpan? LabelDelay, string? Against);

/// <summary>
/// Tells what an endpoint is worth beside its control group: units from the records of answers, values from the
/// outcomes joined to them, in every group only of predictions that are old enough to have turned out.
/// </summary>
internal sealed class EndpointValues(Database database, TimeProvider time)
{
    /// <summary>Share of dropped records above which a generation is no data.</summary>
    private const double MostDropped = 0.01;

    public Task<EndpointValueInfo> ReadAsync(
        EndpointName name, ValueQuestion question, CancellationToken cancellation) =>
        database.ReadAsync(async db =>
        {
            var row = await EndpointWrites.FindAsync(db, name, cancellation)
                ?? throw new RefusalException(EndpointWrites.NotFound(name));
            var spec = StoredJson.Read<EndpointSpec>(row.Spec);
            var asked = Asked(spec, question);
            VariantName? against = question.Against is { } arm ? VariantName.Parse(arm) : null;
            var until = time.GetUtcNow() - asked.LabelDelay;
            var periods = await PeriodsAsync(db, row.Number, against, cancellation);
            if (periods.Count == 0)
                throw new RefusalException(NoControlGroup(spec, question.Against));

            var phases = new List<ValuePhase>();
            var cut = until.ToUnixTimeMilliseconds();
            foreach (var period in periods)
                phases.Add(await PhaseAsync(db, row.Number, period, asked, cut, cancellation));
            var since = await SinceAsync(db, row.Number, periods, cut, cancellation);
            return Shown(spec, asked, ValueEvaluation.Evaluate(phases), since, until, against);
        }, cancellation);

    private static ValueSpec Asked(EndpointSpec spec, ValueQuestion question)
    {
        var asked = question.Metric is { } metric ? ValueSpec.Parse(metric) : spec.Value;
        if (asked is null)
        {
            throw new RefusalException(new Refusal(RefusalKind.Invalid, "metric_needed",
                $"The endpoint '{spec.Name}' declares no 'value:'; name the outcome, such as metric=outcome:revenue.")
            { Field = "metric" });
        }

        // A unit belongs to the outcome that it was declared with.
        var declared = spec.Value is { } value && value.Metric == asked.Metric ? value : null;
        asked = asked with
        {
            Unit = question.Unit ?? declared?.Unit ?? "",
            LabelDelay = question.LabelDelay ?? spec.Value?.LabelDelay ?? TimeSpan.Zero,
        };
        return ValueSpec.Check(asked, "value").ToList() is { Count: > 0 } faults
            ? throw new RefusalException(faults)
            : asked;
    }

    /// <summary>
    /// The times in which every unit stayed in its group and in or out of the sample, from the endpoint's history,
    /// without generations of which too many records were dropped.
    /// </summary>
    private static async Task<List<Period>> PeriodsAsync(
        FairleadDbContext db, int endpoint, VariantName? against, CancellationToken cancellation)
    {
        var history = await db.EndpointHistory.Where(row => row.Endpoint == endpoint && row.Spec != null)
            .OrderBy(row => row.Generation).Select(row => new { row.Generation, row.Spec }).ToListAsync(cancellation);
        var spoilt = await SpoiltAsync(db, endpoint, cancellation);
        var periods = new List<Period>();
        ControlSplit? last = null;
        foreach (var row in history)
        {
            var spec = StoredJson.Read<EndpointSpec>(row.Spec!);
            var (split, sample) = (ControlSplit.Of(spec, against), spec.Value?.Sample ?? 1);
            if (split is not null
                && (last is null || !split.KeepsGroupsOf(last) || !periods[^1].Sample.Equals(sample)))
            {
                periods.Add(new Period(sample));
            }

            last = split;
            if (split is null || spoilt.Contains(row.Generation))
                continue;
            periods[^1].Generations.Add(row.Generation);
            periods[^1].Control.UnionWith(split.Control);
            periods[^1].Treated.UnionWith(split.Treated);
        }

        return periods;
    }

    private static async Task<HashSet<long>> SpoiltAsync(
        FairleadDbContext db, int endpoint, CancellationToken cancellation)
    {
        var spoilt = new HashSet<long>();
        var rows = db.Facts.Where(row => row.Endpoint == endpoint).Select(row => new { row.Generation, row.Image });
        await foreach (var row in rows.AsAsyncEnumerable().WithCancellation(cancellation))
        {
            var image = FactsImage.Read(row.Image);
            if (image.RecordsDropped > MostDropped * Math.Max(1, image.Requests.Ratio().Records))
                spoilt.Add(row.Generation);
        }

        return spoilt;
    }

    private static async Task<ValuePhase> PhaseAsync(
        FairleadDbContext db, int endpoint, Period period, ValueSpec asked, long until, CancellationToken cancellation)
    {
        Task<Dictionary<OutcomeCell, BucketTotals>> Outcomes(string outcome) => OutcomeTotals.SumsAsync(
            db, endpoint, period.Generations, new Metric(MetricKind.Outcome, outcome), null, until, cancellation,
            onlySampled: true);
        var values = await Outcomes(asked.Outcome);
        var per = asked.Per is { } other ? await Outcomes(other) : null;
        return new ValuePhase(
            Group(values, per, period.Control, await UnitsAsync(period.Control)),
            Group(values, per, period.Treated, await UnitsAsync(period.Treated)), period.Sample);

        async Task<double[]> UnitsAsync(HashSet<int> arms)
        {
            var units = new double[BucketTotals.Count];
            var counts = UnitCounts(db, endpoint, period.Generations, arms, until);
            await foreach (var each in counts.AsAsyncEnumerable().WithCancellation(cancellation))
                units[each.Bucket] = each.Units;
            return units;
        }
    }

    /// <summary>
    /// How many units of the sample were answered, bucket by bucket: counted by the database from one index, in its
    /// order, so that millions of answers cost neither memory there nor rows on the way here.
    /// </summary>
    internal static IQueryable<BucketUnits> UnitCounts(
        FairleadDbContext db, int endpoint, IReadOnlyCollection<long> generations, IReadOnlyCollection<int> arms,
        long until) =>
        db.Answers

            // The sum keeps SQLite from the key, which is in the order of time and would have to be sorted.
            .Where(row => row.Endpoint == endpoint && generations.Contains(row.Generation)
                && arms.Contains(row.Arm) && row.Time + 0 <= until && row.Sampled)
            .GroupBy(row => row.Bucket)
            .Select(bucket => new BucketUnits
            {
                Bucket = bucket.Key,
                Units = bucket.Select(row => row.Unit).Distinct().Count(),
            });

    /// <summary>A unit without an outcome counts with 0: nobody reports what did not happen.</summary>
    private static BucketTotals Group(
        Dictionary<OutcomeCell, BucketTotals> values, Dictionary<OutcomeCell, BucketTotals>? per, HashSet<int> arms,
        double[] units)
    {
        var y = Sum(values);
        return new BucketTotals(units, y, per is null ? units : Sum(per));

        double[] Sum(Dictionary<OutcomeCell, BucketTotals> cells)
        {
            var sum = new BucketTotals();
            foreach (var (cell, totals) in cells)
            {
                if (arms.Contains(cell.Arm))
                    sum.Add(totals);
            }

            return sum.Y.ToArray();
        }
    }

    private static async Task<DateTimeOffset?> SinceAsync(
        FairleadDbContext db, int endpoint, List<Period> periods, long until, CancellationToken cancellation)
    {
        List<long> generations = [.. periods.SelectMany(period => period.Generations)];
        // By the order of the key, so that it ends at the first one.
        var first = await db.Answers
            .Where(row => row.Endpoint == endpoint && generations.Contains(row.Generation) && row.Time <= until
                && row.Bucket >= 0)
            .OrderBy(row => row.Time).Select(row => (long?)row.Time).FirstOrDefaultAsync(cancellation);
        return first is { } milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }

    private static EndpointValueInfo Shown(
        EndpointSpec spec, ValueSpec asked, EndpointWorth worth, DateTimeOffset? since, DateTimeOffset until,
        VariantName? against) => new()
        {
            Endpoint = spec.Name.ToString(),
            Metric = asked.Metric,
            Unit = asked.Unit,
            LabelDelay = asked.LabelDelay,
            Since = since,
            Until = until,
            Against = against?.ToString() ?? (spec.Holdout is null ? "variants without a model" : "holdout"),
            Control = Shown(worth.Control),
            Treated = Shown(worth.Treated),
            PerUnit = Shown(worth.PerUnit),
            Total = Shown(worth.Total),
            Confidence = 1 - ValueEvaluation.Alpha,
            NotEnough = worth.NotEnough,
            Sample = spec.Value?.Sample ?? 1,
        };

    private static ValueGroup Shown(GroupSums sums) => new()
    {
        Units = (long)sums.Units,
        Sum = sums.Sum,
        Value = double.IsFinite(sums.Value) ? sums.Value : null,
    };

    private static ValueInterval? Shown(ValueEstimate? estimate) =>
        estimate is { } known ? new ValueInterval(known.Value, known.Low, known.High) : null;

    private static Refusal NoControlGroup(EndpointSpec spec, string? against) =>
        new(RefusalKind.Conflict, "no_control_group", against is null
            ? $"The endpoint '{spec.Name}' has never held anybody out; declare a 'holdout:', or a variant without a "
                + "model."
            : $"The endpoint '{spec.Name}' never had an arm '{against}' beside others with a model.");

    /// <summary>Units of a bucket.</summary>
    internal sealed class BucketUnits
    {
        public int Bucket { get; init; }

        public int Units { get; init; }
    }

    /// <summary>Generations in which every unit stayed in its group, and in or out of the sample.</summary>
    private sealed class Period(double sample)
    {
        public double Sample { get; } = sample;

        public List<long> Generations { get; } = [];

        public HashSet<int> Control { get; } = [];

        public HashSet<int> Treated { get; } = [];
    }
}
