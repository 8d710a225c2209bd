using Fairlead.Core.Endpoints;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;
using Fairlead.Serving.Records;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>
/// The pipeline with a model that costs nothing, of an endpoint whose every request is recorded: a field hashed, one
/// redacted, one omitted, and the hash of a person. A writer takes the records to a file meanwhile.
/// </summary>
internal sealed class LogStep : IStep, IRecordKey
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-bench-").FullName;
    private readonly RecordLog _log;
    private readonly CreditPlane _plane;
    private readonly NativeCodec _codec = new(new RequestLimits());
    private readonly byte[] _body = CreditPlane.Body(rows: 1);

    public LogStep()
    {
        _log = new RecordLog(
            _folder, this, TimeProvider.System, NullLogger<RecordLog>.Instance, new RecordMeter());
        _plane = new CreditPlane(new NullRuntime(), observe: null, log: _log);
        _ = _log.StartAsync(CancellationToken.None);
    }

    /// <summary>What the endpoint declares.</summary>
    public static LogSpec Everything { get; } = new()
    {
        Hash = ["Income"],
        Redact = ["Marital"],
        Omit = ["Records"],
        Subject = "Seniority",
    };

    public ValueTask<byte[]> ReadAsync(CancellationToken cancellation) =>
        ValueTask.FromResult(new byte[KeyedHash.KeyLength]);

    public void Do()
    {
        var call = _plane.Calls.Rent();
        _codec.Begin(_body, null);
        _plane.Predict(call, _codec);
        _codec.End();
        _plane.Calls.Return(call);
    }

    public async ValueTask DisposeAsync()
    {
        _codec.Dispose();
        await _plane.DisposeAsync();
        await _log.StopAsync(CancellationToken.None);
        _log.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
