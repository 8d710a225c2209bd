using System.Collections.Immutable;
using Fairlead.Core.Checks;
using Fairlead.Core.Rollouts;
using Fairlead.Server.Outcomes;
using Fairlead.Server.Storage;
using Fairlead.Serving.Facts;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Rollouts.Figures;

/// <summary>
/// Figures from what all replicas counted and what turned out, added up from the database: nothing is kept between two
/// looks, so any process may take the next.
/// </summary>
internal sealed class DatabaseFigures(Database database, ExternalFigures external, TimeProvider time) : IRolloutFigures
{
    /// <summary>Share of dropped records above which a generation's outcomes are no data.</summary>
    private const double MostDropped = 0.01;

    public async Task<RolloutFigures> ReadAsync(RolloutSubject subject, CancellationToken cancellation)
    {
        var armed = Armed(subject).ToList();
        var read = await database.ReadAsync(async db =>
        {
            var generations = await GenerationsAsync(db, subject, cancellation);
            var outcomes = new Dictionary<Check, Dictionary<OutcomeCell, ArmFigure>>();
            foreach (var check in armed.Select(each => each.Check).Distinct().Where(each => each.Metric.NeedsOutcomes))
                outcomes[check] = await OutcomesAsync(db, subject, generations, check, cancellation);
            var rewards = await RewardsAsync(db, subject, generations, cancellation);
            return (generations, outcomes, rewards);
        }, cancellation);

        var facts = ImmutableDictionary.CreateBuilder<string, CheckFacts>();
        foreach (var (step, check) in armed)
        {
            foreach (var candidate in subject.State.Alive(subject.Plan))
            {
                facts[RolloutState.KeyOf(step, check.Name, candidate.Name)] = check.Metric.IsExternal
                    ? await external.ReadAsync(subject, check, candidate, cancellation)
                    : Facts(subject, check, candidate, read.generations, read.outcomes.GetValueOrDefault(check));
            }
        }

        return new RolloutFigures
        {
            Checks = facts.ToImmutable(),
            Rewards = read.rewards,
            Mismatch = SampleRatio.Mismatch(read.generations),
        };
    }

    /// <summary>Guards, and the checks of the present step.</summary>
    private static IEnumerable<(int? Step, Check Check)> Armed(RolloutSubject subject)
    {
        foreach (var guard in subject.Plan.Guards)
            yield return (null, guard);
        var step = subject.State.Step;
        if (step >= 0 && step < subject.Plan.Steps.Length && subject.Plan.Steps[step] is AnalyseStep analyse)
        {
            foreach (var check in analyse.Checks)
                yield return (step, check);
        }
    }

    private static Task<List<GenerationFacts>> GenerationsAsync(
        FairleadDbContext db, RolloutSubject subject, CancellationToken cancellation) =>
        GenerationsAsync(db, subject.Id, subject.Endpoint, cancellation);

    /// <summary>The facts of all generations of a rollout, added up over replicas.</summary>
    public static async Task<List<GenerationFacts>> GenerationsAsync(
        FairleadDbContext db, long rollout, int endpoint, CancellationToken cancellation)
    {
        var rows = await db.RolloutGenerations.Where(row => row.Rollout == rollout)
            .OrderBy(row => row.Generation).ToListAsync(cancellation);
        var numbers = rows.ConvertAll(row => row.Generation);
        var images = (await db.Facts
                .Where(row => row.Endpoint == endpoint && numbers.Contains(row.Generation))
                .ToListAsync(cancellation))
            .ToLookup(row => (row.Generation, row.Arm));
        return rows.ConvertAll(row =>
        {
            var arms = StoredJson.Read<List<GenerationArm>>(row.Arms);
            return new GenerationFacts(row.Generation, arms, arms.ToDictionary(
                arm => arm.Name.ToString(), arm => Sum(images[(row.Generation, arm.Name.ToString())])));
        });
    }

    private static FactsImage Sum(IEnumerable<FactsRow> replicas)
    {
        var sum = new FactsImage();
        foreach (var replica in replicas)
            sum.Add(FactsImage.Read(replica.Image));
        return sum;
    }

    private Task<Dictionary<OutcomeCell, ArmFigure>> OutcomesAsync(
        FairleadDbContext db, RolloutSubject subject, List<GenerationFacts> generations, Check check,
        CancellationToken cancellation) =>
        OutcomeTotals.ReadAsync(db, subject.Endpoint, generations.ConvertAll(each => each.Generation), check.Metric,
            check.By, (time.GetUtcNow() - check.LabelDelay).ToUnixTimeMilliseconds(), cancellation);

    /// <summary>What the arms earned in the generations of the present step.</summary>
    private async Task<ImmutableArray<ArmRewards>> RewardsAsync(
        FairleadDbContext db, RolloutSubject subject, List<GenerationFacts> generations, CancellationToken cancellation)
    {
        var step = subject.State.Step;
        if (step < 0 || step >= subject.Plan.Steps.Length || subject.Plan.Steps[step] is not AdaptStep adapt)
            return [];

        var own = await db.RolloutGenerations.Where(row => row.Rollout == subject.Id && row.Step == step)
            .Select(row => row.Generation).ToListAsync(cancellation);
        var totals = await OutcomeTotals.ReadAsync(
            db, subject.Endpoint, own, adapt.Metric, null, time.GetUtcNow().ToUnixTimeMilliseconds(), cancellation);
        var earned = new Dictionary<Core.Endpoints.VariantName, (double Units, double Rewards)>();
        foreach (var generation in generations.Where(each => own.Contains(each.Generation)))
        {
            foreach (var arm in generation.Arms)
            {
                if (!totals.TryGetValue(new OutcomeCell(generation.Generation, arm.Arm, ""), out var figure))
                    continue;
                var before = earned.GetValueOrDefault(arm.Name);
                earned[arm.Name] = (before.Units + figure.Units,
                    before.Rewards + Math.Clamp(figure.Value, 0, 1) * figure.Units);
            }
        }

        return [.. earned.Select(each => new ArmRewards(each.Key, each.Value.Units, each.Value.Rewards))];
    }

    private static CheckFacts Facts(
        RolloutSubject subject, Check check, Candidate candidate, List<GenerationFacts> generations,
        Dictionary<OutcomeCell, ArmFigure>? outcomes)
    {
        var facts = CheckFacts.None with { Observed = subject.State.Observed };
        var usable = generations.Where(generation => IsUsable(generation, check, candidate)).ToList();
        var dropped = outcomes is null ? null : usable.Find(generation => Dropped(generation) > MostDropped);
        if (dropped is not null)
        {
            usable.Remove(dropped);
            facts = facts with
            {
                NoData = usable.Count > 0
                    ? null
                    : $"more than {StepText.Percent(MostDropped)} of the records of generation {dropped.Generation} "
                        + "were dropped",
            };
        }

        if (usable.Count == 0 && check.Metric.Kind == MetricKind.Latency && check.Rule is CompareRule)
            return facts with { NoData = "times are compared with a control cohort only ('control: true')" };
        if (check.By is not { } field)
            return facts with { Phases = Phases(usable, check, candidate, outcomes, slice: null) };

        var values = outcomes is not null
            ? outcomes.Keys.Select(cell => cell.Slice)
            : usable.SelectMany(generation => generation.Images.Values)
                .SelectMany(image => image.Slices.Keys).Where(slice => slice.Field == field)
                .Select(slice => slice.Value);
        return facts with
        {
            Slices = values.Distinct().ToImmutableSortedDictionary(
                value => value, value => Phases(usable, check, candidate, outcomes, value), StringComparer.Ordinal),
        };
    }

    /// <summary>
    /// The candidate was in it, and times are compared only where a control cohort had a batcher of the same load.
    /// </summary>
    private static bool IsUsable(GenerationFacts generation, Check check, Candidate candidate) =>
        generation.Arms.Any(arm => arm.Role == ArmRole.Candidate && arm.Name == candidate.Name
            && (arm.Weight > 0 || (arm.Mirror > 0 && !check.Metric.NeedsOutcomes)))
        && (check.Metric.Kind != MetricKind.Latency || check.Rule is not CompareRule || generation.HasControl);

    private static double Dropped(GenerationFacts generation) => generation.Images.Values
        .Select(image => image.RecordsDropped == 0
            ? 0
            : image.RecordsDropped / Math.Max(1, image.Requests.Ratio().Records))
        .DefaultIfEmpty(0).Max();

    private static ImmutableArray<PhaseFigures> Phases(
        List<GenerationFacts> generations, Check check, Candidate candidate,
        Dictionary<OutcomeCell, ArmFigure>? outcomes, string? slice)
    {
        return [.. generations.Select(generation => new PhaseFigures(
            generation.Generation,
            Of(generation, generation.Reference),
            Of(generation, generation.Arms.First(arm => arm.Name == candidate.Name))))];

        ArmFigure Of(GenerationFacts generation, GenerationArm? arm)
        {
            if (arm is null)
                return ArmFigure.None;
            if (outcomes is not null)
            {
                var cell = new OutcomeCell(generation.Generation, arm.Arm, slice ?? "");
                return outcomes.TryGetValue(cell, out var figure) ? figure : ArmFigure.None;
            }

            var image = generation.Of(arm);
            if (slice is not null)
                image = image?.Slices.GetValueOrDefault((check.By!, slice));
            return ArmTables.Figure(image, check.Metric);
        }
    }
}
