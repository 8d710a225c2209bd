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
    private readonly TimeProvider _time;

    /// <summary>Begins the facts of a generation.</summary>
    /// <param name="route">The generation; its specification says what is observed.</param>
    /// <param name="variants">Aligned with the arms of the route's specification.</param>
    /// <param name="records">Takes records for outcomes; null: none are wanted or nobody takes them.</param>
    /// <param name="time">The clock of requests.</param>
    public EndpointFacts(
        EndpointRoute route, IReadOnlyList<VariantState> variants, AnswerRecords? records, TimeProvider time)
    {
        Route = route;
        _observation = route.Spec.Watched
            ?? throw new ArgumentException("The endpoint is not observed.", nameof(route));
        _variants = variants;
        _arms = [.. variants.Select(_ => new ArmFacts(_observation))];
        _records = _observation.Outcomes ? records : null;
        _sample = new UnitSample(route.EndpointNumber, _observation.Sample);
        _recorded = new UnitSample(route.EndpointNumber, _observation.RecordShare);
        _time = time;
    }

    /// <summary>The generation that the facts are about.</summary>
    public EndpointRoute Route { get; }

    /// <summary>The facts of one arm, by its index in the route.</summary>
    public ArmFacts Arm(int index) => _arms[index];

    /// <summary>
    /// Counts one request at its end. Only requests that were assigned by their unit take part: those that named a
    /// version or had no unit were not drawn, and would spoil the comparison.
    /// </summary>
    internal void Record(PredictCall call, PredictFailure outcome, TimeSpan total)
    {
        if (!call.IsAssigned || outcome == PredictFailure.CallerGone)
            return;

        var index = IndexOf(call.Variant!);
        var bucket = BucketTotals.BucketOf(call.UnitHash);
        var arm = _arms[index];
        Count(arm, call, outcome, total, bucket);
        foreach (var field in _observation.Slices)
        {
            if (call.Inputs is { } inputs && TensorText.Of(call.Variant!.Signature.Inputs, inputs, field) is { } value
                && arm.Slice(field, value) is { } slice)
            {
                Count(slice, call, outcome, total, bucket);
            }
        }

        if (outcome != PredictFailure.None || _records is not { } records)
            return;
        if (_recorded.Takes(call.UnitHash) && !records.TryAdd(RecordOf(call, _sample.Takes(call.UnitHash))))
            arm.RecordDropped();
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

    private AnswerRecord RecordOf(PredictCall call, bool sampled)
    {
        var labels = new string?[_observation.Labels.Length];
        for (var i = 0; i < labels.Length; i++)
            labels[i] = TensorText.Of(call.Variant!.Signature.Outputs, call.Outputs!, _observation.Labels[i]);
        var slices = new string?[_observation.Slices.Length];
        for (var i = 0; i < slices.Length; i++)
            slices[i] = TensorText.Of(call.Variant!.Signature.Inputs, call.Inputs!, _observation.Slices[i]);
        return new AnswerRecord(call.Identity, call.UnitHash, _observation, labels, slices)
        {
            Sampled = sampled,
            Scores = _observation.Scores.Length == 0 ? [] : ScoresOf(call),
            Features = _observation.Features ? TensorText.Numbers(call.Inputs!) : [],
        };
    }

    private double[] ScoresOf(PredictCall call)
    {
        var signature = call.Variant!.Signature.Outputs;
        var scores = new double[_observation.Scores.Length];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = TensorText.Number(signature, call.Outputs!, _observation.Scores[i]);
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
