using System.Collections.Immutable;
using Fairlead.Core.Access;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Telemetry;
using Grpc.Core;
using Microsoft.Extensions.Time.Testing;

namespace Fairlead.Serving.Tests.Predict;

/// <summary>The parts of the pipeline, each by itself.</summary>
public sealed class StepTests
{
    [Fact]
    public void Every_failure_has_a_row_of_its_own()
    {
        var failures = Enum.GetValues<PredictFailure>();
        failures.Length.ShouldBe(FailureTable.Count);
        failures.Select(failure => failure.Code()).Distinct().Count().ShouldBe(failures.Length);
        foreach (var failure in failures)
        {
            failure.Code().ShouldMatch("^[a-z]+(_[a-z]+)*$");
            (failure.HttpStatus() == 200).ShouldBe(failure == PredictFailure.None);
            (failure.GrpcStatus() == StatusCode.OK).ShouldBe(failure == PredictFailure.None);
            if (failure != PredictFailure.None)
                failure.HttpStatus().ShouldBeInRange(400, 599);
        }

        PredictFailure.CallerGone.Code().ShouldBe("caller_gone");
        PredictFailure.Unsupported.GrpcStatus().ShouldBe(StatusCode.Unimplemented);
        PredictFailure.UnknownEndpoint.HttpStatus().ShouldBe(404);
    }

    [Fact]
    public void A_key_asks_as_often_as_its_rate_says()
    {
        var time = new FakeTimeProvider();
        var rates = new KeyRates(time);
        var key = new Principal("key", Role.Predictor) { KeyId = 1, RequestsPerSecond = 4 };
        Enumerable.Range(0, 10).Count(_ => rates.TryTake(key)).ShouldBe(4);
        time.Advance(TimeSpan.FromMilliseconds(500));
        Enumerable.Range(0, 10).Count(_ => rates.TryTake(key)).ShouldBe(2);
        time.Advance(TimeSpan.FromHours(1));
        Enumerable.Range(0, 10).Count(_ => rates.TryTake(key)).ShouldBe(4);

        Enumerable.Range(0, 10).Count(_ => rates.TryTake(key with { KeyId = 2 })).ShouldBe(4);
        Enumerable.Range(0, 10).All(_ => rates.TryTake(Principal.Local)).ShouldBeTrue();
    }

    [Fact]
    public void A_rate_below_one_a_second_lets_one_through_in_time()
    {
        var time = new FakeTimeProvider();
        var rates = new KeyRates(time);
        var key = new Principal("slow", Role.Predictor) { KeyId = 1, RequestsPerSecond = 0.1 };
        rates.TryTake(key).ShouldBeTrue();
        for (var second = 1; second < 10; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            rates.TryTake(key).ShouldBe(false, $"after {second} s");
        }

        time.Advance(TimeSpan.FromSeconds(1.01));
        rates.TryTake(key).ShouldBeTrue();
    }

    [Fact]
    public void A_bulkhead_takes_so_many_and_its_bound_can_change()
    {
        var bulkhead = new Bulkhead(2);
        bulkhead.TryEnter().ShouldBe(Admission.Admitted);
        bulkhead.TryEnter().ShouldBe(Admission.Admitted);
        bulkhead.TryEnter().ShouldBe(Admission.Full);
        bulkhead.Inside.ShouldBe(2);
        bulkhead.Capacity = 1;
        bulkhead.Leave();
        bulkhead.TryEnter().ShouldBe(Admission.Full);
        bulkhead.Leave();
        bulkhead.TryEnter().ShouldBe(Admission.Admitted);
    }

    [Fact]
    public async Task A_retired_bulkhead_is_drained_when_the_last_one_leaves()
    {
        await new Bulkhead(1).RetireAsync();
        for (var round = 0; round < 300; round++)
        {
            var bulkhead = new Bulkhead(8);
            var inside = 0;
            using var start = new Barrier(5);
            var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
            {
                start.SignalAndWait(TestContext.Current.CancellationToken);
                Admission admission;
                while ((admission = bulkhead.TryEnter()) != Admission.Retired)
                {
                    if (admission != Admission.Admitted)
                        continue;
                    Interlocked.Increment(ref inside);
                    Interlocked.Decrement(ref inside);
                    bulkhead.Leave();
                }
            }, TestContext.Current.CancellationToken)).ToList();
            start.SignalAndWait(TestContext.Current.CancellationToken);
            await bulkhead.RetireAsync().WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

            // Drained means that nobody works inside, now or later: the model is unloaded next.
            Volatile.Read(ref inside).ShouldBe(0);
            bulkhead.TryEnter().ShouldBe(Admission.Retired);
            await Task.WhenAll(callers);
            bulkhead.Inside.ShouldBe(0);
        }
    }

    [Fact]
    public async Task Retiring_waits_for_those_inside()
    {
        var bulkhead = new Bulkhead(2);
        bulkhead.TryEnter();
        var drained = bulkhead.RetireAsync();
        bulkhead.TryEnter().ShouldBe(Admission.Retired);
        drained.IsCompleted.ShouldBeFalse();
        bulkhead.Leave();
        await drained;
    }

    [Theory]
    [InlineData(100, new[] { 1.0, 3.0 }, new[] { 0, 0 }, new[] { 25, 75 })]
    [InlineData(100, new[] { 1.0, 1.0 }, new[] { 40, 0 }, new[] { 40, 60 })]
    [InlineData(100, new[] { 1.0, 0.0 }, new[] { 0, 0 }, new[] { 100, 1 })]
    [InlineData(10, new[] { 1.0, 1.0 }, new[] { 50, 0 }, new[] { 10, 1 })]
    [InlineData(1, new[] { 1.0 }, new[] { 0 }, new[] { 1 })]
    public void Places_are_divided_by_weight(int bound, double[] weights, int[] stated, int[] places)
    {
        var variants = weights.Select((weight, i) => new VariantSpec(
            VariantName.Parse($"v{i}"), new VersionId(ModelName.Parse("m"), 1), weight)
        { Settings = new VariantSettings { MaxInFlight = stated[i] } }).ToImmutableArray();
        Bulkheads.Divide(new EndpointSpec(EndpointName.Parse("e"), variants)
        {
            Limits = new EndpointLimits { MaxInFlight = bound },
        }).ShouldBe(places);
    }

    [Fact]
    public void Stated_places_together_do_not_pass_the_endpoints_bound()
    {
        var variants = Enumerable.Range(0, 2).Select(i => new VariantSpec(
            VariantName.Parse($"v{i}"), new VersionId(ModelName.Parse("m"), 1), 1)
        { Settings = new VariantSettings { MaxInFlight = 8 } }).ToImmutableArray();
        Bulkheads.Divide(new EndpointSpec(EndpointName.Parse("e"), variants)
        {
            Limits = new EndpointLimits { MaxInFlight = 10 },
        }).Sum().ShouldBeLessThanOrEqualTo(10);
    }

    [Fact]
    public void A_histogram_puts_a_duration_into_the_bucket_that_it_does_not_pass()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromMicroseconds(50));
        histogram.Record(TimeSpan.FromMicroseconds(50.1));
        histogram.Record(TimeSpan.FromSeconds(31));
        histogram.Record(TimeSpan.FromSeconds(-1));
        var counts = new long[LatencyHistogram.Bounds.Length + 1];
        var (count, sum) = histogram.Read(counts);

        count.ShouldBe(4);
        sum.ShouldBe(31.0001001, 1e-7);
        counts[0].ShouldBe(2);
        counts[1].ShouldBe(1);
        counts[^1].ShouldBe(1);
        LatencyHistogram.Bounds.ShouldBeInOrder();
    }

    [Fact]
    public void Inputs_fit_or_the_field_is_named()
    {
        var signature = new Signature(
            [
                new TensorSpec("a", ElementType.Float32, [-1, 2]) { DimensionNames = ["N", ""] },
                new TensorSpec("b", ElementType.Int64, [-1]) { DimensionNames = ["N"], Optional = true },
            ],
            []);
        Rows(signature, [3, 2], [3]).ShouldBe(3);
        Rows(signature, [3, 2], null).ShouldBe(3);
        Rows(signature, [0, 2], [0]).ShouldBe(0);
        Refused(signature, null, [1]).ShouldContain("'a' is missing");
        Refused(signature, [3, 3], [3]).ShouldContain("[3,3]");
        Refused(signature, [6], [3]).ShouldContain("'a'");
        Refused(signature, [3, 2], [4]).ShouldContain("'N' is 4 in the input 'b' and 3 in the input 'a'");
        Refused(signature, [3, 2], [3], ElementType.Int32).ShouldContain("INT32");
    }

    [Fact]
    public void A_dimension_named_twice_in_one_input_has_one_size()
    {
        var signature = new Signature(
            [new TensorSpec("square", ElementType.Float32, [-1, -1]) { DimensionNames = ["N", "N"] }], []);
        using var inputs = TensorSet.Rent(1);
        inputs[0].Reset(ElementType.Float32, [2, 3]);
        Should.Throw<RequestException>(() => InputRules.Check(signature, inputs));
    }

    private static int Rows(Signature signature, long[]? a, long[]? b, ElementType ofB = ElementType.Int64)
    {
        using var inputs = TensorSet.Rent(2);
        if (a is not null)
            inputs[0].Reset(ElementType.Float32, a);
        if (b is not null)
            inputs[1].Reset(ofB, b);
        return InputRules.Check(signature, inputs);
    }

    private static string Refused(Signature signature, long[]? a, long[]? b, ElementType ofB = ElementType.Int64)
    {
        var refusal = Should.Throw<RequestException>(() => Rows(signature, a, b, ofB));
        refusal.Failure.ShouldBe(PredictFailure.InvalidInput);
        return refusal.Message;
    }
}
