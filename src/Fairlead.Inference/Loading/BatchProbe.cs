using Fairlead.Core.Models;
using Fairlead.Inference.Runtimes;
using Fairlead.Inference.Tensors;

namespace Fairlead.Inference.Loading;

/// <summary>
/// Finds out whether a model answers several rows at once exactly as it answers each alone. Only then may requests of
/// different callers go through it together.
/// </summary>
internal static class BatchProbe
{
    /// <summary>Largest relative difference at which two float32 or float64 count as the same answer.</summary>
    public const double Tolerance = 1e-5;

    /// <summary>
    /// Most steps between neighbouring numbers of the format (units in the last place) at which two float16 or bfloat16
    /// count as the same answer. One step of a float16 near 1 is 0.001 and one of a bfloat16 0.008, so that 1e-5 would
    /// ask for the very same bits; a sum in another order can round differently once in it and once behind it.
    /// </summary>
    public const int ToleranceInSteps = 2;

    private static readonly int[][] Orders = [[1, 2, 3], [3, 1, 2], [4, 5, 1, 6, 2, 7, 3, 8], [2, 2]];

    /// <summary>Says why a model must not be batched; null when it may.</summary>
    public static async Task<string?> WhyNotAsync(IModelRuntime runtime)
    {
        if (WhyNotBySignature(runtime.Signature) is { } why)
            return why;

        try
        {
            foreach (var order in Orders)
            {
                if (await CompareAsync(runtime, order).ConfigureAwait(false) is { } difference)
                    return difference;
            }
        }
        catch (Exception e) when (e is ModelRunException or ArgumentException)
        {
            return ModelProbe.Refusal(e.Message);
        }

        return null;
    }

    private static string? WhyNotBySignature(Signature signature)
    {
        foreach (var input in signature.Inputs.Where(input => !input.Optional))
        {
            if (input.Shape.Length == 0)
                return $"input '{input.Name}' has no dimensions";
            if (input.Shape[0] >= 0)
                return $"the first dimension of input '{input.Name}' is fixed";
        }

        foreach (var output in signature.Outputs)
        {
            if (output.Kind is ValueKind.SequenceItems or ValueKind.SequenceLengths)
                return $"output '{output.Name}' is a sequence";
            if (output.Kind == ValueKind.Tensor && output.Shape.Length == 0)
                return $"output '{output.Name}' has no dimensions";
            if (output.Kind == ValueKind.Tensor && output.Shape[0] >= 0)
                return $"the first dimension of output '{output.Name}' is fixed";
        }

        return signature.Inputs.All(input => input.Optional) ? "it needs no input" : WhyNotByNames(signature);
    }

    /// <summary>
    /// A model whose first dimensions have different names says itself that its outputs need not have a row for each
    /// row of its inputs; whether they do may depend on values that no made-up input hits.
    /// </summary>
    private static string? WhyNotByNames(Signature signature)
    {
        var needed = signature.Inputs.Where(input => !input.Optional).ToList();
        var named = needed.FirstOrDefault(input => RowsName(input) is not null);
        if (named is null)
            return null;

        var other = needed.Concat(signature.Outputs)
            .FirstOrDefault(spec => RowsName(spec) is { } name && name != RowsName(named));
        return other is null
            ? null
            : $"the first dimension of '{named.Name}' is called '{RowsName(named)}' but that of '{other.Name}' is "
                + $"called '{RowsName(other)}'";
    }

    /// <summary>The first dimension's name; null where there is none, or one that only a converter made up.</summary>
    private static string? RowsName(TensorSpec spec)
    {
        if (spec.DimensionNames.IsDefaultOrEmpty || spec.DimensionNames[0] is not { Length: > 0 } name)
            return null;
        return name.StartsWith("unk_", StringComparison.Ordinal) || name.Contains("_dim_", StringComparison.Ordinal)
            ? null
            : name;
    }

    private static async Task<string?> CompareAsync(IModelRuntime runtime, int[] rows)
    {
        using var together = await RunAsync(runtime, rows).ConfigureAwait(false);
        for (var row = 0; row < rows.Length; row++)
        {
            using var alone = await RunAsync(runtime, [rows[row]]).ConfigureAwait(false);
            for (var i = 0; i < runtime.Signature.Outputs.Length; i++)
            {
                if (Difference(runtime.Signature.Outputs[i], together[i], alone[i], row, rows.Length) is { } difference)
                    return difference;
            }
        }

        return null;
    }

    private static async Task<TensorSet> RunAsync(IModelRuntime runtime, int[] rows)
    {
        using var inputs = TensorSet.Rent(runtime.Signature.Inputs.Length);
        var outputs = TensorSet.Rent(runtime.Signature.Outputs.Length);
        SampleInputs.Fill(runtime.Signature, rows, inputs);
        await runtime.RunAsync(inputs, outputs, new RunControl()).ConfigureAwait(false);
        return outputs;
    }

    private static string? Difference(TensorSpec spec, Tensor together, Tensor alone, int row, int rows)
    {
        if (spec.Kind == ValueKind.MapKeys)
        {
            return Equal(together, 0, alone, together.ElementCount)
                ? null
                : $"the labels of output '{spec.Name}' depend on the batch";
        }

        if (together.Rank == 0 || together.Shape[0] != rows || alone.Rank != together.Rank || alone.Shape[0] != 1
            || !together.Shape[1..].SequenceEqual(alone.Shape[1..]))
        {
            return $"output '{spec.Name}' does not have one row for each row of the input";
        }

        var perRow = alone.ElementCount;
        return Equal(together, row * perRow, alone, perRow)
            ? null
            : $"output '{spec.Name}' answers a row differently alone and in a batch";
    }

    private static bool Equal(Tensor together, int from, Tensor alone, int count)
    {
        if (together.Type != alone.Type || alone.ElementCount != count)
            return false;

        for (var i = 0; i < count; i++)
        {
            if (!EqualElement(together, from + i, alone, i))
                return false;
        }

        return true;
    }

    private static bool EqualElement(Tensor a, int i, Tensor b, int j) => a.Type switch
    {
        ElementType.String => a.StringAt(i).SequenceEqual(b.StringAt(j)),
        ElementType.Float32 => Close(a.As<float>()[i], b.As<float>()[j]),
        ElementType.Float64 => Close(a.As<double>()[i], b.As<double>()[j]),
        ElementType.Float16 => CloseInSteps(
            a.As<ushort>()[i], b.As<ushort>()[j], (double)a.As<Half>()[i], (double)b.As<Half>()[j]),
        ElementType.BFloat16 => CloseInSteps(
            a.As<ushort>()[i], b.As<ushort>()[j], Widen(a.As<ushort>()[i]), Widen(b.As<ushort>()[j])),
        _ => Element(a, i).SequenceEqual(Element(b, j)),
    };

    private static Span<byte> Element(Tensor tensor, int index) =>
        tensor.Bytes.Slice(index * tensor.Type.Size(), tensor.Type.Size());

    private static float Widen(ushort bfloat16) => BitConverter.UInt32BitsToSingle((uint)bfloat16 << 16);

    /// <summary>
    /// Compares two numbers of a 16-bit format, given as bits and as values. In the order of <see cref="Ordered"/>
    /// neighbouring bits are neighbouring numbers. An overflow to infinity is no rounding.
    /// </summary>
    private static bool CloseInSteps(ushort a, ushort b, double x, double y) =>
        x.Equals(y)
        || (double.IsFinite(x) && double.IsFinite(y) && Math.Abs(Ordered(a) - Ordered(b)) <= ToleranceInSteps);

    private static int Ordered(ushort bits) => (bits & 0x8000) == 0 ? bits : -(bits & 0x7FFF);

    private static bool Close(double a, double b) =>
        a.Equals(b) || Math.Abs(a - b) <= Tolerance * Math.Max(Math.Abs(a), Math.Abs(b));
}
