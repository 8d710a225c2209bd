using System.Text;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;
using Fairlead.Serving.Records;
using Fairlead.Serving.Telemetry;
using Fairlead.Serving.Tests.Predict;
using Fairlead.TestModels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fairlead.Serving.Tests.Records;

/// <summary>A data plane that records requests of the credit model in a folder of its own.</summary>
internal sealed class RecordingPlane : IRecordKey, IAsyncDisposable
{
    public const string Row =
        """
        {"Seniority":9,"Home":"rent","Time":60,"Age":30,"Marital":"married","Records":"no","Job":"freelance",
        "Expenses":73,"Income":129,"Assets":null,"Debt":0,"Amount":800,"Price":846}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("fairlead-records-").FullName;

    public RecordingPlane(string? folder = null)
    {
        Log = new RecordLog(
            folder ?? Path.Combine(_folder, "log"), this, TimeProvider.System, NullLogger<RecordLog>.Instance,
            new RecordMeter());
        Plane = new DataPlane { RecordLog = Log };
    }

    public DataPlane Plane { get; }

    public RecordLog Log { get; }

    public ValueTask<byte[]> ReadAsync(CancellationToken cancellation) => ValueTask.FromResult(DataPlane.LogKey);

    /// <summary>Adds an endpoint with the credit model.</summary>
    public void Add(LogSpec log, string? unit = null)
    {
        var model = Path.Combine(
            Catalogue.Folder, "..", "..", "samples", "credit", "models", "logistic", "model.onnx");
        _ = Inference.Runtimes.Onnx.OnnxEnvironment.Plan;
        Plane.Add("credit", [new Arm("stable", Inference.Runtimes.Onnx.OnnxModel.Load(model))],
            unit is null ? null : UnitRule.Parse(unit), log: log);
    }

    /// <summary>Asks with a body of our own JSON; returns the prediction's id.</summary>
    public async Task<string> AskAsync(
        string body, PredictFailure expected = PredictFailure.None, IHeaderDictionary? headers = null)
    {
        var call = Plane.Calls.Rent();
        using var codec = new NativeCodec(new RequestLimits());
        codec.Begin(Encoding.UTF8.GetBytes(body), headers);
        call.Begin("credit", Principal.Local, codec, Plane.Time.GetTimestamp(), CancellationToken.None);
        call.Door = Door.Predict;
        (await Plane.Pipeline.PredictAsync(call)).ShouldBe(expected, call.FailureDetail);
        var id = expected == PredictFailure.None ? call.PredictionIdText() : "";
        codec.End();
        Plane.Calls.Return(call);
        return id;
    }

    public Task<string> AskRowAsync(string row = Row) => AskAsync($"{{\"rows\":[{row}]}}");

    /// <summary>Closes the file, and reads everything that was recorded.</summary>
    public async Task<List<LoggedRecord>> RecordsAsync()
    {
        await Log.CloseFileAsync(CancellationToken.None);
        var records = new List<LoggedRecord>();
        foreach (var path in Log.AllFiles())
        {
            using var file = File.OpenRead(path);
            records.AddRange(SegmentForm.Read(file));
        }

        return records;
    }

    public async ValueTask DisposeAsync()
    {
        await Plane.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
