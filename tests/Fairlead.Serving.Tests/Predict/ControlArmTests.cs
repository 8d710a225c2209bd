using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Fairlead.Core.Access;
using Fairlead.Core.Controls;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Predictions;
using Fairlead.Inference.Runtimes;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;
using Fairlead.Serving.Telemetry;
using Fairlead.Statistics.Assignment;
using EndpointState = Fairlead.Serving.Routing.EndpointState;

namespace Fairlead.Serving.Tests.Predict;

/// <summary>Arms without a model, through the native door's codec and the whole pipeline.</summary>
public sealed class ControlArmTests : IAsyncDisposable
{
    private readonly DataPlane _plane = new();

    public ValueTask DisposeAsync() => _plane.DisposeAsync();

    [Fact]
    public async Task None_AnswersNoOutputs_AndIsIdentifiedAndCountedLikeEveryArm()
    {
        var endpoint = Add("e", ControlAnswer.None);

        var answer = await AskAsync("e", """{"rows":[{"a":1,"b":2},{"a":3,"b":4}]}""");

        answer.Failure.ShouldBe(PredictFailure.None);
        answer.Json.GetProperty("arm").GetString().ShouldBe("control");
        answer.Json.GetProperty("answer").GetString().ShouldBe("none");
        answer.Json.GetProperty("outputs").EnumerateObject().ShouldBeEmpty();
        answer.Json.TryGetProperty("model", out _).ShouldBeFalse();
        PredictionId.TryRead(Encoding.ASCII.GetBytes(answer.Json.GetProperty("predictionId").GetString()!),
            _plane.Find, out var id).ShouldBeTrue();
        (id.EndpointNumber, id.ArmNumber).ShouldBe((1, 2));

        var control = endpoint.Serving!.Variants[1];
        (control.Meter.Count(PredictFailure.None), control.Meter.Rows, control.Bulkhead.Inside).ShouldBe((1, 2, 0));
        var facts = endpoint.Serving.Facts!;
        facts.Arm(1).Requests.Read().Ratio().Records.ShouldBe(1);
        facts.Arm(1).Compute.Total().ShouldBe(0);
        _plane.Records.Reader.TryRead(out var record).ShouldBeTrue();
        record!.Id.ArmNumber.ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"rows":[{"a":1}]}""", "lacks the field 'b'")]
    [InlineData("""{"rows":[{"a":1,"b":2,"c":3}]}""", "has the field 'c'")]
    [InlineData("""{"rows":[{"a":"x","b":2}]}""", "takes a INT32")]
    public async Task Request_ThatTheModelWouldRefuse_IsRefusedHereToo(string body, string why)
    {
        var endpoint = Add("e", ControlAnswer.None);

        var answer = await AskAsync("e", body);

        answer.Failure.ShouldBe(PredictFailure.InvalidInput);
        answer.Detail.ShouldContain(why);
        endpoint.Serving!.Variants[1].Meter.Count(PredictFailure.InvalidInput).ShouldBe(1);
    }

    [Fact]
    public async Task Constant_AnswersTheSameForEveryRow_InTheTypesOfTheVersion()
    {
        Add("e", new ControlAnswer(ControlKind.Constant)
        {
            Outputs = Set(("sum", ScalarValue.Of(7)), ("note", ScalarValue.Of("none at all")),
                ("share", ScalarValue.Of(0.5))),
        });

        var answer = await AskAsync("e", """{"rows":[{"a":1,"b":2},{"a":3,"b":4}]}""");

        answer.Json.GetProperty("answer").GetString().ShouldBe("constant");
        answer.Json.GetProperty("outputs").GetRawText()
            .ShouldBe("""{"sum":[7,7],"note":["none at all","none at all"],"share":[0.5,0.5]}""");
    }

    [Fact]
    public async Task Rule_AnswersRowByRow_TheFirstThatHolds()
    {
        Add("e", new ControlAnswer(ControlKind.Rule)
        {
            Rules =
            [
                new ControlRule(RowCondition.Parse("a > 5000"), Set(("decision", ScalarValue.Of("reject")))),
                new ControlRule(RowCondition.Parse("a > 100 and b == 2"), Set(("decision", ScalarValue.Of("review")))),
            ],
            Outputs = Set(("decision", ScalarValue.Of("accept"))),
        });

        var answer = await AskAsync("e",
            """{"rows":[{"a":6000,"b":2},{"a":200,"b":2},{"a":200,"b":3},{"a":5000,"b":2}]}""");

        answer.Json.GetProperty("outputs").GetRawText()
            .ShouldBe("""{"decision":["reject","review","accept","review"]}""");
    }

    [Fact]
    public async Task Holdout_IsAnsweredByItsOwnArm_AndTheRestByTheVariants()
    {
        var endpoint = _plane.Add("e",
            [
                Arm.Of("stable", "type_integer_sum.onnx"),
                Arm.Without("holdout",
                    new ControlAnswer(ControlKind.Constant) { Outputs = Set(("sum", ScalarValue.Of(0))) }),
            ],
            UnitRule.Parse("field:user"), holdout: 0.3);
        var held = 0;
        for (var user = 0; user < 200; user++)
        {
            var answer = await AskAsync("e",
                $$$"""{"rows":[{"a":1,"b":2}],"parameters":{"user":"u{{{user}}}"}}""");
            var route = endpoint.Serving!.Route;
            var expected = route.Assign(UnitHash.Of($"u{user}")) == route.HoldoutIndex;
            answer.Json.GetProperty("arm").GetString().ShouldBe(expected ? "holdout" : "stable");
            answer.Json.GetProperty("outputs").GetProperty("sum")[0].GetInt64().ShouldBe(expected ? 0 : 3);
            held += expected ? 1 : 0;
        }

        held.ShouldBeInRange(40, 80);
        endpoint.Serving!.Holdout!.Meter.Count(PredictFailure.None).ShouldBe(held);
        (await AskAsync("e", """{"rows":[{"a":1,"b":2}]}""")).Json.GetProperty("arm").GetString().ShouldBe("stable");
    }

    [Fact]
    public async Task Copies_AreMadeOfNothingThatAControlGroupWasAnswered()
    {
        var endpoint = _plane.Add("e",
            [
                Arm.Of("stable", "type_integer_sum.onnx"),
                Arm.Of("shadow", "type_integer_sum.onnx", 0) with { Mirror = 1 },
                Arm.Of("holdout", "type_integer_sum.onnx"),
            ],
            UnitRule.Parse("field:user"), holdout: 0.5);
        await _plane.Shadows.StartAsync(TestContext.Current.CancellationToken);
        for (var user = 0; user < 60; user++)
            await AskAsync("e", $$$"""{"rows":[{"a":1,"b":2}],"parameters":{"user":"u{{{user}}}"}}""");

        var stable = endpoint.Serving!.Stable.Meter.Count(PredictFailure.None);
        for (var i = 0; i < 400 && _plane.Shadows.Ran < stable; i++)
            await Task.Delay(25, TestContext.Current.CancellationToken);
        await _plane.Shadows.StopAsync(TestContext.Current.CancellationToken);

        stable.ShouldBeInRange(10, 50);
        _plane.Shadows.Ran.ShouldBe(stable);
    }

    [Fact]
    public void Version_AskedForByNumber_IsNeverAnArmWithoutAModel()
    {
        var endpoint = Add("e", ControlAnswer.None);

        endpoint.Serving!.Versions.Select(variant => variant.Name.ToString()).ShouldBe(["stable"]);
        var page = new System.Buffers.ArrayBufferWriter<byte>();
        new MetricsPage(_plane.Routing, new RefusalMeter(), new ProcessMeter(ThreadPlan.For(2))).Write(page);
        Encoding.UTF8.GetString(page.WrittenSpan).ShouldContain(
            """fairlead_requests_total{endpoint="e",variant="control",model="",version="none",reason="none"} 0""");
    }

    /// <summary>An endpoint whose every unit meets the arm without a model.</summary>
    private EndpointState Add(string name, ControlAnswer answer) => _plane.Add(name,
        [Arm.Of("stable", "type_integer_sum.onnx", 0), Arm.Without("control", answer)]);

    private async Task<(PredictFailure Failure, JsonElement Json, string Detail)> AskAsync(string endpoint, string body)
    {
        using var codec = new NativeCodec(new RequestLimits());
        var call = _plane.Calls.Rent();
        codec.Begin(Encoding.UTF8.GetBytes(body), null);
        call.Begin(endpoint, Principal.Local, codec, _plane.Time.GetTimestamp(), CancellationToken.None);
        await _plane.Pipeline.PredictAsync(call);
        var json = call.Failure == PredictFailure.None
            ? JsonDocument.Parse(call.Body.Written).RootElement.Clone()
            : default;
        var answer = (call.Failure, json, call.FailureDetail);
        _plane.Calls.Return(call);
        return answer;
    }

    private static ImmutableArray<OutputValue> Set(params (string Output, ScalarValue Value)[] values) =>
        [.. values.Select(each => new OutputValue(each.Output, each.Value))];
}
