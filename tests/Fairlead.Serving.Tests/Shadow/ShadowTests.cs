using System.Collections.Immutable;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Records;
using Fairlead.Serving.Shadow;
using Fairlead.Serving.Tests.Facts;
using Fairlead.Serving.Tests.Predict;
using Fairlead.Serving.Tests.Records;
using Fairlead.Statistics.Hypotheses;

namespace Fairlead.Serving.Tests.Shadow;

/// <summary>Copies of requests for arms that answer nobody.</summary>
public sealed class ShadowTests : IAsyncDisposable
{
    private readonly DataPlane _plane = new();

    public async ValueTask DisposeAsync()
    {
        await _plane.Shadows.StopAsync(CancellationToken.None);
        await _plane.DisposeAsync();
    }

    [Fact]
    public async Task Copy_IsRunComparedAndCounted_AndAnswersNobody()
    {
        var endpoint = Add(new HalfWrongRuntime());
        await _plane.Shadows.StartAsync(CancellationToken.None);
        for (var i = 0; i < 100; i++)
            (await AskAsync(i)).ShouldBe("stable");
        await Waiting.UntilAsync(() => _plane.Shadows.Ran + _plane.Shadows.Dropped == 100);

        var candidate = FactsImage.Of(endpoint.Serving!.Facts!.Arm(1));
        candidate.Disagreements.Ratio().Value.ShouldBe(0.5, 0.02);
        candidate.Requests.Ratio().Value.ShouldBe(0);
        candidate.Outputs["shadow_difference:y"].Ratio().Value.ShouldBe(0.5, 0.02);
        var pairs = FactsImage.Read(candidate.ToBytes()).Pairs.Numbers["y"];
        pairs.Differences.Ratio().ShouldBe(candidate.Outputs["shadow_difference:y"].Ratio());
        WilcoxonSignedRank.BetweenUnits(pairs.Differences).ShouldBeLessThan(1e-6);
        endpoint.Serving.Variants[1].Bulkhead.Inside.ShouldBe(0);
    }

    /// <summary>What differs most is kept with both answers, within its bound; what agrees is not.</summary>
    [Fact]
    public async Task Examples_AreTheWorst_WithInputsAndBothAnswers()
    {
        var endpoint = Add(new SquareRuntime());
        await _plane.Shadows.StartAsync(CancellationToken.None);
        for (var i = 0; i < 60; i++)
        {
            await AskAsync(i);
            await Waiting.UntilAsync(() => _plane.Shadows.Ran == i + 1);
        }

        var worst = endpoint.Serving!.Facts!.Arm(1).Worst;
        var kept = worst.Unstored().Order(ShadowExample.ByDifference).ToList();
        kept.Count.ShouldBe(WorstExamples.Most);
        kept.Select(each => each.Largest).ShouldBe(Enumerable.Range(40, 20).Select(x => (double)x * x - x));
        var last = kept[^1];
        (last.Inputs, last.Champion, last.Challenger).ShouldBe(("""{"x":59}""", """{"y":59}""", """{"y":3481}"""));
        last.Id.Generation.ShouldBe(1);
        worst.WouldKeep(1, 100).ShouldBeFalse();
        worst.WouldKeep(0, 0).ShouldBeFalse();

        worst.Stored(kept);
        worst.Unstored().ShouldBeEmpty();
    }

    /// <summary>What the endpoint's log keeps otherwise, or not, is in no example as it was.</summary>
    [Theory]
    [InlineData(FieldTreatment.Redact, """{"x":"(redacted)"}""")]
    [InlineData(FieldTreatment.Omit, "{}")]
    [InlineData(FieldTreatment.Hash, null)]
    public async Task Examples_KeepFieldsAsTheLogDoes(FieldTreatment treatment, string? inputs)
    {
        await using var recording = new RecordingPlane();
        _plane.RecordLog = recording.Log;
        ImmutableArray<string> x = ["x"];
        var endpoint = Add(new SquareRuntime(), new LogSpec
        {
            Redact = treatment == FieldTreatment.Redact ? x : [],
            Omit = treatment == FieldTreatment.Omit ? x : [],
            Hash = treatment == FieldTreatment.Hash ? x : [],
        });
        await _plane.Shadows.StartAsync(CancellationToken.None);
        await AskAsync(59);
        await Waiting.UntilAsync(() => _plane.Shadows.Ran == 1);

        var kept = endpoint.Serving!.Facts!.Arm(1).Worst.Unstored().ShouldHaveSingleItem();
        var hash = new byte[KeyedHash.Length];
        KeyedHash.Write(DataPlane.LogKey, "59"u8, hash);
        kept.Inputs.ShouldBe(inputs ?? $$"""{"x":"{{Convert.ToHexStringLower(hash)}}"}""");
        (kept.Champion, kept.Challenger).ShouldBe(("""{"y":59}""", """{"y":3481}"""));
    }

    [Fact]
    public void LabelPairs_BeyondTheirBound_AreCountedAsLeftOut()
    {
        var pairs = new LabelPairs();
        for (var i = 0; i < LabelPairs.MaxCells + 5; i++)
            pairs.Add("a", $"label-{i}", 7);
        pairs.Add("a", "label-0", 8);

        (pairs.Cells.Count, pairs.LeftOut).ShouldBe((LabelPairs.MaxCells, 5));
        pairs.Cells[("a", "label-0")].ShouldBe(2);
        pairs.Shifts.Count.ShouldBe(LabelPairs.MaxClasses);
        (pairs.Shifts["a"].Requests, pairs.Shifts["a"].Differences[7]).ShouldBe(
            (LabelPairs.MaxCells + 1, -LabelPairs.MaxCells));
        (pairs.Shifts["label-0"].Differences[7], pairs.Shifts["label-0"].Differences[8]).ShouldBe((1, 1));
    }

    [Fact]
    public async Task Copy_ThatFails_IsCountedOnTheCandidate()
    {
        var endpoint = Add(new FailingRuntime(false));
        await _plane.Shadows.StartAsync(CancellationToken.None);
        for (var i = 0; i < 20; i++)
            await AskAsync(i);
        await Waiting.UntilAsync(
            () => endpoint.Serving!.Variants[1].Meter.Count(PredictFailure.ModelFailed) == 20);

        FactsImage.Of(endpoint.Serving!.Facts!.Arm(1)).Requests.Ratio().Value.ShouldBe(1);
        FactsImage.Of(endpoint.Serving.Facts!.Arm(0)).Requests.Ratio().Value.ShouldBe(0);
    }

    /// <summary>A candidate that never answers holds nobody up: copies fill their queue and are dropped.</summary>
    [Fact]
    public async Task Candidate_ThatHangs_CostsCallersNothing()
    {
        var held = new HeldRuntime();
        var endpoint = Add(held);
        await _plane.Shadows.StartAsync(CancellationToken.None);
        for (var i = 0; i < ShadowRunner.Capacity * 2; i++)
            (await AskAsync(i)).ShouldBe("stable");

        _plane.Shadows.Dropped.ShouldBeGreaterThan(ShadowRunner.Capacity / 2);
        endpoint.Serving!.Variants[0].Meter.Count(PredictFailure.None).ShouldBe(ShadowRunner.Capacity * 2);
        held.Release();
    }

    [Fact]
    public async Task Candidate_WithAnotherInput_IsSaidNotToFit()
    {
        var endpoint = Add(new OtherInputRuntime());
        await _plane.Shadows.StartAsync(CancellationToken.None);
        await AskAsync(1);
        await Waiting.UntilAsync(() => endpoint.Serving!.Variants[1].Meter.Count(PredictFailure.ModelFailed) == 1);
    }

    private Fairlead.Serving.Routing.EndpointState Add(IModelRuntime candidate, LogSpec? log = null) => _plane.Add("e",
        [new Arm("stable", new QuickRuntime()), new Arm("candidate", candidate, Weight: 0) { Mirror = 1 }],
        observe: new Observation
        {
            Outputs = [new ObservedOutput("shadow_difference:y", "y", 0, null, Paired: true)],
        }, log: log);

    private async Task<string> AskAsync(float x)
    {
        var call = _plane.Calls.Rent();
        call.Begin("e", Principal.Local, new FactsTests.Codec(null, x), _plane.Time.GetTimestamp(),
            CancellationToken.None);
        (await _plane.Pipeline.PredictAsync(call)).ShouldBe(PredictFailure.None);
        var arm = call.Variant!.Name.ToString();
        _plane.Calls.Return(call);
        return arm;
    }

    /// <summary>Answers odd numbers wrongly.</summary>
    private sealed class HalfWrongRuntime : EchoRuntime
    {
        public override ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control)
        {
            Echo(inputs, outputs);
            var value = inputs[0].As<float>()[0];
            outputs[0].As<float>()[0] = value % 2 == 1 ? value + 1 : value;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class SquareRuntime : EchoRuntime
    {
        public override ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control)
        {
            Echo(inputs, outputs);
            outputs[0].As<float>()[0] *= outputs[0].As<float>()[0];
            return ValueTask.CompletedTask;
        }
    }

    private sealed class OtherInputRuntime : IModelRuntime
    {
        public Signature Signature { get; } = new(
            [new TensorSpec("z", ElementType.Int64, [-1])], [new TensorSpec("y", ElementType.Float32, [-1])]);

        public ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control) =>
            throw new InvalidOperationException("It was run on what it does not take.");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
