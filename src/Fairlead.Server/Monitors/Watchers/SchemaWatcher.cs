using Fairlead.Core.Alerts;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Monitoring;
using Fairlead.Core.Monitors;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Storage;
using Fairlead.Serving.Predict;
using Fairlead.Statistics;
using Fairlead.Statistics.Hypotheses;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Monitors.Watchers;

/// <summary>
/// Looks at what broke the endpoint's schema, rule by rule, from windows: of the rows that were let through by their
/// values, of those that a schema refused by what windows counted of them; and at the share of requests refused.
/// </summary>
internal sealed class SchemaWatcher(Database database, WindowRead windows, References references)
{
    private const string Rejected = "rejected";

    public async Task<LookResult> LookAsync(MonitorLook look, SchemaWatch watch, CancellationToken cancellation)
    {
        var spec = await database.ReadAsync(
            db => db.Endpoints.Where(row => row.Number == look.Endpoint).Select(row => row.Spec)
                .SingleAsync(cancellation), cancellation);
        if (StoredJson.Read<EndpointSpec>(spec).Schema is not { } schema)
        {
            return new([MonitorFinding.Whole(new(AlertSign.Failed, double.NaN,
                "the endpoint has no schema any more; give it one, or delete this monitor"))]);
        }

        var (from, to) = (look.LastMinute - (long)watch.Window.TotalMinutes, look.LastMinute);
        var findings = new List<MonitorFinding>();
        foreach (var arm in await windows.ReadAsync(look.Endpoint, from, to, 0, look.Wants, cancellation))
        {
            findings.AddRange(SchemaJudgement.Judge(
                schema, SchemaLook.Evidence(schema, arm.Window), RefusedRows.Of(arm.Window), watch, look.Spec.Every)
                .Select(rule => Finding(arm, rule)));
            if (schema.Mode == SchemaMode.Reject)
                findings.Add(Refused(arm, watch, look.Spec.Every));
            findings.AddRange(await DistancesAsync(look, watch, schema, arm, from, cancellation));
        }

        return new(findings.Count > 0
            ? findings
            : [MonitorFinding.Whole(new(AlertSign.NoData, double.NaN,
                "nothing was asked in the time that is looked at"))]);
    }

    private static MonitorFinding Finding(ArmStretch arm, RuleReading rule) =>
        MonitorFinding.OfArm(arm.Arm, arm.Version, rule.Reading)
            .With("column", rule.Column).With("rule", SchemaRules.Word(rule.Rule)) with
        {
            Low = rule.Interval.Low,
            High = rule.Interval.High,
        };

    private static MonitorFinding Refused(ArmStretch arm, SchemaWatch watch, TimeSpan every)
    {
        var share = new Proportion(
            arm.Window.Ends.GetValueOrDefault(PredictFailure.SchemaBroken.Code()), Math.Max(1, arm.Window.Requests));
        var interval = OneProportion.Wilson(share, DriftPolicy.AlphaFor(watch.FalseAlarms, every));
        var reading = new Limit(Max: watch.Limit ?? 0).Read(
            "share of requests that the schema refused", share.Rate, interval, arm.Window.Requests,
            Math.Max(1, watch.MinimumRows), "requests");
        return MonitorFinding.OfArm(arm.Arm, arm.Version, reading).With("rule", Rejected) with
        {
            Low = interval.Low,
            High = interval.High,
        };
    }

    /// <summary>Distances that the schema sets, and columns that it does not name: rules of the window as a whole.
    /// </summary>
    private async Task<IEnumerable<MonitorFinding>> DistancesAsync(
        MonitorLook look, SchemaWatch watch, SchemaSpec schema, ArmStretch arm, long from,
        CancellationToken cancellation)
    {
        if (!SchemaLook.AsksForDistance(schema) && schema.OtherColumns)
            return [];
        var reference = SchemaLook.AsksForDistance(schema)
            ? await references.ReadAsync(look.Endpoint, arm.Arm, arm.Version, ReferenceQuery.Parse(watch.Reference),
                from, look.Now, cancellation)
            : null;
        var verdict = SchemaLook.Check(schema, arm.Window, reference, watch.MinimumRows);
        var broken = verdict.Findings.Where(found => found.Fault is SchemaFault.TooFar or SchemaFault.UnknownColumn)
            .GroupBy(found => (found.Column, found.Fault))
            .ToDictionary(found => found.Key, found => new AlertReading(
                AlertSign.Breach, found.First().Share, string.Join("; ", found.Select(each => each.Sentence))));

        // A distance that is kept is told too, or an alert of it would go on.
        foreach (var column in schema.Columns.Where(SchemaLook.HasDistance))
            broken.TryAdd((column.Name, SchemaFault.TooFar), Kept(column.Name, verdict));
        return broken.Where(found => watch.Columns.IsEmpty || watch.Columns.Contains(found.Key.Column))
            .Select(found => MonitorFinding.OfArm(arm.Arm, arm.Version, found.Value)
                .With("column", found.Key.Column).With("rule", SchemaRules.Word(found.Key.Fault)));
    }

    private static AlertReading Kept(string column, SchemaVerdict verdict) => verdict.Undecided.Contains(column)
        ? new(AlertSign.NoData, double.NaN,
            $"'{column}' has too few rows, or nothing in its reference, to tell how far it is from that")
        : new(AlertSign.Clear, double.NaN, $"'{column}' is as near its reference as is set");
}
