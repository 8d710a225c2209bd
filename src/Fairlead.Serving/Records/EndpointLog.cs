using System.Runtime.CompilerServices;
using Fairlead.Core.Endpoints;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;

namespace Fairlead.Serving.Records;

/// <summary>
/// Records the requests of one generation of an endpoint. It never fails a request and never holds one up: what cannot
/// be recorded is dropped and counted.
/// </summary>
public sealed class EndpointLog
{
    [ThreadStatic]
    private static PooledBuffer? _scratch;

    private readonly RecordLog _log;
    private readonly LogSpec _spec;
    private readonly int _endpointNumber;
    private readonly TimeProvider _time;
    private readonly RecordEncoder[] _encoders;
    private readonly IReadOnlyList<VariantState> _variants;
    private ulong _draws;

    internal EndpointLog(
        RecordLog log, EndpointRoute route, IReadOnlyList<VariantState> variants, byte[] key, TimeProvider time)
    {
        (_log, _spec, _endpointNumber, _time, _variants) =
            (log, route.Spec.Log!, route.EndpointNumber, time, variants);
        Fields = new TreatedFields(_spec, key);
        _encoders = [.. variants.Select(variant => Encoder(log, route, variant, key))];
    }

    /// <summary>How fields are treated, for whatever else keeps requests of this generation.</summary>
    internal TreatedFields Fields { get; }

    /// <summary>Records a request that a variant answered or would have answered.</summary>
    internal void Record(PredictCall call, PredictFailure outcome, TimeSpan total)
    {
        var drawn = call.IsAssigned ? call.UnitHash : Interlocked.Increment(ref _draws) * 0x9E3779B97F4A7C15UL;
        if (!_spec.Takes(drawn, _endpointNumber))
            return;
        try
        {
            var scratch = _scratch ??= new PooledBuffer();
            if (!EncoderOf(call.Variant!).TryWrite(scratch, call, outcome, Times(call, total)))
                _log.Meter.Drop(RecordMeter.TooLarge);
            else
                _log.Add(EncoderOf(call.Variant!).Schema, scratch.Written.Span);
            scratch.Clear();
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            _log.Meter.Drop(RecordMeter.Failed);
            _log.Failed(failure);
        }
    }

    private static RecordEncoder Encoder(RecordLog log, EndpointRoute route, VariantState variant, byte[] key)
    {
        var spec = route.Spec;
        var schema = new RecordSchema
        {
            Id = log.NextSchema(),
            EndpointNumber = route.EndpointNumber,
            Endpoint = spec.Name.ToString(),
            Generation = route.Generation,
            Arm = variant.Name.ToString(),
            Model = variant.Version?.Model.ToString(),
            Version = variant.Version?.Number,
            Columns = RecordColumn.Of(variant.RequestSignature, variant.Signature, spec.Log!),
        };
        var all = RecordColumn.Of(variant.RequestSignature, variant.Signature, new LogSpec());
        return new RecordEncoder(schema, all, spec.Log!, spec.Unit, key);
    }

    private RecordTimes Times(PredictCall call, TimeSpan total)
    {
        var now = (_time.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks - total.Ticks) / TimeSpan.TicksPerMicrosecond;
        return call.HasRun && call.Run.FinishedAt != 0
            ? new RecordTimes(now, Micro(total), Micro(_time.GetElapsedTime(call.Run.EnqueuedAt, call.Run.StartedAt)),
                Micro(_time.GetElapsedTime(call.Run.StartedAt, call.Run.FinishedAt)))
            : new RecordTimes(now, Micro(total), LoggedRecord.NoDuration, LoggedRecord.NoDuration);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Micro(TimeSpan time) =>
        (uint)Math.Clamp(time.Ticks / TimeSpan.TicksPerMicrosecond, 0, LoggedRecord.NoDuration - 1);

    private RecordEncoder EncoderOf(VariantState variant)
    {
        for (var i = 0; i < _variants.Count; i++)
        {
            if (ReferenceEquals(_variants[i], variant))
                return _encoders[i];
        }

        throw new InvalidOperationException($"The variant '{variant.Name}' is not of this generation.");
    }
}
