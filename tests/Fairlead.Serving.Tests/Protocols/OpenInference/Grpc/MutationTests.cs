using System.Buffers;
using CsCheck;
using Fairlead.Client.OpenInference;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Protocols;
using Fairlead.Serving.Protocols.OpenInference.Grpc;
using Google.Protobuf;
using Grpc.Core;

namespace Fairlead.Serving.Tests.Protocols.OpenInference.Grpc;

/// <summary>
/// Whatever bytes arrive, they become tensors that fit or a failure with a status of ours, and nothing else.
/// </summary>
public sealed class MutationTests
{
    private static readonly Signature Signature = new(
        [
            new TensorSpec("x", ElementType.Float32, [-1, 4]),
            new TensorSpec("text", ElementType.String, [-1]),
            new TensorSpec("small", ElementType.Int8, [-1]),
            new TensorSpec("flag", ElementType.Bool, [-1]) { Optional = true },
        ],
        [new TensorSpec("y", ElementType.Float32, [-1])]);

    private static readonly Gen<byte[]> Seeds = Gen.OneOf(
        Gen.Const(() => Raw().ToByteArray()), Gen.Const(() => Typed().ToByteArray()));

    [Fact]
    public void Mutated_messages_become_tensors_or_a_failure() =>
        Gen.Select(Seeds, Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 3], Gen.Int[0, 400], Gen.Byte)
            .Sample(mutation =>
            {
                var (seed, at, value, kind, at2, value2) = mutation;
                byte[] bytes = [.. seed];
                bytes[at % bytes.Length] = value;
                if (kind == 1)
                    bytes = bytes[..(at2 % bytes.Length)];
                else if (kind == 2)
                    bytes[at2 % bytes.Length] = value2;
                else if (kind == 3)
                    bytes = [.. bytes, .. bytes[(at2 % bytes.Length)..]];
                return Survives(bytes);
            }, iter: 20_000);

    [Fact]
    public void Random_bytes_become_tensors_or_a_failure() =>
        Gen.Byte.Array[0, 200].Sample(Survives, iter: 20_000);

    [Fact]
    public void The_seeds_themselves_are_good()
    {
        foreach (var request in new[] { Raw(), Typed() })
            Read(request.ToByteArray()).ShouldBeNull();
    }

    [Fact]
    public void Segments_do_not_matter()
    {
        var bytes = Typed().ToByteArray();
        for (var cut = 1; cut < bytes.Length; cut += 7)
        {
            var first = new Segment(bytes.AsMemory(0, cut), null);
            var last = new Segment(bytes.AsMemory(cut), first);
            var sequence = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
            InferBinding.Parse(sequence).ShouldBe(Typed());
        }
    }

    [Fact]
    public void Parts_are_counted_wherever_they_hide()
    {
        var tensors = new ModelInferRequest();
        for (var i = 0; i <= RequestLimits.MaxMessageTensors; i++)
            tensors.RawInputContents.Add(ByteString.Empty);
        Refused(tensors, "tensors");

        var strings = Requests.To("m").Typed("text", "BYTES", contents =>
        {
            for (var i = 0; i <= RequestLimits.MaxMessageStrings; i++)
                contents.BytesContents.Add(ByteString.Empty);
        }, 1);
        Refused(strings, "bytes_contents");

        var parameters = Requests.Mlp().Asking("y");
        for (var i = 0; i <= RequestLimits.MaxMessageParameters; i++)
            parameters.Outputs[0].Parameters.Add($"{i}", new InferParameter());
        Refused(parameters, "parameters");
        var ofInput = Requests.Mlp();
        for (var i = 0; i <= RequestLimits.MaxMessageParameters; i++)
            ofInput.Inputs[0].Parameters.Add($"{i}", new InferParameter());
        Refused(ofInput, "parameters");
    }

    private static void Refused(ModelInferRequest request, string words)
    {
        var refusal = Should.Throw<RpcException>(() =>
            InferBinding.Parse(new ReadOnlySequence<byte>(request.ToByteArray())));
        refusal.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        refusal.Status.Detail.ShouldContain(words);
    }

    private static bool Survives(byte[] bytes) => Read(bytes) is null or RequestException or RpcException;

    /// <summary>What reading threw, of the kinds that may come; any other passes through and fails the test.</summary>
    private static Exception? Read(byte[] bytes)
    {
        using var inputs = TensorSet.Rent(Signature.Inputs.Length);
        var codec = new InferCodec(new RequestLimits { MaxElements = 1 << 16 });
        try
        {
            codec.Begin(InferBinding.Parse(new ReadOnlySequence<byte>(bytes)), null);
            codec.TryReadUnit(Core.Endpoints.UnitRule.Parse("field:text"), out _);
            codec.TryReadUnit(Core.Endpoints.UnitRule.Parse("field:small"), out _);
            codec.ReadInputs(Signature, inputs);
            InputRules.Check(Signature, inputs);
        }
        catch (RequestException e)
        {
            return e;
        }
        catch (RpcException e)
        {
            return e;
        }

        for (var i = 0; i < inputs.Count; i++)
        {
            if (!inputs[i].Present)
                continue;
            inputs[i].Type.ShouldBe(Signature.Inputs[i].Type);
            if (inputs[i].Type == ElementType.String)
                inputs[i].StringCount.ShouldBe(inputs[i].ElementCount);
            else
                inputs[i].Bytes.Length.ShouldBe(inputs[i].ElementCount * inputs[i].Type.Size());
        }

        return null;
    }

    private static ModelInferRequest Raw() => Requests.To("m", "1", "id")
        .Raw("x", "FP32", new float[8], 2, 4)
        .RawStrings("text", ["same", "same"], 2)
        .Raw("small", "INT8", new sbyte[] { 5, 5 }, 2)
        .Asking("y")
        .With("timeout", new InferParameter { Int64Param = 5 });

    private static ModelInferRequest Typed() => Requests.To("m", "1", "id")
        .Typed("x", "FP32", contents => contents.Fp32Contents.Add(new float[8]), 2, 4)
        .Typed("text", "BYTES", contents => contents.BytesContents.Add(
            [ByteString.CopyFromUtf8("same"), ByteString.CopyFromUtf8("same")]), 2)
        .Typed("small", "INT8", contents => contents.IntContents.Add([5, 5]), 2)
        .Typed("flag", "BOOL", contents => contents.BoolContents.Add([true, false]), 2)
        .With("text", new InferParameter { BoolParam = true });

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
