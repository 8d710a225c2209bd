using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;

namespace Fairlead.Serving.Predict;

/// <summary>
/// Says whether inputs fit a signature, before the model sees them: the runtime's own words name no field.
/// </summary>
public static class InputRules
{
    /// <summary>
    /// Checks presence, type and shape of every input, and that dimensions of one name agree. Returns the number of
    /// rows: the first dimension where it varies, else 1. Throws <see cref="RequestException"/>.
    /// </summary>
    public static int Check(Signature signature, TensorSet inputs)
    {
        var rows = -1L;
        for (var i = 0; i < signature.Inputs.Length; i++)
        {
            var spec = signature.Inputs[i];
            var tensor = inputs[i];
            if (!tensor.Present)
            {
                if (!spec.Optional)
                    throw new RequestException(PredictFailure.InvalidInput, $"The input '{spec.Name}' is missing.");
                continue;
            }

            CheckShape(spec, tensor);
            CheckNamedDimensions(signature, inputs, i);
            if (spec.Shape.Length == 0 || spec.Shape[0] >= 0)
                continue;
            if (rows >= 0 && rows != tensor.Shape[0] && spec.DimensionNames is { IsDefaultOrEmpty: false }
                && spec.DimensionNames[0] is { Length: > 0 })
                throw new RequestException(PredictFailure.InvalidInput,
                    $"The input '{spec.Name}' has {tensor.Shape[0]} rows, the inputs before it {rows}.");
            rows = rows < 0 ? tensor.Shape[0] : Math.Max(rows, tensor.Shape[0]);
        }

        return (int)Math.Max(rows, rows < 0 ? 1 : 0);
    }

    private static void CheckShape(TensorSpec spec, Tensor tensor)
    {
        if (tensor.Type != spec.Type)
        {
            throw new RequestException(PredictFailure.InvalidInput,
                $"The input '{spec.Name}' has the type {tensor.Type.WireName()}, the model takes "
                    + $"{spec.Type.WireName()}.");
        }

        var fits = tensor.Rank == spec.Shape.Length;
        for (var d = 0; fits && d < tensor.Rank; d++)
            fits = spec.Shape[d] < 0 || spec.Shape[d] == tensor.Shape[d];
        if (!fits)
        {
            throw new RequestException(PredictFailure.InvalidInput,
                $"The input '{spec.Name}' has the shape [{string.Join(',', tensor.Shape.ToArray())}], the model takes "
                + $"[{string.Join(',', spec.Shape)}] (-1 varies).");
        }
    }

    /// <summary>
    /// Compares the named dimensions of one input with each other and with those of the inputs before it.
    /// </summary>
    private static void CheckNamedDimensions(Signature signature, TensorSet inputs, int index)
    {
        var spec = signature.Inputs[index];
        for (var d = 0; d < Math.Min(spec.DimensionNames.Length, spec.Shape.Length); d++)
        {
            if (spec.DimensionNames[d].Length == 0 || spec.Shape[d] >= 0)
                continue;

            for (var earlier = 0; earlier <= index; earlier++)
            {
                if (Differs(signature.Inputs[earlier], inputs[earlier], spec.DimensionNames[d],
                    inputs[index].Shape[d]) is { } size)
                {
                    throw new RequestException(PredictFailure.InvalidInput,
                        $"The dimension '{spec.DimensionNames[d]}' is {inputs[index].Shape[d]} in the input "
                            + $"'{spec.Name}' and "
                        + $"{size} in the input '{signature.Inputs[earlier].Name}'.");
                }
            }
        }
    }

    private static long? Differs(TensorSpec spec, Tensor tensor, string dimension, long size)
    {
        if (!tensor.Present)
            return null;

        for (var d = 0; d < Math.Min(spec.DimensionNames.Length, spec.Shape.Length); d++)
        {
            if (spec.DimensionNames[d] == dimension && tensor.Shape[d] != size)
                return tensor.Shape[d];
        }

        return null;
    }
}
