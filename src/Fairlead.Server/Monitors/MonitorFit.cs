using System.Collections.Immutable;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Core.Monitoring;
using Fairlead.Core.Monitors;
using Fairlead.Core.Quality;
using Fairlead.Core.Refusals;
using Fairlead.Server.Datasets;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Storage;
using Fairlead.Serving.Windows;
using Microsoft.EntityFrameworkCore;

namespace Fairlead.Server.Monitors;

/// <summary>Whether what a monitor names is there: outputs, variants, references.</summary>
internal static class MonitorFit
{
    /// <summary>Refuses a monitor that would watch nothing.</summary>
    public static async Task ThrowIfUnfitAsync(WriteScope write, MonitorSpec spec, EndpointSpec endpoint)
    {
        var faults = new List<Refusal>();
        if (spec.Variant is { } variant && endpoint.Arms.All(arm => arm.Name != variant))
        {
            faults.Add(Fault("variant", $"The endpoint '{endpoint.Name}' has no variant '{variant}'; it has "
                + $"{string.Join(", ", endpoint.Arms.Select(arm => arm.Name))}."));
        }

        if (spec.Watch is DriftWatch drift)
            faults.AddRange(await ReferenceFaultsAsync(write, drift.Reference, "drift.reference"));
        if (spec.Watch is SchemaWatch schema)
        {
            faults.AddRange(SchemaFaults(schema, endpoint));
            faults.AddRange(await ReferenceFaultsAsync(write, schema.Reference, "schema.reference"));
        }

        if (spec.Watch is DriftWatch or ServiceWatch or ObjectiveWatch or SchemaWatch && !endpoint.Windows)
        {
            faults.Add(Fault("endpoint",
                $"The endpoint '{endpoint.Name}' keeps no windows (windows: false), which this monitor looks at."));
        }

        string[] wanted = [.. spec.Alert.Notify.Distinct()];
        var receivers = await write.Db.Receivers.Where(row => wanted.Contains(row.Name)).Select(row => row.Name)
            .ToListAsync(write.Cancellation);
        faults.AddRange(wanted.Except(receivers).Select(name => Fault("alert.notify",
            $"There is no receiver '{name}', so nobody would be told; apply it before (kind: Receiver).")));

        if (spec.Watch is QualityWatch { By: { } by } && endpoint.Log?.Treatment(by) == FieldTreatment.Omit)
        {
            faults.Add(Fault("quality.by", $"The log of '{endpoint.Name}' omits '{by}', so nothing is kept of it to "
                + "tell segments by; leave 'by' out, or have the log hash it."));
        }

        var signatures = await SignaturesAsync(write, endpoint);
        if (spec.Watch is DriftWatch { Together: not null }
            && !signatures.Exists(each => each.Inputs.Any(input => input.Type != ElementType.String)))
        {
            faults.Add(Fault("drift.together", $"No version of '{endpoint.Name}' takes numbers, whose rows would be "
                + "compared; leave 'together' out."));
        }

        faults.AddRange(ColumnFaults(spec.Watch, endpoint, signatures));
        var outputs = signatures.SelectMany(each => each.Outputs).Select(output => output.Name)
            .ToImmutableSortedSet(StringComparer.Ordinal);
        if (Predicted(spec.Watch) is { } predicted && !outputs.Contains(predicted))
        {
            faults.Add(Fault($"{spec.Watch.Word}.outcome", $"No version of '{endpoint.Name}' has an output "
                + $"'{predicted}', which the outcome would be held against; outputs are {Named(outputs)}."));
        }

        faults.AddRange(NotKept(spec.Watch, endpoint));
        if (spec.Watch is LabelWatch { Score: { } score }
            && !outputs.Contains(Observation.Element(score, score, null).Output))
        {
            faults.Add(Fault($"{spec.Watch.Word}.score",
                $"No version of '{endpoint.Name}' has the output of '{score}'; outputs are {Named(outputs)}."));
        }

        if (faults.Count > 0)
            throw new RefusalException(faults);
    }

    private static async Task<IEnumerable<Refusal>> ReferenceFaultsAsync(
        WriteScope write, string text, string at)
    {
        try
        {
            if (ReferenceQuery.Parse(text) is DriftReference.Dataset dataset)
                await DatasetViews.FindVersionAsync(write.Db, dataset.Id, write.Cancellation);
            return [];
        }
        catch (RefusalException refused)
        {
            return refused.Refusals.Select(fault => fault with { Field = at });
        }
    }

    private static IEnumerable<Refusal> SchemaFaults(SchemaWatch watch, EndpointSpec endpoint)
    {
        if (endpoint.Schema is not { } schema)
        {
            yield return Fault("endpoint", $"The endpoint '{endpoint.Name}' has no schema to hold rows to; "
                + $"'fairlead schema infer {endpoint.Name}' proposes one.");
            yield break;
        }

        foreach (var column in watch.Columns.Except(schema.Columns.Select(each => each.Name)))
            yield return Fault("schema.columns", $"The schema of '{endpoint.Name}' has no column '{column}'.");
    }

    /// <summary>Columns and fields that no version has. What answers without a model may have outputs of its own.
    /// </summary>
    private static IEnumerable<Refusal> ColumnFaults(
        Watch watch, EndpointSpec endpoint, List<Signature> signatures)
    {
        var inputs = signatures.SelectMany(each => each.Inputs)
            .SelectMany(input => input.Fields.Prepend(input.Name)).ToImmutableSortedSet(StringComparer.Ordinal);
        if (watch is QualityWatch { By: { } by } && !inputs.Contains(by))
        {
            yield return Fault("quality.by", $"No version of '{endpoint.Name}' has an input '{by}'; inputs are "
                + $"{Named(inputs)}.");
        }

        if (watch is not DriftWatch drift || endpoint.Arms.Any(arm => arm.Control is not null))
            yield break;
        var columns = signatures.SelectMany(each => WindowLayout.Of(each.Inputs, each.Outputs).Columns)
            .Select(column => column.Name).Append(ReferenceColumns.ConfidenceName)
            .ToImmutableSortedSet(StringComparer.Ordinal);
        foreach (var (at, names) in new (string, IEnumerable<string>)[]
        {
            ("columns", drift.Columns), ("methods", drift.Methods.Keys), ("thresholds", drift.Thresholds.Keys),
        })
        {
            foreach (var name in names.Except(columns))
            {
                yield return Fault($"drift.{at}", $"No version of '{endpoint.Name}' has a column '{name}'; columns are "
                    + $"{Named(columns)}.");
            }
        }
    }

    /// <summary>What the log does not keep as it is cannot be held against anything.</summary>
    private static IEnumerable<Refusal> NotKept(Watch watch, EndpointSpec endpoint)
    {
        var score = watch is LabelWatch { Score: { } name } ? Observation.Element(name, name, null).Output : null;
        var (at, names) = watch is DriftWatch drift
            ? ("drift.columns", drift.Columns)
            : ($"{watch.Word}.outcome", [.. new[] { Predicted(watch), score }.OfType<string>()]);
        foreach (var hidden in names)
        {
            if (endpoint.Log?.Treatment(hidden) is { } treatment and not FieldTreatment.Keep)
            {
                yield return Fault(at, $"The log of '{endpoint.Name}' does not keep '{hidden}' as it is "
                    + $"({treatment.ToString().ToLowerInvariant()}), so nothing is there to look at; take it out of "
                    + "the log's list, or look at something else.");
            }
        }
    }

    private static string? Predicted(Watch watch) => watch switch
    {
        LabelWatch { Answers: not AnswerKind.Ranking } label
            when label is EstimateWatch || !label.Metric.NeedsScore() => label.Outcome,
        ConceptWatch { Signal: not ConceptSignal.Value } concept => concept.Outcome,
        _ => null,
    };

    private static async Task<List<Signature>> SignaturesAsync(WriteScope write, EndpointSpec endpoint)
    {
        var signatures = new List<Signature>();
        foreach (var version in endpoint.Arms.Select(arm => arm.Version).OfType<VersionId>().Distinct())
        {
            var model = version.Model.ToString();
            var manifest = await write.Db.Versions
                .Where(row => row.Model == model && row.Number == version.Number)
                .Select(row => row.Manifest).SingleAsync(write.Cancellation);
            signatures.Add(StoredJson.Read<Manifest>(manifest).Signature);
        }

        return signatures;
    }

    private static string Named(ImmutableSortedSet<string> outputs) =>
        outputs.Count == 0 ? "none"
            : string.Join(", ", outputs.Take(10)) + (outputs.Count > 10 ? $" and {outputs.Count - 10} more" : "");

    private static Refusal Fault(string field, string message) =>
        new(RefusalKind.Invalid, "monitor_unfit", message) { Field = field };
}
