using System.Buffers;
using System.Diagnostics.Metrics;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Tests.Predict;
using Fairlead.Serving.Windows;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using EndpointState = Fairlead.Serving.Routing.EndpointState;

namespace Fairlead.Serving.Tests.Windows;

/// <summary>Every request is in exactly one window of the arm that answered it.</summary>
public sealed class ArmWindowsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly DataPlane _plane;

    public ArmWindowsTests() => _plane = new DataPlane(time: _time);

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task Requests_AreCountedByTheirEnds_AndAnswersLeaveTheirColumns()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())]);
        for (var i = 1; i <= 4; i++)
            await AskAsync("e", [i, float.NaN]);
        await AskAsync("e", null);
        _time.Advance(TimeSpan.FromMinutes(1));

        var minute = Windows(endpoint).Take(all: false, _time).ShouldHaveSingleItem();

        minute.Minute.ShouldBe(ArmWindows.MinuteOf(Start));
        var window = minute.Window;
        window.Ends.ShouldBe(new Dictionary<string, long> { ["invalid_input"] = 1, ["none"] = 4 }, ignoreOrder: true);
        window.Rows.ShouldBe(8);
        window.Latency.Count.ShouldBe(4);
        var x = window.Columns.Single(column => !column.IsOutput).Sketch;
        (x.Rows, x.Missing, x.Values).ShouldBe((8, 4, 4));
        (x.Numbers!.Min, x.Numbers.Max, x.Moments.Mean).ShouldBe((1, 4, 2.5));
        window.Columns.Single(column => column.IsOutput).Sketch.Rows.ShouldBe(8);
    }

    [Fact]
    public async Task Minutes_AreKeptApart_AndTheRunningOneIsTakenAtTheEndOnly()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())]);
        await AskAsync("e", [1]);
        _time.Advance(TimeSpan.FromSeconds(59));
        await AskAsync("e", [1]);
        Windows(endpoint).Take(all: false, _time).ShouldBeEmpty();
        _time.Advance(TimeSpan.FromSeconds(1));
        await AskAsync("e", [1]);

        Windows(endpoint).Take(all: false, _time).ShouldHaveSingleItem().Window.Requests.ShouldBe(2);
        Windows(endpoint).Take(all: false, _time).ShouldBeEmpty();
        Windows(endpoint).Take(all: true, _time).ShouldHaveSingleItem().Window.Requests.ShouldBe(1);
    }

    [Fact]
    public async Task Requests_OfManyThreads_WhileMinutesAreTaken_AreEachInOneWindow()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())]);
        const int callers = 8, each = 400;
        var taken = new List<ArmMinute>();
        var asking = Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++)
            {
                await AskAsync("e", [caller]);
                if (i % 50 == 0)
                    _time.Advance(TimeSpan.FromSeconds(7));
            }
        })));
        while (!asking.IsCompleted)
        {
            taken.AddRange(Windows(endpoint).Take(all: false, _time));
            await Task.Yield();
        }

        await asking;
        taken.AddRange(Windows(endpoint).Take(all: true, _time));

        taken.Sum(minute => minute.Window.Requests).ShouldBe(callers * each);

        // The clock runs ahead, so that some requests pass their deadline and leave no columns.
        taken.Sum(minute => minute.Window.Columns[0].Sketch.Rows)
            .ShouldBe(taken.Sum(minute => minute.Window.Ends.GetValueOrDefault("none")));
        taken.Select(minute => minute.Minute).ShouldBe(taken.Select(minute => minute.Minute).Distinct().Order());
    }

    [Fact]
    public async Task Minutes_ThatNobodyTakes_AreBoundedAndCounted()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())]);
        var most = ArmWindows.MostWaiting * Math.Clamp(Environment.ProcessorCount, 1, ArmWindows.MostStripes);
        for (var i = 0; i < most + 10; i++)
        {
            await AskAsync("e", [i]);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        var kept = Windows(endpoint).Take(all: true, _time).Sum(minute => minute.Window.Requests);

        (kept + Windows(endpoint).TakeLost()).ShouldBe(most + 10);
        kept.ShouldBeLessThanOrEqualTo(most + ArmWindows.MostStripes);
    }

    [Fact]
    public async Task Sealer_KeepsWhatCannotBeStored_AndBringsItLater_InOrder()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())]);
        var sink = new Sink { Fails = true };
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var meter = new WindowMeter(services.GetRequiredService<IMeterFactory>());
        using var sealer = new WindowSealer(_plane.Routing, sink, meter, _time, NullLogger<WindowSealer>.Instance);
        for (var i = 0; i < 3; i++)
        {
            await AskAsync("e", [i]);
            _time.Advance(TimeSpan.FromMinutes(1));
            await sealer.SealAsync(all: false, CancellationToken.None);
        }

        sink.Stored.ShouldBeEmpty();
        sink.Fails = false;
        await AskAsync("e", [9]);
        await sealer.SealAsync(all: true, CancellationToken.None);

        sink.Stored.Select(window => window.Minute - ArmWindows.MinuteOf(Start)).ShouldBe([0, 1, 2, 3]);
        sink.Stored.ShouldAllBe(window => window.Arm.ToString() == "stable" && window.Model == "model"
            && window.Version == "1" && window.Window.Requests == 1);
        (meter.Stored, meter.Lost).ShouldBe((4, 0));
    }

    [Fact]
    public async Task Arm_ThatWentAndCameBackWithinAMinute_HasOneWindowOfIt()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())]);
        var sink = new Sink();
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        using var meter = new WindowMeter(services.GetRequiredService<IMeterFactory>());
        using var sealer = new WindowSealer(_plane.Routing, sink, meter, _time, NullLogger<WindowSealer>.Instance);
        await AskAsync("e", [1]);
        await sealer.SealAsync(all: false, CancellationToken.None);
        var serving = endpoint.Serving!;
        using var again = new VariantState(serving.Route.Spec.Variants[0], serving.Stable.Placed!, _plane.Gate, 8);
        endpoint.Swap(serving with { Variants = [again] });
        await AskAsync("e", [2, 3]);
        _time.Advance(TimeSpan.FromMinutes(1));
        await sealer.SealAsync(all: false, CancellationToken.None);

        var window = sink.Stored.ShouldHaveSingleItem().Window;
        (window.Requests, window.Rows).ShouldBe((2, 3));
    }

    /// <summary>Frequent values and the least and greatest are values of persons too.</summary>
    [Fact]
    public async Task ValuesThatTheLogDoesNotKeep_AreInNoWindow()
    {
        var endpoint = _plane.Add(
            "e", [new Arm("stable", new QuickRuntime())], log: new LogSpec { Redact = ["x"] });
        await AskAsync("e", [7654321]);

        var window = Windows(endpoint).Take(all: true, _time).ShouldHaveSingleItem().Window;

        (window.Requests, window.Rows).ShouldBe((1, 1));
        window.Columns.Single(column => !column.IsOutput).Sketch.Rows.ShouldBe(0);
        window.Columns.Single(column => column.IsOutput).Sketch.Rows.ShouldBe(1);
    }

    [Fact]
    public async Task Endpoint_WithoutWindows_KeepsNone()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())]);
        var serving = endpoint.Serving!;
        endpoint.Swap(serving with
        {
            Route = new EndpointRoute(serving.Route.Spec with { Windows = false }, 1, 2, salt: 42),
        });
        await AskAsync("e", [1]);

        Windows(endpoint).Take(all: true, _time).ShouldBeEmpty();
    }

    private static ArmWindows Windows(EndpointState endpoint) => endpoint.Serving!.Stable.Windows;

    private async Task AskAsync(string endpoint, float[]? rows)
    {
        var call = _plane.Calls.Rent();
        call.Begin(endpoint, Principal.Local, new Codec(rows), _time.GetTimestamp(), CancellationToken.None);
        await _plane.Pipeline.PredictAsync(call);
        _plane.Calls.Return(call);
    }

    /// <summary>Rows of one number; null: a request that cannot be read.</summary>
    private sealed class Codec(float[]? rows) : IRequestCodec
    {
        public bool TryReadUnit(UnitRule rule, out ulong unitHash)
        {
            unitHash = 0;
            return false;
        }

        public void ReadInputs(Signature signature, TensorSet inputs)
        {
            if (rows is null)
                throw new RequestException(PredictFailure.InvalidInput, "No rows.");
            inputs[0].Reset(ElementType.Float32, [rows.Length]);
            rows.CopyTo(inputs[0].As<float>());
        }

        public void WriteAnswer(PredictCall call, IBufferWriter<byte> body) => body.Write("answer"u8);
    }

    private sealed class Sink : IWindowSink
    {
        public List<SealedWindow> Stored { get; } = [];

        public bool Fails { get; set; }

        public Task StoreAsync(SealedWindow window, CancellationToken cancellation)
        {
            if (Fails)
                throw new IOException("The disk is away.");
            Stored.Add(window);
            return Task.CompletedTask;
        }
    }
}
