using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;

namespace Fairlead.Inference.Loading;

/// <summary>
/// Makes up inputs from a signature, to warm a model and to probe it. The values are small and differ from row to row;
/// the same seed gives the same values.
/// </summary>
internal static class SampleInputs
{
    /// <summary>Size given to a dimension that varies and is not the first.</summary>
    private const int OtherDimension = 4;

    /// <summary>
    /// Fills a set with made-up values.
    /// </summary>
    /// <param name="signature">What to make up inputs for; optional inputs are left out.</param>
    /// <param name="rows">
    /// The seed of each row's values; their number is the size of the first dimension where that varies.
    /// </param>
    /// <param name="inputs">Receives the values.</param>
    public static void Fill(Signature signature, ReadOnlySpan<int> rows, TensorSet inputs)
    {
        Span<long> shape = stackalloc long[Tensor.MaxRank];
        inputs.Resize(signature.Inputs.Length);
        for (var i = 0; i < signature.Inputs.Length; i++)
        {
            var spec = signature.Inputs[i];
            inputs[i].Clear();
            if (spec.Optional)
                continue;

            for (var d = 0; d < spec.Shape.Length; d++)
                shape[d] = spec.Shape[d] >= 0 ? spec.Shape[d] : d == 0 ? rows.Length : OtherDimension;
            inputs[i].Reset(spec.Type, shape[..spec.Shape.Length]);
            var varying = spec.Shape.Length > 0 && spec.Shape[0] < 0;
            var perRow = varying ? inputs[i].ElementCount / Math.Max(1, rows.Length) : inputs[i].ElementCount;
            for (var e = 0; e < inputs[i].ElementCount; e++)
            {
                var row = varying ? rows[e / Math.Max(1, perRow)] : rows[0];
                Write(inputs[i], e, Mix(row, i, e % Math.Max(1, perRow)));
            }
        }
    }

    /// <summary>A number without pattern for each element: SplitMix64.</summary>
    private static ulong Mix(int row, int input, int element)
    {
        unchecked
        {
            var z = ((ulong)(uint)row << 40) ^ ((ulong)(uint)input << 32) ^ (uint)element;
            z = (z + 1) * 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    private static void Write(Tensor tensor, int index, ulong random)
    {
        // Both signs: a model may decide by them.
        var number = ((random >> 11) * (2.0 / (1UL << 53))) - 1;
        switch (tensor.Type)
        {
            case ElementType.String:
                tensor.AddString([(byte)('0' + (random % 10))]);
                break;
            case ElementType.Float32:
                tensor.As<float>()[index] = (float)number;
                break;
            case ElementType.Float64:
                tensor.As<double>()[index] = number;
                break;
            case ElementType.Float16:
                tensor.As<Half>()[index] = (Half)number;
                break;
            case ElementType.BFloat16:
                tensor.As<ushort>()[index] = (ushort)(BitConverter.SingleToUInt32Bits((float)number) >> 16);
                break;
            default:
                // 0 and 1 are the integers that most models accept: as an index, a flag, a count.
                var size = tensor.Type.Size();
                tensor.Bytes.Slice(index * size, size).Clear();
                tensor.Bytes[index * size] = (byte)(random & 1);
                break;
        }
    }
}
