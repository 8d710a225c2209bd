using Fairlead.Core.Models;
using Fairlead.Inference.Loading;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;

namespace Fairlead.Inference.Tests.Loading;

/// <summary>How far an answer may be from itself in a batch, in each number format.</summary>
public class BatchProbeTests
{
    [Theory]
    [InlineData(ElementType.Float16, 0, true)]
    [InlineData(ElementType.Float16, BatchProbe.ToleranceInSteps, true)]
    [InlineData(ElementType.Float16, -BatchProbe.ToleranceInSteps, true)]
    [InlineData(ElementType.Float16, BatchProbe.ToleranceInSteps + 1, false)]
    [InlineData(ElementType.BFloat16, BatchProbe.ToleranceInSteps, true)]
    [InlineData(ElementType.BFloat16, BatchProbe.ToleranceInSteps + 1, false)]
    [InlineData(ElementType.Float32, 80, true)]
    [InlineData(ElementType.Float32, 180, false)]
    [InlineData(ElementType.Int32, 1, false)]
    public async Task WhyNot_AnswersThatDifferInABatch_AllowsAFewStepsOfTheFormat(
        ElementType type, int steps, bool allowed)
    {
        var why = await BatchProbe.WhyNotAsync(new ShiftingRuntime(type, steps));

        if (allowed)
            why.ShouldBeNull();
        else
            why.ShouldBe("output 'y' answers a row differently alone and in a batch");
    }

    [Theory]
    [InlineData(0x7BFF, 0x7C00, false)]
    [InlineData(0x7C00, 0x7C00, true)]
    [InlineData(0x7E00, 0x7E00, true)]
    [InlineData(0x7E00, 0x3C00, false)]
    [InlineData(0x0001, 0x8001, true)]
    [InlineData(0x0002, 0x8001, false)]
    public async Task WhyNot_Halves_KnowInfinityNaNAndBothZeros(int alone, int together, bool allowed)
    {
        var runtime = new ShiftingRuntime(ElementType.Float16, 0) { Alone = alone, Together = together };

        (await BatchProbe.WhyNotAsync(runtime) is null).ShouldBe(allowed);
    }

    /// <summary>Answers 1, or in a batch the number so many steps of the format beside it.</summary>
    private sealed class ShiftingRuntime(ElementType type, int steps) : IModelRuntime
    {
        public int Alone { get; init; } = type switch
        {
            ElementType.Float16 => BitConverter.HalfToInt16Bits((Half)1),
            ElementType.BFloat16 => BitConverter.SingleToInt32Bits(1) >> 16,
            ElementType.Float32 => BitConverter.SingleToInt32Bits(1),
            _ => 1,
        };

        public int? Together { get; init; }

        public Signature Signature { get; } = new(
            [new TensorSpec("x", ElementType.Float32, [-1])], [new TensorSpec("y", type, [-1])]);

        public ValueTask RunAsync(TensorSet inputs, TensorSet outputs, RunControl control)
        {
            var rows = inputs[0].ElementCount;
            outputs.Resize(1);
            outputs[0].Reset(type, [rows]);
            var bits = rows == 1 ? Alone : Together ?? Alone + steps;
            for (var i = 0; i < rows; i++)
            {
                if (type.Size() == sizeof(short))
                    outputs[0].As<short>()[i] = (short)bits;
                else
                    outputs[0].As<int>()[i] = bits;
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
