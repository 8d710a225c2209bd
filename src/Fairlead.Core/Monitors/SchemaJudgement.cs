using Fairlead.Core.Alerts;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Monitoring;
using Fairlead.Statistics;
using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Core.Monitors;

/// <summary>What a window says of one rule of one column.</summary>
/// <param name="Column">The column.</param>
/// <param name="Rule">The rule.</param>
/// <param name="Reading">What it says to an alert.</param>
/// <param name="Interval">Of the share of rows that break it.</param>
public sealed record RuleReading(string Column, SchemaFault Rule, AlertReading Reading, Interval Interval);

/// <summary>
/// Holds the share of rows that break each rule of a schema to what is allowed. It is broken where the whole interval
/// of the share lies above: where nothing is allowed, one row is enough. Pure.
/// </summary>
public static class SchemaJudgement
{
    /// <summary>Judges the inputs of a window, refused ones among them.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="window">Its columns.</param>
    /// <param name="refused">What the schema refused.</param>
    /// <param name="watch">What is asked.</param>
    /// <param name="every">Time from look to look.</param>
    public static IReadOnlyList<RuleReading> Judge(
        SchemaSpec schema, IReadOnlyDictionary<string, ColumnEvidence> window, RefusedRows refused, SchemaWatch watch,
        TimeSpan every)
    {
        var shares = refused.Shares(schema.Data, window)
            .Where(each => watch.Columns.IsEmpty || watch.Columns.Contains(each.Column))
            .ToList();
        var alpha = DriftPolicy.AlphaFor(watch.FalseAlarms, every, Math.Max(1, shares.Count));
        return [.. shares.Select(each => Judge(each.Column, each.Share, watch, alpha))];
    }

    private static RuleReading Judge(string column, SchemaShare share, SchemaWatch watch, double alpha)
    {
        var of = Math.Max(1, share.Of);
        var about = new Proportion((long)Math.Round(share.About), of);
        var interval = new Interval(
            OneProportion.Wilson(new Proportion((long)share.Broken, of), alpha).Low,
            OneProportion.Wilson(about, alpha).High);
        var reading = new Limit(Max: watch.Limit ?? share.Allowed).Read(
            $"share of '{column}' whose values {share.What}", about.Rate, interval, share.Of,
            Math.Max(1, watch.MinimumRows));
        return new(column, share.Fault, reading, interval);
    }
}
