using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Telemetry;
using EndpointState = Fairlead.Serving.Routing.EndpointState;

namespace Fairlead.Serving.Tests.Predict;

/// <summary>Requests from their arrival to the record, with models that do as they are told.</summary>
public sealed partial class PipelineTests : IAsyncDisposable
{
    private readonly DataPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task An_answer_is_identified_and_recorded_once()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())]);
        var outcome = await AskAsync("e");

        outcome.Failure.ShouldBe(PredictFailure.None);
        outcome.Variant.ShouldBe("stable");
        Recorded(endpoint, 0).ShouldBe((PredictFailure.None, 1));
        endpoint.Serving!.Stable.Meter.Rows.ShouldBe(1);
        endpoint.Serving.Stable.Bulkhead.Inside.ShouldBe(0);
        Count(endpoint.Serving.Stable.Meter.Encode).ShouldBe(1);
    }

    [Fact]
    public async Task Every_failure_behind_routing_is_recorded_once_on_its_variant()
    {
        (string Name, IModelRuntime Runtime, Codec Codec, PredictFailure Failure)[] cases =
        [
            ("model", new FailingRuntime(callersFault: false), new Codec(), PredictFailure.ModelFailed),
            ("caller", new FailingRuntime(callersFault: true), new Codec(), PredictFailure.InvalidInput),
            ("defect", new BrokenRuntime(), new Codec(), PredictFailure.Internal),
            ("reading", new QuickRuntime(), new Codec { OnRead = Throw(PredictFailure.Malformed) },
                PredictFailure.Malformed),
            ("writing", new QuickRuntime(), new Codec { OnWrite = Throw(PredictFailure.TooLarge) },
                PredictFailure.TooLarge),
            ("left out", new QuickRuntime(), new Codec { OnRead = () => { }, Leaves = true },
                PredictFailure.InvalidInput),
        ];
        foreach (var (name, runtime, codec, failure) in cases)
        {
            var endpoint = _plane.Add(name, [new Arm("stable", runtime)]);
            (await AskAsync(name, codec)).Failure.ShouldBe(failure, name);
            Recorded(endpoint, 0).ShouldBe((failure, 1), name);
            endpoint.Serving!.Stable.Bulkhead.Inside.ShouldBe(0, name);
        }
    }

    [Fact]
    public async Task A_unit_keeps_its_arm_and_without_one_the_stable_variant_answers()
    {
        var endpoint = _plane.Add("e",
            [new Arm("a", new QuickRuntime()), new Arm("b", new QuickRuntime())], UnitRule.Parse("field:user"),
                stable: 1);
        var arms = new HashSet<string>();
        for (ulong unit = 0; unit < 64; unit++)
        {
            var arm = (await AskAsync("e", new Codec { Unit = unit })).Variant;
            (await AskAsync("e", new Codec { Unit = unit })).Variant.ShouldBe(arm);
            arms.Add(arm);
        }

        arms.Count.ShouldBe(2);
        endpoint.WithoutUnit.ShouldBe(0);
        for (var i = 0; i < 10; i++)
            (await AskAsync("e")).Variant.ShouldBe("b");
        endpoint.WithoutUnit.ShouldBe(10);

        var before = Recorded(endpoint, 1);
        (await AskAsync("e", new Codec { OnUnit = Throw(PredictFailure.InvalidInput) })).Failure
            .ShouldBe(PredictFailure.InvalidInput);
        endpoint.Serving!.Variants[1].Meter.Count(PredictFailure.InvalidInput).ShouldBe(1);
        before.Failure.ShouldBe(PredictFailure.None);
    }

    [Fact]
    public async Task A_pinned_version_answers_or_the_request_is_refused_and_counted()
    {
        var endpoint = _plane.Add("e", [new Arm("a", new QuickRuntime()), new Arm("b", new QuickRuntime(), 0)]);
        (await AskAsync("e", pinned: 2)).Variant.ShouldBe("b");
        (await AskAsync("e", pinned: 1)).Variant.ShouldBe("a");
        (await AskAsync("e", pinned: 3)).Failure.ShouldBe(PredictFailure.UnknownVersion);
        endpoint.UnknownVersion.ShouldBe(1);
    }

    [Fact]
    public async Task Unknown_and_unplaced_endpoints_are_told_apart()
    {
        // Before the endpoints were read once, nobody is told that there is no such endpoint.
        (await AskAsync("nobody")).Failure.ShouldBe(PredictFailure.NotReady);
        _plane.Routing.UnknownEndpoints.ShouldBe(0);
        _plane.Put(new EndpointState(EndpointName.Parse("soon")));
        (await AskAsync("nobody")).Failure.ShouldBe(PredictFailure.UnknownEndpoint);
        _plane.Routing.UnknownEndpoints.ShouldBe(1);
        (await AskAsync("soon")).Failure.ShouldBe(PredictFailure.NotReady);
    }

    [Fact]
    public async Task A_key_asks_its_endpoints_as_often_as_it_may()
    {
        _plane.Add("e", [new Arm("stable", new QuickRuntime())]);
        var key = new Principal("k", Role.Predictor) { KeyId = 3, Endpoints = ["e"], RequestsPerSecond = 0.001 };
        (await AskAsync("other", caller: key)).Failure.ShouldBe(PredictFailure.Forbidden);
        (await AskAsync("e", caller: key)).Failure.ShouldBe(PredictFailure.None);
        (await AskAsync("e", caller: key)).Failure.ShouldBe(PredictFailure.RateLimited);
        (await AskAsync("e", caller: key with
        {
            Role = Role.Viewer,
            KeyId = 4
        })).Failure.ShouldBe(PredictFailure.Forbidden);
    }

    [Fact]
    public async Task Overload_refuses_only_what_would_go_to_the_slow_variant()
    {
        var held = new HeldRuntime();
        var endpoint = _plane.Add("e", [new Arm("slow", held), new Arm("quick", new QuickRuntime())],
            limits: new EndpointLimits { MaxInFlight = 4 });
        var waiting = Enumerable.Range(0, 2).Select(_ => AskAsync("e", pinned: 1)).ToList();
        await Waiting.UntilAsync(() => endpoint.Serving!.Variants[0].Bulkhead.Inside == 2);

        for (var i = 0; i < 20; i++)
        {
            (await AskAsync("e", pinned: 1)).Failure.ShouldBe(PredictFailure.Overloaded);
            (await AskAsync("e", pinned: 2)).Failure.ShouldBe(PredictFailure.None);
        }

        endpoint.Serving!.Variants[0].Meter.Count(PredictFailure.Overloaded).ShouldBe(20);
        endpoint.Serving.Variants[1].Meter.Count(PredictFailure.Overloaded).ShouldBe(0);
        held.Release();
        foreach (var outcome in await Task.WhenAll(waiting))
            outcome.Failure.ShouldBe(PredictFailure.None);
    }

    [Fact]
    public async Task A_deadline_ends_running_and_waiting_requests()
    {
        var held = new HeldRuntime();
        var endpoint = _plane.Add("e", [new Arm("stable", held)],
            limits: new EndpointLimits { Timeout = TimeSpan.FromMilliseconds(300) });
        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => AskAsync("e")));

        asked.ShouldAllBe(outcome => outcome.Failure == PredictFailure.DeadlineExceeded);
        Recorded(endpoint, 0).ShouldBe((PredictFailure.DeadlineExceeded, 8));
        (await AskAsync("e", timeout: TimeSpan.Zero)).Failure.ShouldBe(PredictFailure.DeadlineExceeded);
        (await AskAsync("e", timeout: TimeSpan.FromDays(1))).Failure.ShouldBe(PredictFailure.DeadlineExceeded);
        held.Running.ShouldBe(0);
        endpoint.Serving!.Stable.Bulkhead.Inside.ShouldBe(0);
    }

    [Fact]
    public async Task A_caller_who_goes_away_is_counted()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new HeldRuntime())]);
        using var gone = new CancellationTokenSource();
        var asked = Enumerable.Range(0, 6).Select(_ => AskAsync("e", aborted: gone.Token)).ToList();
        await Waiting.UntilAsync(() => endpoint.Serving!.Stable.Bulkhead.Inside == 6);
        await gone.CancelAsync();

        foreach (var outcome in await Task.WhenAll(asked))
            outcome.Failure.ShouldBe(PredictFailure.CallerGone);
        Recorded(endpoint, 0).ShouldBe((PredictFailure.CallerGone, 6));
    }

    [Fact]
    public async Task A_retired_variant_sends_back_to_the_newest_routing()
    {
        var endpoint = _plane.Add("e", [new Arm("old", new QuickRuntime())]);
        var other = _plane.Add("donor", [new Arm("new", new QuickRuntime())]);
        var old = endpoint.Serving!;
        endpoint.Swap(other.Serving);
        await old.Stable.Bulkhead.RetireAsync();
        (await AskAsync("e")).Variant.ShouldBe("new");
        old.Stable.Bulkhead.TryEnter().ShouldBe(Admission.Retired);
    }

    [Fact]
    public async Task The_record_of_a_refusal_does_not_repeat_the_run_before_it()
    {
        // Calls are pooled: the timestamps of a call's last run must not be counted again for a request without a run.
        var held = new HeldRuntime();
        var endpoint = _plane.Add("e", [new Arm("slow", held), new Arm("quick", new QuickRuntime())],
            limits: new EndpointLimits { MaxInFlight = 2 });
        (await AskAsync("e", pinned: 2)).Failure.ShouldBe(PredictFailure.None);
        var waiting = AskAsync("e", pinned: 1);
        (await AskAsync("e", pinned: 2)).Failure.ShouldBe(PredictFailure.None);
        (await AskAsync("e", pinned: 1)).Failure.ShouldBe(PredictFailure.Overloaded);
        (await AskAsync("e", new Codec { OnRead = Throw(PredictFailure.Malformed) }, pinned: 2)).Failure
            .ShouldBe(PredictFailure.Malformed);

        endpoint.Serving!.Variants[0].Meter.Rows.ShouldBe(0);
        endpoint.Serving.Variants[1].Meter.Rows.ShouldBe(2);
        Count(endpoint.Serving.Variants[1].Meter.Compute).ShouldBe(2);
        held.Release();
        await waiting;
    }

    [Fact]
    public async Task The_metrics_page_is_what_a_scraper_reads()
    {
        _plane.Add("größe \"q\" 1", [new Arm("stable", new QuickRuntime()), new Arm("b", new FailingRuntime(false))]);
        for (var i = 0; i < 20; i++)
            await AskAsync("größe \"q\" 1");
        var body = new ArrayBufferWriter<byte>();
        new MetricsPage(_plane.Routing, new RefusalMeter(), new ProcessMeter(ThreadPlan.For(2)), _plane.Shadows,
            _plane.Records).Write(body);
        var page = Encoding.UTF8.GetString(body.WrittenSpan);

        page.ShouldEndWith("\n");
        var types = new Dictionary<string, string>();
        foreach (var line in page.TrimEnd('\n').Split('\n'))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                types.TryAdd(words[2], words[3]).ShouldBeTrue(line);
            }
            else if (!line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                var sample = Sample().Match(line);
                sample.Success.ShouldBeTrue(line);
                double.TryParse(sample.Groups[2].Value, CultureInfo.InvariantCulture, out _).ShouldBeTrue(line);
                var name = HistogramPart().Replace(sample.Groups[1].Value, "");
                (types.ContainsKey(name) || types.ContainsKey(sample.Groups[1].Value)).ShouldBeTrue(line);
            }
        }

        page.ShouldContain("fairlead_shadow_drops_total{reason=\"queue_full\"} 0\n");
        page.ShouldContain("fairlead_record_drops_total 0\n");
        page.ShouldContain("endpoint=\"größe \\\"q\\\" 1\"");
        await LintAsync(page);
    }

    [GeneratedRegex(@"^([a-z_]+)(?:\{(?:[a-z_]+=""(?:[^""\\]|\\.)*"",?)*\})? (\S+)$")]
    private static partial Regex Sample();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();

    /// <summary>Has Prometheus's own tool read the page where it is installed.</summary>
    private static async Task LintAsync(string page)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (folders.Select(folder => Path.Combine(folder, "promtool")).FirstOrDefault(File.Exists) is not { } promtool)
            return;

        using var lint = Process.Start(new ProcessStartInfo(promtool, ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        await lint.StandardInput.WriteAsync(page);
        lint.StandardInput.Close();
        var words = await lint.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await lint.WaitForExitAsync(TestContext.Current.CancellationToken);
        lint.ExitCode.ShouldBe(0, words);
    }

    private static Action Throw(PredictFailure failure) => () => throw new RequestException(failure, "No.");

    private static (PredictFailure Failure, long Count) Recorded(EndpointState endpoint, int variant)
    {
        var meter = endpoint.Serving!.Variants[variant].Meter;
        var counted = Enum.GetValues<PredictFailure>().Where(failure => meter.Count(failure) > 0).ToList();
        counted.Sum(meter.Count).ShouldBe(Count(meter.Total));
        return (counted.Single(), meter.Count(counted.Single()));
    }

    private static long Count(LatencyHistogram histogram) =>
        histogram.Read(new long[LatencyHistogram.Bounds.Length + 1]).Count;

    private async Task<Outcome> AskAsync(
        string endpoint, Codec? codec = null, int pinned = 0, TimeSpan? timeout = null, Principal? caller = null,
        CancellationToken aborted = default)
    {
        var call = _plane.Calls.Rent();
        call.Begin(endpoint, caller ?? Principal.Local, codec ?? new Codec(), _plane.Time.GetTimestamp(), aborted);
        call.PinnedVersion = pinned;
        call.CallerTimeout = timeout;
        var failure = await _plane.Pipeline.PredictAsync(call);
        failure.ShouldBe(call.Failure);
        var outcome = new Outcome(failure, call.Variant?.Name.ToString() ?? "");
        _plane.Calls.Return(call);
        return outcome;
    }

    private sealed record Outcome(PredictFailure Failure, string Variant);

    private sealed class Codec : IRequestCodec
    {
        public ulong? Unit { get; init; }

        public Action? OnUnit { get; init; }

        public Action? OnRead { get; init; }

        public Action? OnWrite { get; init; }

        public bool Leaves { get; init; }

        public bool TryReadUnit(UnitRule rule, out ulong unitHash)
        {
            OnUnit?.Invoke();
            unitHash = Unit ?? 0;
            return Unit is not null;
        }

        public void ReadInputs(Signature signature, TensorSet inputs)
        {
            OnRead?.Invoke();
            if (Leaves)
                return;
            inputs[0].Reset(ElementType.Float32, [1]);
            inputs[0].As<float>()[0] = 1;
        }

        public void WriteAnswer(PredictCall call, IBufferWriter<byte> body)
        {
            OnWrite?.Invoke();
            body.Write("answer"u8);
        }
    }
}
