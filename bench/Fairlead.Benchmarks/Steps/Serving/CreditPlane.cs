using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Loading;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;
using Fairlead.Serving.Records;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Shadow;
using Fairlead.Serving.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using EndpointState = Fairlead.Serving.Routing.EndpointState;

namespace Fairlead.Benchmarks.Steps.Serving;

/// <summary>
/// A data plane without server and placer that serves the credit sample's logistic regression: thirteen named inputs,
/// numbers and strings. The endpoint has two arms of the same version, so that routing has something to decide.
/// </summary>
internal sealed class CreditPlane : IPredictionKeys, IAsyncDisposable
{
    public const string Endpoint = "credit";

    private const string Row =
        """
        {"Seniority":9,"Home":"rent","Time":60,"Age":30,"Marital":"married","Records":"no","Job":"freelance",
        "Expenses":73,"Income":129,"Assets":0,"Debt":0,"Amount":800,"Price":846}
        """;

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly RunGate _gate = new(1, TimeProvider.System);
    private readonly ServingInstruments _instruments;
    private readonly IModelRuntime _model;
    private readonly IModelRuntime? _shadow;

    public CreditPlane()
        : this(OnnxModel.Load(ModelPath()), null)
    {
    }

    /// <summary>
    /// A plane over another model with the same inputs, observed as a rollout observes; a candidate in the shadow gets
    /// a copy of every request.
    /// </summary>
    public CreditPlane(
        IModelRuntime model, Observation? observe, IModelRuntime? shadow = null, RecordLog? log = null)
    {
        (_model, _shadow) = (model, shadow);
        var randomness = new RequestRandomness(1);
        Shadows = new ShadowRunner(
            Environment.ProcessorCount, randomness, TimeProvider.System, NullLogger<ShadowRunner>.Instance);
        _instruments = new ServingInstruments(
            Routing, new RefusalMeter(), _services.GetRequiredService<IMeterFactory>());
        Rates = new KeyRates(TimeProvider.System);
        Pipeline = new PredictPipeline(
            Routing, Rates, this, randomness, _instruments, TimeProvider.System, Shadows);
        Add(observe, log);
    }

    /// <summary>Runs the candidate in the shadow, once it was started.</summary>
    public ShadowRunner Shadows { get; }

    /// <summary>What a rollout's facts leave for whoever stores them.</summary>
    public AnswerRecords Records { get; } = new();

    public RoutingTable Routing { get; } = new();

    public KeyRates Rates { get; }

    public CallPool Calls { get; } = new();

    public PredictPipeline Pipeline { get; }

    public Signature Signature => _model.Signature;

    public PredictionKey Current { get; } = new(7, new byte[32]);

    /// <summary>A caller with a key that is limited to the endpoint and to a rate that nobody reaches.</summary>
    public static Principal Caller { get; } = new("benchmark", Role.Predictor)
    {
        KeyId = 1,
        Endpoints = [Endpoint],
        RequestsPerSecond = 1e9,
    };

    /// <summary>The body of a request with so many equal rows, in our own JSON.</summary>
    public static byte[] Body(int rows) =>
        System.Text.Encoding.UTF8.GetBytes($"{{\"rows\":[{string.Join(',', Enumerable.Repeat(Row, rows))}]}}");

    /// <summary>Makes a codec that has read a single row.</summary>
    public static Func<IRequestCodec> NativeRow() => () =>
    {
        var codec = new NativeCodec(new RequestLimits());
        codec.Begin(Body(rows: 1), null);
        return codec;
    };

    public ReadOnlyMemory<byte> Find(byte id) => Current.Secret;

    /// <summary>Takes a request through the pipeline; it must end well, on the calling thread.</summary>
    public void Predict(PredictCall call, IRequestCodec codec)
    {
        call.Begin(Endpoint, Caller, codec, TimeProvider.System.GetTimestamp(), CancellationToken.None);
        var predicted = Pipeline.PredictAsync(call);
        if (!predicted.IsCompletedSuccessfully || predicted.Result != PredictFailure.None)
            throw new InvalidOperationException($"The prediction failed: {call.FailureDetail}");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var endpoint in Routing.Endpoints)
        {
            foreach (var variant in endpoint.Serving!.Variants)
                variant.Dispose();
        }

        Shadows.Dispose();
        await _model.DisposeAsync();
        if (_shadow is not null)
            await _shadow.DisposeAsync();
        _instruments.Dispose();
        _gate.Dispose();
        await _services.DisposeAsync();
    }

    private void Add(Observation? observe, RecordLog? log)
    {
        string[] names = _shadow is null ? ["stable", "next"] : ["stable", "next", "shadow"];
        ImmutableArray<VariantSpec> arms = [.. names.Select((name, i) =>
            new VariantSpec(
                VariantName.Parse(name), new VersionId(ModelName.Parse(Endpoint), 1), name == "shadow" ? 0 : 1)
            {
                ArmNumber = i + 1,
                Mirror = name == "shadow" ? 1 : 0,
            })];
        var spec = new EndpointSpec(EndpointName.Parse(Endpoint), arms)
        {
            Observe = observe,

            // Measured by itself; here a minute that ends would count as what a request takes.
            Windows = false,
            Log = log is null ? null : LogStep.Everything,
        };
        var probe = new ProbeReport(_model.Signature, 0, 0) { Batchable = true };
        var state = new EndpointState(spec.Name);
        var route = new EndpointRoute(spec, endpointNumber: 1, generation: 1, salt: 42);
        VariantState[] variants = [.. arms.Select(arm => VariantState.IsShadowArm(arm)
            ? new VariantState(arm, Placed((IModelRuntime)_shadow!), Shadows.Gate, ShadowRunner.Capacity)
            : new VariantState(arm, Placed(_model), _gate, capacity: 64))];
        state.Swap(new EndpointServing(route, variants)
        {
            Log = log?.Open(route, variants, new byte[KeyedHash.KeyLength]),
            Facts = observe is null ? null : new EndpointFacts(route, variants, Records, TimeProvider.System),
        });
        Routing.Replace([state]);

        PlacedVersion Placed(IModelRuntime model) => new(arms[0].Version!.Value, model, probe, TimeSpan.Zero);
    }

    /// <summary>The sample's model file.</summary>
    public static string ModelPath()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fairlead.slnx")))
        {
            folder = Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException("The steps are measured inside a checkout only.");
        }

        return Path.Combine(folder, "samples", "credit", "models", "logistic", "model.onnx");
    }
}
