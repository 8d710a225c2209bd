using Fairlead.Core.Endpoints;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;
using Fairlead.Statistics.Buckets;

namespace Fairlead.Serving.Facts;

/// <summary>
/// The facts of one generation of an endpoint that a rollout observes: one table for each arm, and the records that
/// outcomes will be joined to. A new generation gets new tables, because figures under different weights must not be
/// mixed.
/// </summary>
public sealed class EndpointFacts
{
    private readonly Observation _observation;
    private readonly ArmFacts[] _arms;
    private readonly IReadOnlyList<VariantState> _variants;
    private readonly AnswerRecords? _records;
    private readonly UnitSample _sample;
    private readonly UnitSample _recorded;
    private readonly KeptFields _fields;
    private readonly TimeProvider _time;

    /// <summary>Begins the facts of a generation.</summary>
    /// <param name="route">The generation; its specification says what is observed.</param>
    /// <param name="variants">Aligned with the arms of the route's specification.</param>
    /// <param name="records">Takes records for outcomes; null: none are wanted or nobody takes them.</param>
    /// <param name="time">The clock of requests.</param>
    /// <param name="key">The installation's key, for fields that the log keeps as hashes; null: those are not
    /// kept.</param>
    public EndpointFacts(
        EndpointRoute route, IReadOnlyList<VariantState> variants, AnswerRecords? records, TimeProvider time,
        byte[]? key = null)
    {
        Route = route;
        _observation = route.Spec.Watched
            ?? throw new ArgumentException("The endpoint is not observed.", nameof(route));
        _variants = variants;
        _arms = [.. variants.Select(_ => new ArmFacts(_observation))];
        _records = _observation.Outcomes ? records : null;
        _sample = new UnitSample(route.EndpointNumber, _observation.Sample);
        _recorded = new UnitSample(route.EndpointNumber, _observation.RecordShare);
        _fields = new KeptFields(route.Spec.Log, key, _observation, variants);
        _time = time;
    }

    /// <summary>The generation that the facts are about.</summary>
    public EndpointRoute Route { get; }

    /// <summary>The facts of one arm, by its index in the route.</summary>
    public ArmFacts Arm(int index) => _arms[index];

    /// <summary>
    /// Counts one request at its end. Only requests that were assigned by their unit are counted: those that named a
    /// version or had no unit were not drawn, and would spoil the comparison. They leave records all the same, so that
    /// outcomes find them.
    /// </summary>
    internal void Record(PredictCall call, PredictFailure outcome, TimeSpan total)
    {
        if (outcome == PredictFailure.CallerGone)
            return;

        var index = IndexOf(call.Variant!);
        if (call.IsAssigned)
            Count(_arms[index], call, outcome, total);
        if (outcome == PredictFailure.None && _records is { } records)
            KeepRows(index, call, records);
    }

    private void Count(ArmFacts arm, PredictCall call, PredictFailure outcome, TimeSpan total)
    {
        var bucket = BucketTotals.BucketOf(call.UnitHash);
        Count(arm, call, outcome, total, bucket);

        // A run that its caller left behind has the tensors, and gives them to others.
        var read = call.Run.TensorsTaken ? null : call.Inputs;
        for (var i = 0; i < _observation.Slices.Length; i++)
        {
            var field = _observation.Slices[i];
            if (read is { } inputs
                && _fields.Slice(i, TensorText.Of(call.Variant!.Signature.Inputs, inputs, field)) is { } value
                && arm.Slice(field, value) is { } slice)
            {
                Count(slice, call, outcome, total, bucket);
            }
        }
    }

    /// <summary>
    /// A request without a unit is drawn by itself, and its rows are of one unit that nobody else is.
    /// </summary>
    private void KeepRows(int index, PredictCall call, AnswerRecords records)
    {
        var unit = call.IsAssigned ? call.UnitHash : call.Identity.Randomness * 0x9E3779B97F4A7C15UL;
        if (!_recorded.Takes(unit))
            return;
        var rows = TensorText.RowsOf(call.Inputs!, call.Outputs!);
        var isSampled = call.IsAssigned && _sample.Takes(unit);
        for (var row = 0; row < rows && row < AnswerRecords.MostRows; row++)
        {
            if (!records.TryAdd(RecordOf(index, call, unit, isSampled, row, rows)) && call.IsAssigned)
                _arms[index].RecordDropped();
        }

        if (rows > AnswerRecords.MostRows)
            records.LeaveOut(rows - AnswerRecords.MostRows);
    }

    /// <summary>Counts what a candidate answered to a copy.</summary>
    internal void RecordCopy(VariantState variant, int bucket, bool failed, double? disagreement, TimeSpan perRow)
    {
        var arm = _arms[IndexOf(variant)];
        arm.Requests.Add(bucket, failed ? 1 : 0, 1);
        if (failed)
            return;
        arm.Compute.Record(perRow);
        if (disagreement is { } differs)
            arm.Disagreements.Add(bucket, differs, 1);
    }

    /// <summary>Counts what a candidate answered to a copy beside what the caller got.</summary>
    internal void RecordPair(
        VariantState champion, TensorSet answer, VariantState challenger, TensorSet other, int bucket)
    {
        var arm = _arms[IndexOf(challenger)];
        RecordOutputs(arm, challenger, other, bucket);
        foreach (var observed in _observation.Outputs)
        {
            if (!observed.Paired)
                continue;
            var (before, rows) = Sum(observed, champion, answer);
            var (after, otherRows) = Sum(observed, challenger, other);
            if (rows > 0 && rows == otherRows)
                arm.Output(observed.Metric, bucket, after - before, rows);
        }

        arm.WithPairs(pairs => pairs.Add(
            champion.Signature.Outputs, answer, challenger.Signature.Outputs, other, bucket));
    }

    internal ArmFacts ArmOf(VariantState variant) => _arms[IndexOf(variant)];

    /// <summary>Counts the observed outputs of an answer, to a request or to a copy.</summary>
    private void RecordOutputs(ArmFacts arm, VariantState variant, TensorSet outputs, int bucket)
    {
        foreach (var observed in _observation.Outputs)
        {
            if (observed.Paired)
                continue;
            var (sum, rows) = Sum(observed, variant, outputs);
            if (rows > 0)
                arm.Output(observed.Metric, bucket, sum, rows);
        }
    }

    private static (double Sum, double Rows) Sum(ObservedOutput observed, VariantState variant, TensorSet outputs)
    {
        var signature = variant.Signature.Outputs;
        for (var i = 0; i < signature.Length && i < outputs.Count; i++)
        {
            if (signature[i].Name == observed.Output)
                return TensorText.Sum(outputs[i], observed.Element, observed.Category);
        }

        return (0, 0);
    }

    private void Count(ArmFacts arm, PredictCall call, PredictFailure outcome, TimeSpan total, int bucket)
    {
        arm.Requests.Add(bucket, outcome == PredictFailure.None ? 0 : 1, 1);
        if (outcome != PredictFailure.None)
            return;

        arm.Latency.Record(total);
        if (call.HasRun)
        {
            var run = _time.GetElapsedTime(call.Run.StartedAt, call.Run.FinishedAt);
            arm.Compute.Record(run / Math.Max(1, call.Run.BatchRows));
        }

        if (_observation.Outputs.Length > 0 && call.Outputs is { } outputs)
            RecordOutputs(arm, call.Variant!, outputs, bucket);
    }

    private AnswerRecord RecordOf(int index, PredictCall call, ulong unit, bool isSampled, int row, int rows)
    {
        var signature = call.Variant!.Signature;
        var labels = new string?[_observation.Labels.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = _fields.KeepsLabel(i)
                ? TensorText.Of(signature.Outputs, call.Outputs!, _observation.Labels[i], row, rows)
                : null;
        }

        var slices = new string?[_observation.Slices.Length];
        for (var i = 0; i < slices.Length; i++)
        {
            slices[i] = _fields.Slice(
                i, TensorText.Of(signature.Inputs, call.Inputs!, _observation.Slices[i], row, rows));
        }

        return new AnswerRecord(call.Identity, unit, _observation, labels, slices)
        {
            Sampled = isSampled,
            IsAssigned = call.IsAssigned,
            Row = (ushort)row,
            Scores = _observation.Scores.Length == 0 ? [] : ScoresOf(call, row, rows),
            Features = _observation.Features
                ? _fields.Masked(index, TensorText.Numbers(call.Inputs!, row, rows))
                : [],
        };
    }

    private double[] ScoresOf(PredictCall call, int row, int rows)
    {
        var signature = call.Variant!.Signature.Outputs;
        var scores = new double[_observation.Scores.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = _fields.KeepsScore(i)
                ? TensorText.Number(signature, call.Outputs!, _observation.Scores[i], row, rows)
                : double.NaN;
        }

        return scores;
    }

    private int IndexOf(VariantState variant)
    {
        for (var i = 0; i < _variants.Count; i++)
        {
            if (ReferenceEquals(_variants[i], variant))
                return i;
        }

        throw new InvalidOperationException($"The variant '{variant.Name}' is not of this generation.");
    }
}
