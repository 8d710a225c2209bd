using System.Globalization;
using Fairlead.Core.Checks;
using Fairlead.Core.Quality;

namespace Fairlead.Core.Promotion;

/// <summary>
/// Turns what is known of a version into a verdict with its numbers. Pure. What cannot be told is inconclusive, never
/// passed.
/// </summary>
public static class PromotionChecks
{
    private const int NamedFaults = 5;

    /// <summary>Judges one check.</summary>
    public static CheckResult Evaluate(PromotionCheck check, PromotionFacts facts)
    {
        if (facts.Missing is { } missing)
            return new CheckResult(CheckVerdict.Inconclusive, missing);
        if (facts.NothingToCompare is { } nothing)
            return new CheckResult(CheckVerdict.Pass, nothing);
        return check switch
        {
            LimitCheck limit => Limit(limit, facts),
            ChampionCheck champion => Champion(champion, facts),
            DataCheck => Data(facts),
            SignatureCheck => Callers(facts),
            LatencyCheck latency => AtMost(facts.Milliseconds, latency.Milliseconds, "ms", facts.From),
            SizeCheck size => Size(size, facts),
            CardCheck card => Card(card, facts),
            _ => new CheckResult(CheckVerdict.Error, "This check is not known."),
        };
    }

    /// <summary>All checks that decide are passed.</summary>
    public static bool Passes(IEnumerable<(PromotionCheck Check, CheckResult Result)> results) =>
        results.All(each => each.Check.DryRun || each.Result.Verdict == CheckVerdict.Pass);

    private static CheckResult Limit(LimitCheck check, PromotionFacts facts)
    {
        CheckResult? worst = null;
        foreach (var figure in facts.Figures.Where(figure => figure.Segment is null
            || check.BySegment && figure.Rows >= check.MinimumRows))
        {
            var result = Limit(check, figure, facts.From);
            if (worst is null || result.Verdict > worst.Verdict)
                worst = result;
        }

        return worst ?? new CheckResult(
            CheckVerdict.Inconclusive, $"{facts.From} has no figure '{check.Metric.Word()}'");
    }

    private static CheckResult Limit(LimitCheck check, FoundFigure figure, string from)
    {
        var result = new CheckResult(CheckVerdict.Inconclusive, "")
        {
            CandidateUnits = figure.Rows,
            Candidate = figure.Value,
            Estimate = figure.Value,
            Low = figure.Low,
            High = figure.High,
            Boundary = check.Limit,
            Slice = figure.Segment,
        };
        if (double.IsNaN(figure.Value))
        {
            return result with
            {
                Why = $"{In(figure.Segment)}{check.Metric.Word()} is not defined by {figure.Rows} rows",
            };
        }

        if (figure.Rows < check.MinimumRows)
        {
            return result with { Why = $"{In(figure.Segment)}{figure.Rows} of {check.MinimumRows} rows in {from}" };
        }

        // A figure whose interval holds the limit passes on the good side: only evidence that it is broken fails.
        var isGood = check.AtMost ? figure.Value <= check.Limit : figure.Value >= check.Limit;
        var isBad = check.AtMost ? figure.Low > check.Limit : figure.High < check.Limit;
        var isBare = double.IsNaN(figure.Low);
        return result with
        {
            Verdict = isGood ? CheckVerdict.Pass : isBad || isBare ? CheckVerdict.Fail : CheckVerdict.Inconclusive,
            Why = $"{In(figure.Segment)}{Value(figure.Value)}{Between(figure.Low, figure.High)}, "
                + $"{(check.AtMost ? "at most" : "at least")} {Value(check.Limit)} is wanted ({from}, {figure.Rows} "
                + "rows)",
        };
    }

    private static CheckResult Champion(ChampionCheck check, PromotionFacts facts)
    {
        CheckResult? worst = null;
        foreach (var (segment, pair) in facts.Pairs.Where(pair => pair.Segment is null
            || check.BySegment && pair.Figure.Rows >= check.MinimumRows))
        {
            var result = Champion(check, segment, pair, facts.From);
            if (worst is null || result.Verdict > worst.Verdict)
                worst = result;
        }

        return worst ?? new CheckResult(CheckVerdict.Inconclusive,
            $"'{check.Metric.Word()}' has no paired test on the rows of {facts.From}");
    }

    private static CheckResult Champion(ChampionCheck check, string? segment, PairedFigure pair, string from)
    {
        // On the axis of gain, whatever the direction of better.
        var sign = check.Metric.LowerIsBetter() ? -1 : 1;
        var (low, high) = sign > 0 ? (pair.Low, pair.High) : (-pair.High, -pair.Low);
        var result = new CheckResult(CheckVerdict.Inconclusive, "")
        {
            StableUnits = pair.Rows,
            CandidateUnits = pair.Rows,
            Stable = pair.Champion,
            Candidate = pair.Challenger,
            Estimate = pair.Difference,
            Low = pair.Low,
            High = pair.High,
            Boundary = -sign * check.Margin,
            Slice = segment,
        };
        if (pair.Rows < check.MinimumRows)
            return result with { Why = $"{In(segment)}{pair.Rows} of {check.MinimumRows} rows in {from}" };
        if (double.IsNaN(low))
            return result with { Why = $"{In(segment)}the uncertainty cannot be told from {pair.Rows} rows" };

        var verdict = low >= -check.Margin && (check.Margin > 0 || low > -check.Margin || pair.Difference == 0)
            ? CheckVerdict.Pass
            : high < -check.Margin ? CheckVerdict.Fail : CheckVerdict.Inconclusive;
        var wanted = check.Margin < 0
            ? $"better by {Value(-check.Margin)}"
            : $"no worse by more than {Value(check.Margin)}";
        return result with
        {
            Verdict = verdict,
            Why = $"{In(segment)}{Value(pair.Challenger)} against {Value(pair.Champion)}, a difference of "
                + $"{Value(pair.Difference)}{Between(pair.Low, pair.High)}; {wanted} is wanted ({pair.Method}, {from}, "
                + $"{pair.Rows} rows)",
        };
    }

    private static CheckResult Data(PromotionFacts facts) => (facts.SchemaFindings, facts.SchemaUndecided) switch
    {
        ({ Length: > 0 } findings, _) =>
            new(CheckVerdict.Fail, $"{facts.From}: {Some(findings)}"),
        (_, { Length: > 0 } undecided) =>
            new(CheckVerdict.Inconclusive, $"{facts.From} has too few rows to judge {Some(undecided)}"),
        _ => new(CheckVerdict.Pass, $"{facts.From} fits"),
    };

    private static CheckResult Callers(PromotionFacts facts)
    {
        if (facts.Callers.Length == 0)
            return new(CheckVerdict.Pass, "no endpoint has callers of the present version");
        var faults = facts.Callers.SelectMany(callers =>
            SignatureFit.Check(callers.Signature, facts.Signature!)
                .Select(fault => $"{callers.Endpoint} ({callers.Version}): {fault}")).ToList();
        return faults.Count > 0
            ? new(CheckVerdict.Fail, Some(faults))
            : new(CheckVerdict.Pass, "callers of "
                + $"{string.Join(", ", facts.Callers.Select(callers => callers.Endpoint))} can go on as they do");
    }

    private static CheckResult Size(SizeCheck check, PromotionFacts facts)
    {
        var said = new List<string>();
        var isOver = false;
        foreach (var (what, is_, most) in new[]
        {
            ("files", facts.FileBytes, check.FileBytes), ("memory", facts.MemoryBytes, check.MemoryBytes),
        })
        {
            if (most is not { } bound)
                continue;
            isOver |= is_ > bound;
            said.Add($"{what} {SizeCheck.Size(is_)} of at most {SizeCheck.Size(bound)}");
        }

        return new(isOver ? CheckVerdict.Fail : CheckVerdict.Pass, string.Join(", ", said));
    }

    private static CheckResult Card(CardCheck check, PromotionFacts facts)
    {
        var (characters, where) = facts.Card;
        var least = Math.Max(1, check.Characters);
        return characters >= least
            ? new(CheckVerdict.Pass, $"{characters} characters in {where}")
            : new(CheckVerdict.Fail, characters == 0
                ? "nobody has written what it is for; describe it, or register it with a README.md or MODEL_CARD.md"
                : $"{characters} characters in {where}, at least {least} are wanted");
    }

    private static CheckResult AtMost(double value, double limit, string unit, string from) => new(
        double.IsNaN(value) ? CheckVerdict.Inconclusive : value <= limit ? CheckVerdict.Pass : CheckVerdict.Fail,
        double.IsNaN(value)
            ? $"{from} timed no rows"
            : $"{Value(value)} {unit}, at most {Value(limit)} is wanted ({from})")
    {
        Candidate = value,
        Estimate = value,
        Boundary = limit,
    };

    private static string In(string? segment) => segment is null ? "" : $"{segment}: ";

    private static string Value(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Between(double low, double high) =>
        double.IsNaN(low) ? "" : $" (between {Value(low)} and {Value(high)})";

    private static string Some(IReadOnlyCollection<string> texts) => string.Join("; ", texts.Take(NamedFaults))
        + (texts.Count > NamedFaults ? $"; and {texts.Count - NamedFaults} more" : "");
}
