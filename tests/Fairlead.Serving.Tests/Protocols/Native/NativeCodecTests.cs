using System.Text;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.Native;

namespace Fairlead.Serving.Tests.Protocols.Native;

/// <summary>Whatever a caller writes is read or refused; it is never a failure of the server.</summary>
public sealed class NativeCodecTests
{
    private static readonly Signature Mixed = new(
        [new TensorSpec("home", ElementType.String, [-1, 1]), new TensorSpec("income", ElementType.Float32, [-1, 1])],
        [new TensorSpec("y", ElementType.Float32, [-1, 1])]);

    private static readonly Signature Lenient = new(
        [
            new TensorSpec("x", ElementType.Float32, [-1]),
            new TensorSpec("factor", ElementType.Float32, [-1]) { Optional = true },
        ],
        [new TensorSpec("y", ElementType.Float32, [-1])]);

    [Fact]
    public void Rows_in_any_order_of_fields_fill_the_tensors()
    {
        using var inputs = Read(Mixed, """{"rows":[{"income":1.5,"home":"größe"},{"home":null,"income":null}]}"""u8);

        Encoding.UTF8.GetString(inputs[0].StringAt(0)).ShouldBe("größe");
        inputs[0].StringAt(1).Length.ShouldBe(0);
        inputs[1].As<float>()[0].ShouldBe(1.5f);
        inputs[1].As<float>()[1].ShouldBe(float.NaN);
    }

    [Theory]
    [InlineData("""{"rows":[{"home":"\ud800","income":1}]}""")]
    [InlineData("""{"rows":[{"home":"a","\udfff":1}]}""")]
    [InlineData("""{"\ud800":1}""")]
    public void Half_of_a_surrogate_pair_is_refused(string body) =>
        Should.Throw<RequestException>(() => Read(Mixed, Encoding.UTF8.GetBytes(body)))
            .Failure.ShouldBe(PredictFailure.Malformed);

    [Fact]
    public void Bytes_that_are_no_utf8_are_refused()
    {
        byte[] body = [.. """{"rows":[{"home":"a"""u8, 0xFF, .. "\",\"income\":1}]}"u8];

        Should.Throw<RequestException>(() => Read(Mixed, body)).Failure.ShouldBe(PredictFailure.Malformed);
    }

    [Fact]
    public void Half_of_a_surrogate_pair_as_unit_is_refused()
    {
        var codec = new NativeCodec(new RequestLimits());

        Should.Throw<RequestException>(() =>
        {
            codec.Begin("""{"parameters":{"user":"\ud800"},"rows":[{"home":"a"}]}"""u8.ToArray(), null);
            codec.TryReadUnit(UnitRule.Parse("field:user"), out _);
        }).Failure.ShouldBe(PredictFailure.Malformed);
    }

    [Theory]
    [InlineData("""{"rows":[{"x":1},{"x":2,"factor":3}]}""")]
    [InlineData("""{"rows":[{"x":1,"factor":3},{"x":2}]}""")]
    public void Optional_field_in_some_rows_only_is_refused(string body) =>
        Should.Throw<RequestException>(() => Read(Lenient, Encoding.UTF8.GetBytes(body)))
            .Failure.ShouldBe(PredictFailure.InvalidInput);

    [Fact]
    public void Optional_field_in_no_row_is_left_out()
    {
        using var inputs = Read(Lenient, """{"rows":[{"x":1},{"x":2}]}"""u8);

        inputs[0].As<float>().ToArray().ShouldBe([1, 2]);
        inputs[1].Present.ShouldBeFalse();
    }

    /// <summary>200 kB of rows without their field would be a tensor of a gigabyte.</summary>
    [Theory]
    [InlineData(4096, PredictFailure.TooLarge, "268431360 elements of the input 'x'; at most 67108864 are taken")]
    [InlineData(1000, PredictFailure.InvalidInput, "fewer than the 65535000 elements that the input 'x' takes")]
    public void Rows_without_their_values_take_no_memory(int width, PredictFailure failure, string words)
    {
        var wide = new Signature([new TensorSpec("x", ElementType.Float32, [-1, width])], []);
        var rows = string.Join(',', Enumerable.Repeat("{}", 65_535));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Should.Throw<RequestException>(
            () => Read(wide, Encoding.UTF8.GetBytes($"{{\"rows\":[{rows}]}}")));

        refusal.Failure.ShouldBe(failure);
        refusal.Message.ShouldContain(words);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(4 << 20);
    }

    private static TensorSet Read(Signature signature, ReadOnlySpan<byte> body)
    {
        using var codec = new NativeCodec(new RequestLimits());
        codec.Begin(body.ToArray(), null);
        var inputs = TensorSet.Rent(signature.Inputs.Length);
        codec.ReadInputs(signature, inputs);
        return inputs;
    }
}
