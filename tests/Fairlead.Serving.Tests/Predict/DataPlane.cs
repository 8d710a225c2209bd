using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Fairlead.Core.Controls;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Batching;
using Fairlead.Inference.Loading;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Runtimes.Onnx;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Records;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Shadow;
using Fairlead.Serving.Telemetry;
using Fairlead.TestModels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using EndpointState = Fairlead.Serving.Routing.EndpointState;

namespace Fairlead.Serving.Tests.Predict;

/// <summary>A data plane without placer and doors: endpoints put straight into its routing table.</summary>
internal sealed class DataPlane : IPredictionKeys, IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly List<EndpointState> _endpoints = [];
    private readonly List<VariantState> _variants = [];

    public DataPlane(int concurrentRuns = 4, TimeProvider? time = null)
    {
        Time = time ?? TimeProvider.System;
        Gate = new RunGate(concurrentRuns, Time);
        Rates = new KeyRates(Time);
        Instruments = new ServingInstruments(
            Routing, Refusals, _services.GetRequiredService<IMeterFactory>());
        var randomness = new RequestRandomness(1);
        Shadows = new ShadowRunner(processors: 2, randomness, Time, NullLogger<ShadowRunner>.Instance);
        Pipeline = new PredictPipeline(Routing, Rates, this, randomness, Instruments, Time, Shadows);
    }

    public TimeProvider Time { get; }

    public RunGate Gate { get; }

    public KeyRates Rates { get; }

    public RoutingTable Routing { get; } = new();

    public CallPool Calls { get; } = new();

    public RefusalMeter Refusals { get; } = new();

    public ShadowRunner Shadows { get; }

    public AnswerRecords Records { get; } = new();

    /// <summary>Where endpoints with a <c>log:</c> are recorded; set before they are added.</summary>
    public RecordLog? RecordLog { get; set; }

    /// <summary>The key of hashes in records.</summary>
    public static byte[] LogKey { get; } = [.. Enumerable.Range(0, KeyedHash.KeyLength).Select(i => (byte)i)];

    public PredictPipeline Pipeline { get; }

    public PredictionKey Current { get; } = new(7, new byte[32]);

    private ServingInstruments Instruments { get; }

    public ReadOnlyMemory<byte> Find(byte id) => Current.Secret;

    /// <summary>Adds an endpoint; the routing table knows it at once.</summary>
    public EndpointState Add(
        string name, IReadOnlyList<Arm> arms, UnitRule? unit = null, EndpointLimits? limits = null, int? stable = null,
        Observation? observe = null, double holdout = 0, LogSpec? log = null, SchemaSpec? schema = null)
    {
        var all = arms.Select((arm, i) => new VariantSpec(
            VariantName.Parse(arm.Name), arm.Control is null ? new VersionId(ModelName.Parse("model"), i + 1) : null,
            arm.Weight)
        {
            ArmNumber = i + 1,
            Settings = arm.Settings,
            Mirror = arm.Mirror,
            Control = arm.Control,
        }).ToImmutableArray();
        var specs = holdout > 0 ? all[..^1] : all;
        var spec = new EndpointSpec(EndpointName.Parse(name), specs)
        {
            Unit = unit ?? UnitRule.PerRequest,
            Limits = limits ?? new EndpointLimits(),
            Observe = observe,
            Log = log,
            Schema = schema,
            Stable = specs[stable ?? 0].Name,
            Holdout = holdout > 0 ? new HoldoutSpec(holdout, all[^1] with { Name = HoldoutSpec.Name }) : null,
        };
        EndpointRules.Check(spec).ShouldBeEmpty();

        var places = Bulkheads.Divide(spec);
        var reads = arms[stable ?? 0].Runtime.Signature;
        var variants = spec.Arms.Select((variant, i) => variant.Version is not { } version
            ? new VariantState(variant, reads, places[i])
            : new VariantState(
                variant,
                new PlacedVersion(
                    version, arms[i].Runtime,
                    new ProbeReport(arms[i].Runtime.Signature, 0, 0) { Batchable = arms[i].Batchable }, TimeSpan.Zero),
                VariantState.IsShadowArm(variant) ? Shadows.Gate : Gate,
                VariantState.IsShadowArm(variant) ? ShadowRunner.Capacity : places[i])).ToList();
        _variants.AddRange(variants);
        var state = new EndpointState(spec.Name);
        var route = new EndpointRoute(spec, _endpoints.Count + 1, 1, salt: 42);
        state.Swap(new EndpointServing(route, variants)
        {
            Log = log is null ? null : RecordLog?.Open(route, variants, LogKey),
            Schemas = EndpointServing.SchemasOf(schema, variants, null),
            Facts = spec.Watched is null ? null : new EndpointFacts(route, variants, Records, Time, LogKey),
        });
        Put(state);
        return state;
    }

    /// <summary>Adds an endpoint with one variant of a test model.</summary>
    public EndpointState AddModel(string name, string file, UnitRule? unit = null, EndpointLimits? limits = null) =>
        Add(name, [Arm.Of("stable", file)], unit, limits);

    /// <summary>Adds an endpoint as it is.</summary>
    public void Put(EndpointState state)
    {
        _endpoints.Add(state);
        Routing.Replace(_endpoints);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var variant in _variants)
        {
            variant.Dispose();
            if (variant.Placed is { } placed)
                await placed.DisposeAsync();
        }

        RecordLog?.Dispose();
        Instruments.Dispose();
        Shadows.Dispose();
        Gate.Dispose();
        await _services.DisposeAsync();
    }
}

/// <summary>A variant for <see cref="DataPlane"/>.</summary>
internal sealed record Arm(string Name, IModelRuntime Runtime, double Weight = 1)
{
    public VariantSettings Settings { get; init; } = new();

    public bool Batchable { get; init; }

    public double Mirror { get; init; }

    public ControlAnswer? Control { get; init; }

    /// <summary>An arm without a model.</summary>
    public static Arm Without(string name, ControlAnswer control, double weight = 1) =>
        new(name, null!, weight) { Control = control };

    public static Arm Of(string name, string file, double weight = 1)
    {
        _ = OnnxEnvironment.Plan;
        return new Arm(name, OnnxModel.Load(Catalogue.PathOf(file)), weight)
        {
            Batchable = Catalogue.Get(file).Batchable == true,
        };
    }
}
