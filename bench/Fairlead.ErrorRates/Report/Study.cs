using Fairlead.ErrorRates.Scenarios;

namespace Fairlead.ErrorRates.Report;

/// <summary>Everything that is measured.</summary>
internal sealed record Study
{
    public required Outcome[] Days14 { get; init; }

    public required Outcome[] Days30 { get; init; }

    public required (Outcome[] ByUnit, Outcome ByRequest) Returning { get; init; }

    public required (Outcome[] OldEnough, Outcome AsArrived) Late { get; init; }

    public required (Outcome[] WholeDays, Outcome AllDays) Dropped { get; init; }

    public required Outcome[] Ratio { get; init; }

    public required EstimateTally Estimates { get; init; }

    public required (string Name, RegretTally Regret)[] Regret { get; init; }

    public required BanditDataOutcome[] Bandits { get; init; }

    public required ThresholdOutcome[] Thresholds { get; init; }

    public required (JudgeCase Case, JudgeTally Tally)[] Judged { get; init; }

    /// <summary>Carries everything out.</summary>
    /// <param name="effort">How much.</param>
    /// <param name="progress">Told the name of each part before it begins.</param>
    public static Study Run(Effort effort, Action<string> progress)
    {
        T Part<T>(string name, Func<Effort, T> measure)
        {
            progress(name);
            return measure(effort);
        }

        return new Study
        {
            Days14 = Part("daily conversions, 14 days", each => DailyConversions.Measure(14, each)),
            Days30 = Part("daily conversions, 30 days", each => DailyConversions.Measure(30, each)),
            Returning = Part("returning users", ReturningUsers.Measure),
            Late = Part("late labels", LateLabels.Measure),
            Dropped = Part("dropped records", DroppedRecords.Measure),
            Ratio = Part("sample ratio", SampleRatio.Measure),
            Estimates = Part("estimates after a stop", EarlyStops.Measure),
            Regret = Part("bandits", BanditRegret.Measure),
            Bandits = Part("tests on what bandits collected", BanditData.Measure),
            Thresholds = Part("bare thresholds", SuccessThreshold.Measure),
            Judged = Part("the rank-sum judge", RankSumJudge.Measure),
        };
    }

    /// <summary>Every claim that was not borne out, in a sentence.</summary>
    public IEnumerable<string> Violations()
    {
        (string Table, Outcome[] Outcomes)[] tables =
        [
            ("14 days", Days14), ("30 days", Days30), ("returning users", Returning.ByUnit),
            ("late labels", Late.OldEnough), ("dropped records", Dropped.WholeDays), ("sample ratio", Ratio),
        ];
        foreach (var (table, outcomes) in tables)
        {
            foreach (var outcome in outcomes.Where(outcome => !outcome.IsBorneOut))
                yield return FormattableString.Invariant(
                    $"{table}, {outcome.Rule.Name}: {outcome.Null.Rate:F4} false alarms, {outcome.Rule.Claim} ")
                    + FormattableString.Invariant(
                        $"{outcome.Rule.Level} claimed, tolerance {outcome.Null.Tolerance(outcome.Rule.Level):F4}");
        }

        if (!Estimates.IsBorneOut)
            yield return FormattableString.Invariant(
                $"estimates after a stop: coverage {Estimates.Coverage:F4}, too high {Estimates.UnbiasedHigh:F4}");
        foreach (var outcome in Bandits.Where(outcome => !outcome.IsBorneOut))
            yield return FormattableString.Invariant(
                $"bandit data, {outcome.Name}: {outcome.Tally.Test.Rate:F4} false alarms");
        foreach (var outcome in Thresholds.Where(outcome => !outcome.IsBorneOut))
            yield return FormattableString.Invariant(
                $"thresholds, {outcome.Requests} requests, {outcome.Rule.Name}: {outcome.AtTheLimit.Rate:F4} aborts");
        for (var i = 1; i < Regret.Length; i++)
        {
            if (Regret[i].Regret.Mean < Regret[i - 1].Regret.Mean)
                yield return $"bandits: {Regret[i].Name} has less regret than {Regret[i - 1].Name}";
        }
    }
}
