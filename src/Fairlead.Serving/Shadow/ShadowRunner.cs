using System.Collections.Immutable;
using System.Threading.Channels;
using Fairlead.Core.Models;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Telemetry;
using Fairlead.Statistics.Buckets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fairlead.Serving.Shadow;

/// <summary>
/// Runs candidates on copies of requests, for nobody to see. Copies wait in a bounded queue of their own, run behind a
/// gate of their own, on so few workers and with such rests that they take at most a quarter of the processors; what
/// does not fit is dropped and counted. A caller never waits for any of it.
/// </summary>
public sealed class ShadowRunner : BackgroundService
{
    /// <summary>A reason to drop a copy: too many wait.</summary>
    public const string QueueFull = "queue_full";

    /// <summary>A reason to drop a copy: its arm has as many as it may have.</summary>
    public const string ArmFull = "arm_full";

    /// <summary>Most copies that wait.</summary>
    public const int Capacity = 256;

    /// <summary>Longest time that a copy may take.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <summary>Share of the processors that copies may take.</summary>
    private const double ProcessorShare = 0.25;

    private readonly Channel<ShadowCopy> _waiting = Channel.CreateBounded<ShadowCopy>(Capacity);
    private readonly RequestRandomness _randomness;
    private readonly TimeProvider _time;
    private readonly ILogger<ShadowRunner> _log;
    private readonly int _workers;
    private readonly double _restForEachSecond;
    private long _ran;

    /// <summary>Makes a runner for a machine with so many processors.</summary>
    public ShadowRunner(int processors, RequestRandomness randomness, TimeProvider time, ILogger<ShadowRunner> log)
    {
        (_randomness, _time, _log) = (randomness, time, log);
        _workers = Math.Max(1, (int)(processors * ProcessorShare));
        Gate = new RunGate(_workers, time);

        // A worker that computes for a second then rests until its share of the machine is kept.
        _restForEachSecond = Math.Max(0, _workers / (processors * ProcessorShare) - 1);
    }

    /// <summary>The gate of arms that only get copies.</summary>
    public RunGate Gate { get; }

    /// <summary>Copies that there was no room for.</summary>
    public long Dropped => Drops.Total;

    /// <summary>The same by reason.</summary>
    public ReasonCounts Drops { get; } = new(QueueFull, ArmFull);

    /// <summary>Copies that were run.</summary>
    public long Ran => Volatile.Read(ref _ran);

    /// <summary>
    /// Takes a copy of an answered request when one of the endpoint's arms wants it. The tensors go over to the copy;
    /// the request has no use for them any more.
    /// </summary>
    internal void TryCopy(PredictCall call)
    {
        var serving = call.Serving!;
        if (serving.LargestMirror <= 0 || !call.IsAssigned || _randomness.NextUnit() >= serving.LargestMirror)
            return;

        // Nothing of a control group enters a rollout: not its units, and not the answers of no model.
        if (call.Variant!.Control is not null || call.Variant == serving.Holdout)
            return;

        var copy = new ShadowCopy(serving, call.Variant!, call.Inputs!, call.Outputs!, call.Run.Rows,
            BucketTotals.BucketOf(call.UnitHash), call.Identity);
        if (!_waiting.Writer.TryWrite(copy))
        {
            Drops.Add(QueueFull);
            return;
        }

        call.GiveTensorsAway();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, _workers)
            .Select(_ => Task.Run(() => WorkAsync(stoppingToken), stoppingToken)));

    public override void Dispose()
    {
        base.Dispose();
        Gate.Dispose();
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        try
        {
            await foreach (var copy in _waiting.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                using (copy)
                {
                    foreach (var variant in copy.Serving.Variants)
                    {
                        if (variant.IsShadow)
                            await RunAsync(copy, variant, cancellation).ConfigureAwait(false);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The end of the process; copies that wait are nobody's loss.
        }
    }

    private async Task RunAsync(ShadowCopy copy, VariantState variant, CancellationToken cancellation)
    {
        if (variant.Bulkhead.TryEnter() != Admission.Admitted)
        {
            Drops.Add(ArmFull);
            return;
        }

        var began = _time.GetTimestamp();
        try
        {
            await CompareAsync(copy, variant, cancellation).ConfigureAwait(false);
            Interlocked.Increment(ref _ran);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException
            && !(failure is OperationCanceledException && cancellation.IsCancellationRequested))
        {
            variant.Meter.Outcome(PredictFailure.ModelFailed);
            copy.Serving.Facts?.RecordCopy(variant, copy.Bucket, failed: true, null, TimeSpan.Zero);
            _log.CopyFailed(variant.Name.ToString(), failure.Message);
        }
        finally
        {
            variant.Bulkhead.Leave();
        }

        var rest = _time.GetElapsedTime(began) * _restForEachSecond;
        if (rest > TimeSpan.FromMilliseconds(1))
            await Task.Delay(rest, _time, cancellation).ConfigureAwait(false);
    }

    private async Task CompareAsync(ShadowCopy copy, VariantState variant, CancellationToken cancellation)
    {
        var inputs = Rearrange(copy, variant.Signature.Inputs);
        using var outputs = TensorSet.Rent(variant.Signature.Outputs.Length);
        var run = new RunItem();
        try
        {
            run.Prepare(inputs ?? copy.Inputs, outputs, copy.Rows,
                _time.GetTimestamp() + (long)(Deadline.TotalSeconds * _time.TimestampFrequency), cancellation);
            await variant.Queue!.RunAsync(run).ConfigureAwait(false);
            variant.Meter.Outcome(PredictFailure.None);
            variant.Meter.Ran(run);
            if (copy.Serving.Facts is not { } facts)
                return;

            var difference = AnswerComparison.Compare(
                copy.Champion.Signature.Outputs, copy.Outputs, variant.Signature.Outputs, outputs);
            facts.RecordCopy(variant, copy.Bucket, failed: false,
                double.IsNaN(difference.Share) ? null : difference.Share,
                _time.GetElapsedTime(run.StartedAt, run.FinishedAt) / Math.Max(1, run.BatchRows));
            facts.RecordPair(copy.Champion, copy.Outputs, variant, outputs, copy.Bucket);
            Remember(facts.ArmOf(variant), copy, variant, inputs ?? copy.Inputs, outputs, difference);
        }
        finally
        {
            inputs?.Dispose();
        }
    }

    /// <summary>Keeps the two answers when they are among the worst, their fields as the endpoint's log has
    /// them.</summary>
    private static void Remember(
        ArmFacts arm, ShadowCopy copy, VariantState variant, TensorSet inputs, TensorSet outputs,
        AnswerDifference difference)
    {
        var share = double.IsNaN(difference.Share) ? 0 : difference.Share;
        if (arm.Worst.WouldKeep(share, difference.LargestDifference))
        {
            var fields = copy.Serving.Fields;
            arm.Worst.Add(new ShadowExample(copy.Id, share, difference.LargestDifference,
                TensorJson.Write(variant.Signature.Inputs, inputs, fields),
                TensorJson.Write(copy.Champion.Signature.Outputs, copy.Outputs, fields),
                TensorJson.Write(variant.Signature.Outputs, outputs, fields)));
        }
    }

    /// <summary>
    /// The inputs in the order of another version's signature; null when they are in that order already. Throws when
    /// the version wants an input that the request did not bring for the one that answered.
    /// </summary>
    private static TensorSet? Rearrange(ShadowCopy copy, ImmutableArray<TensorSpec> wanted)
    {
        var given = copy.Champion.Signature.Inputs;
        if (given.Length == wanted.Length && given.Zip(wanted).All(pair => IsAlike(pair.First, pair.Second)))
            return null;

        var set = TensorSet.Rent(wanted.Length);
        for (var i = 0; i < wanted.Length; i++)
        {
            var from = IndexOf(given, wanted[i]);
            if (from < 0)
            {
                set.Dispose();
                throw new InvalidOperationException(
                    $"It wants the input '{wanted[i].Name}' ({wanted[i].Type}), which '{copy.Champion.Name}' does not "
                    + "take.");
            }

            set[i].CopyFrom(copy.Inputs[from]);
        }

        return set;
    }

    private static int IndexOf(ImmutableArray<TensorSpec> given, TensorSpec wanted)
    {
        for (var i = 0; i < given.Length; i++)
        {
            if (IsAlike(given[i], wanted))
                return i;
        }

        return -1;
    }

    private static bool IsAlike(TensorSpec one, TensorSpec other) => one.Name == other.Name && one.Type == other.Type;
}
