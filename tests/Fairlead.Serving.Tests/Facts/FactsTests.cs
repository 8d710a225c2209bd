using System.Buffers;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Records;
using Fairlead.Serving.Tests.Predict;
using Fairlead.Statistics.Assignment;
using Fairlead.Statistics.Buckets;

namespace Fairlead.Serving.Tests.Facts;

/// <summary>What is kept of the requests of an endpoint that a rollout observes.</summary>
public sealed class FactsTests : IAsyncDisposable
{
    private static readonly Observation Everything = new()
    {
        Outputs = [new ObservedOutput("output:y", "y", 0, null)],
        Labels = ["y"],
        Scores = [new ObservedOutput("y", "y", 0, null), new ObservedOutput("y[9]", "y", 9, null)],
        Outcomes = true,
        Slices = ["x"],
    };

    private readonly DataPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task Request_IsCountedOnItsArmAndInTheBucketOfItsUnit()
    {
        var endpoint = _plane.Add(
            "e", [new Arm("stable", new QuickRuntime()), new Arm("b", new FailingRuntime(false))],
            UnitRule.Parse("field:user"), observe: Everything);
        var expected = new Dictionary<int, int>();
        for (var user = 0; user < 200; user++)
        {
            var unit = UnitHash.Of($"user-{user}");
            await AskAsync("e", unit, 1);
            var arm = endpoint.Serving!.Route.Assign(unit);
            if (arm == 0)
                expected[BucketTotals.BucketOf(unit)] = expected.GetValueOrDefault(BucketTotals.BucketOf(unit)) + 1;
        }

        var facts = endpoint.Serving!.Facts!;
        var (stable, other) = (FactsImage.Of(facts.Arm(0)), FactsImage.Of(facts.Arm(1)));
        for (var bucket = 0; bucket < BucketTotals.Count; bucket++)
            stable.Requests.X[bucket].ShouldBe(expected.GetValueOrDefault(bucket));
        stable.Requests.Ratio().Value.ShouldBe(0);
        other.Requests.Ratio().Value.ShouldBe(1);
        (Sum(stable.Requests) + Sum(other.Requests)).ShouldBe(200);
        stable.Latency.Total().ShouldBe((long)Sum(stable.Requests));
        other.Latency.Total().ShouldBe(0);
    }

    [Fact]
    public async Task Request_ThatWasNotDrawn_TakesNoPart()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime()), new Arm("b", new QuickRuntime())],
            UnitRule.Parse("field:user"), observe: Everything);
        await AskAsync("e", null, 1);
        await AskAsync("e", 5, 1, pinned: 2);

        for (var arm = 0; arm < 2; arm++)
            Sum(FactsImage.Of(endpoint.Serving!.Facts!.Arm(arm)).Requests).ShouldBe(0);

        // What turns out finds them all the same.
        for (var i = 0; i < 2; i++)
        {
            _plane.Records.Reader.TryRead(out var record).ShouldBeTrue();
            (record!.IsAssigned, record.Sampled, record.Labels[0]).ShouldBe((false, false, "1"));
            record.Unit.ShouldNotBe(5UL);
        }
    }

    [Fact]
    public async Task Answer_LeavesItsOutputsItsSliceAndARecord()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())], UnitRule.Parse("field:user"),
            observe: Everything);
        await AskAsync("e", 7, 2.5f);
        await AskAsync("e", 8, 4f);

        var image = FactsImage.Of(endpoint.Serving!.Facts!.Arm(0));
        image.Outputs["output:y"].Ratio().Value.ShouldBe(3.25);
        image.Slices.Keys.Order().ShouldBe([("x", "2.5"), ("x", "4")]);
        Sum(image.Slices[("x", "4")].Requests).ShouldBe(1);
        _plane.Records.Reader.TryRead(out var record).ShouldBeTrue();
        record.Unit.ShouldBe(7UL);
        (record.Labels[0], record.Slices[0]).ShouldBe(("2.5", "2.5"));
        record.Scores.ShouldBe([2.5, double.NaN]);
        record.Id.Generation.ShouldBe(1);
    }

    /// <summary>Its inputs are there in part, and no slice is looked for in them.</summary>
    [Fact]
    public async Task Request_ThatCannotBeReadToItsEnd_IsRefusedAsSuchAndCounted()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())], UnitRule.Parse("field:user"),
            observe: Everything);
        var call = _plane.Calls.Rent();
        call.Begin("e", Principal.Local, new BrokenCodec(), _plane.Time.GetTimestamp(), CancellationToken.None);

        (await _plane.Pipeline.PredictAsync(call)).ShouldBe(PredictFailure.InvalidInput);

        _plane.Calls.Return(call);
        var image = FactsImage.Of(endpoint.Serving!.Facts!.Arm(0));
        (Sum(image.Requests), image.Slices.Count).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Request_OfSeveralRows_LeavesARecordOfEach_UpToABound()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())], UnitRule.Parse("field:user"),
            observe: Everything with { Features = true });
        await AskAsync("e", 7, [2.5f, 4, 8]);

        foreach (var (row, value) in new[] { (0, 2.5), (1, 4.0), (2, 8.0) })
        {
            _plane.Records.Reader.TryRead(out var record).ShouldBeTrue();
            (record!.Row, record.Unit, record.IsAssigned).ShouldBe(((ushort)row, 7UL, true));
            record.Labels[0].ShouldBe(FormattableString.Invariant($"{value}"));
            record.Slices[0].ShouldBe(record.Labels[0]);
            (record.Scores[0], record.Features[0]).ShouldBe((value, value));
        }

        // What arms are compared by counts requests, as before.
        Sum(FactsImage.Of(endpoint.Serving!.Facts!.Arm(0)).Requests).ShouldBe(1);
        await AskAsync("e", 7, [.. Enumerable.Range(0, AnswerRecords.MostRows + 5).Select(i => (float)i)]);
        var records = 0;
        while (_plane.Records.Reader.TryRead(out _))
            records++;
        (records, _plane.Records.LeftOut).ShouldBe((AnswerRecords.MostRows, 5));
    }

    [Fact]
    public void Value_OfAField_IsThatElementOfItsTensor()
    {
        using var tensors = TensorSet.Rent(1);
        tensors[0].Reset(ElementType.Float32, [2, 2]);
        new float[] { 30, 1000, 40, 2000 }.CopyTo(tensors[0].As<float>());
        var spec = new TensorSpec("x", ElementType.Float32, [-1, 2]) { Fields = ["age", "income"] };

        TensorText.Of([spec], tensors, "income", row: 1, rows: 2).ShouldBe("2000");
        TensorText.Of([spec], tensors, "age", row: 1, rows: 2).ShouldBe("40");
        TensorText.Of([spec], tensors, "x", row: 1, rows: 2).ShouldBe("40");
        TensorText.Of([spec], tensors, "height", row: 1, rows: 2).ShouldBeNull();
    }

    [Fact]
    public void Text_WithNul_BecomesOneThatEveryDatabaseTakes()
    {
        using var tensors = TensorSet.Rent(1);
        tensors[0].Reset(ElementType.String, [1]);
        tensors[0].AddString("a\0b"u8);

        TensorText.Text(tensors[0], 0).ShouldBe("a\uFFFDb");
    }

    [Theory]
    [InlineData(FieldTreatment.Keep, "2.5")]
    [InlineData(FieldTreatment.Hash, "hash")]
    [InlineData(FieldTreatment.Redact, "redacted")]
    [InlineData(FieldTreatment.Omit, null)]
    public async Task WhatTheLogDoesNotKeep_IsNotKeptWithAnswersEither(FieldTreatment treatment, string? expected)
    {
        var log = treatment switch
        {
            FieldTreatment.Hash => new LogSpec { Hash = ["x"] },
            FieldTreatment.Redact => new LogSpec { Redact = ["x"] },
            FieldTreatment.Omit => new LogSpec { Omit = ["x"] },
            _ => new LogSpec(),
        };
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())], UnitRule.Parse("field:user"),
            observe: Everything with { Features = true }, log: log);
        await AskAsync("e", 7, 2.5f);

        if (expected == "hash")
            expected = KeyedHash.Text(DataPlane.LogKey, "2.5");
        _plane.Records.Reader.TryRead(out var record).ShouldBeTrue();
        (record!.Slices[0], record.Labels[0]).ShouldBe((expected, "2.5"));
        record.Features.ShouldBe([treatment == FieldTreatment.Keep ? 2.5 : double.NaN]);
        FactsImage.Of(endpoint.Serving!.Facts!.Arm(0)).Slices.Keys.Select(slice => slice.Value)
            .ShouldBe(expected is null ? [] : [expected]);
    }

    [Fact]
    public async Task AnswersThatTheLogDoesNotKeep_AreNotKeptForOutcomesEither()
    {
        _plane.Add("e", [new Arm("stable", new QuickRuntime())], UnitRule.Parse("field:user"), observe: Everything,
            log: new LogSpec { Hash = ["y"] });
        await AskAsync("e", 7, 2.5f);

        _plane.Records.Reader.TryRead(out var record).ShouldBeTrue();
        (record!.Labels[0], record.Scores[0], record.Slices[0]).ShouldBe((null, double.NaN, "2.5"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Records_OfASample_AreOfTheSameUnitsInEveryArm_AndARolloutStillGetsAll(bool onlySampled)
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime()), new Arm("b", new QuickRuntime())],
            UnitRule.Parse("field:user"),
            observe: new Observation { Outcomes = true, Sample = 0.3, RecordShare = onlySampled ? 0.3 : 1 });
        var sample = new UnitSample(endpoint.Serving!.Route.EndpointNumber, 0.3);
        var units = Enumerable.Range(0, 300).Select(user => UnitHash.Of($"user-{user}")).ToList();
        foreach (var unit in units)
            await AskAsync("e", unit, 1);

        var records = new List<AnswerRecord>();
        while (_plane.Records.Reader.TryRead(out var record))
            records.Add(record);

        records.Where(record => record.Sampled).Select(record => record.Unit).ShouldBe(units.Where(sample.Takes));
        records.Count.ShouldBe(onlySampled ? units.Count(sample.Takes) : units.Count);
        records.Where(record => record.Sampled).Select(record => record.Id.ArmNumber).Distinct().Count().ShouldBe(2);
        var facts = endpoint.Serving.Facts!;
        (Sum(FactsImage.Of(facts.Arm(0)).Requests) + Sum(FactsImage.Of(facts.Arm(1)).Requests)).ShouldBe(300);
    }

    [Fact]
    public async Task Slices_BeyondTheirBound_AreCountedAndTheRequestStillIs()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())], observe: Everything);
        for (var i = 0; i < Observation.MaxSlices + 10; i++)
            await AskAsync("e", null, i);

        var image = FactsImage.Of(endpoint.Serving!.Facts!.Arm(0));
        image.Slices.Count.ShouldBe(Observation.MaxSlices);
        image.SlicesDropped.ShouldBe(10);
        Sum(image.Requests).ShouldBe(Observation.MaxSlices + 10);
    }

    [Fact]
    public async Task Records_ThatNobodyTakes_AreDroppedAndCounted()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())],
            observe: Everything with { Slices = [], Outputs = [] });
        for (var i = 0; i < AnswerRecords.Capacity + 3; i++)
            await AskAsync("e", null, 1);

        _plane.Records.Dropped.ShouldBe(3);
        FactsImage.Of(endpoint.Serving!.Facts!.Arm(0)).RecordsDropped.ShouldBe(3);
    }

    [Fact]
    public async Task Image_WrittenReadAndAdded_IsTwiceItself()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())], observe: Everything);
        for (var i = 0; i < 50; i++)
            await AskAsync("e", null, i % 5);
        var image = FactsImage.Of(endpoint.Serving!.Facts!.Arm(0));

        var twice = new FactsImage();
        twice.Add(FactsImage.Read(image.ToBytes()));
        twice.Add(FactsImage.Read(image.ToBytes()));

        Sum(twice.Requests).ShouldBe(100);
        twice.Latency.Total().ShouldBe(100);
        twice.Outputs["output:y"].Ratio().Value.ShouldBe(image.Outputs["output:y"].Ratio().Value);
        Sum(twice.Slices[("x", "3")].Requests).ShouldBe(2 * Sum(image.Slices[("x", "3")].Requests));
    }

    /// <summary>Damaged bytes are refused as such, whatever was damaged.</summary>
    [Fact]
    public async Task Image_Damaged_IsRefused()
    {
        var endpoint = _plane.Add("e", [new Arm("stable", new QuickRuntime())], observe: Everything);
        await AskAsync("e", null, 1);
        var bytes = FactsImage.Of(endpoint.Serving!.Facts!.Arm(0)).ToBytes();

        for (var length = 0; length < bytes.Length; length++)
            Should.Throw<InvalidDataException>(() => FactsImage.Read(bytes.AsSpan(0, length)));
        bytes[0] = 9;
        Should.Throw<InvalidDataException>(() => FactsImage.Read(bytes));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.95)]
    [InlineData(0.999)]
    public void Histogram_KnowsQuantilesToItsResolution(double q)
    {
        var histogram = new TimeHistogram();
        for (var i = 1; i <= 10_000; i++)
            histogram.Record(TimeSpan.FromMicroseconds(i * 7));

        histogram.Quantile(q).ShouldBe(q * 0.07, q * 0.07 * 0.07);
    }

    [Fact]
    public void Histogram_TakesAnyDuration()
    {
        var histogram = new TimeHistogram();
        foreach (var duration in new[] { TimeSpan.MinValue, TimeSpan.Zero, TimeSpan.FromDays(9), TimeSpan.MaxValue })
            histogram.Record(duration);

        histogram.Total().ShouldBe(4);
        histogram.Quantile(1).ShouldBeGreaterThan(100);
        new TimeHistogram().Quantile(0.5).ShouldBe(double.NaN);
    }

    private static double Sum(BucketTotals totals)
    {
        double sum = 0;
        foreach (var x in totals.X)
            sum += x;
        return sum;
    }

    private Task AskAsync(string endpoint, ulong? unit, float x, int pinned = 0) =>
        AskAsync(endpoint, unit, [x], pinned);

    private async Task AskAsync(string endpoint, ulong? unit, float[] x, int pinned = 0)
    {
        var call = _plane.Calls.Rent();
        call.Begin(endpoint, Principal.Local, new Codec(unit, x), _plane.Time.GetTimestamp(), CancellationToken.None);
        call.PinnedVersion = pinned;
        await _plane.Pipeline.PredictAsync(call);
        _plane.Calls.Return(call);
    }

    private sealed class BrokenCodec : IRequestCodec
    {
        public bool TryReadUnit(UnitRule rule, out ulong unitHash)
        {
            unitHash = 7;
            return true;
        }

        public void ReadInputs(Signature signature, TensorSet inputs)
        {
            inputs[0].Reset(ElementType.String, [1]);
            throw new RequestException(PredictFailure.InvalidInput, "the row ends in the middle");
        }

        public void WriteAnswer(PredictCall call, IBufferWriter<byte> body) => body.Write("answer"u8);
    }

    internal sealed class Codec(ulong? unit, params float[] x) : IRequestCodec
    {
        public bool TryReadUnit(UnitRule rule, out ulong unitHash)
        {
            unitHash = unit ?? 0;
            return unit is not null;
        }

        public void ReadInputs(Signature signature, TensorSet inputs)
        {
            inputs[0].Reset(ElementType.Float32, [x.Length]);
            x.CopyTo(inputs[0].As<float>());
        }

        public void WriteAnswer(PredictCall call, IBufferWriter<byte> body) => body.Write("answer"u8);
    }
}
