using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>
/// A request whose whole body is the data of the model's one input: nothing in it says the shape, so the model must.
/// </summary>
internal static class RawRequest
{
    /// <summary>Fills the one input. Throws <see cref="RequestException"/>.</summary>
    public static void Read(Signature signature, ReadOnlySpan<byte> body, TensorSet inputs)
    {
        if (signature.Inputs.Length != 1)
            throw Unfit($"the model has {signature.Inputs.Length} inputs");

        var input = signature.Inputs[0];
        Span<long> shape = stackalloc long[Tensor.MaxRank];
        input.Shape.CopyTo(shape);
        shape = shape[..input.Shape.Length];
        if (input.Type == ElementType.String)
        {
            foreach (ref var dimension in shape)
                dimension = Math.Abs(dimension);
            if (!Tensor.TryCount(shape, out var strings) || strings != 1)
                throw Unfit($"the input '{input.Name}' takes more than one string");
            inputs[0].Reset(input.Type, shape);
            inputs[0].AddString(body);
            return;
        }

        FillIn(shape, input, body.Length / input.Type.Size());
        BinaryData.Read(input.Name, input.Type, shape, body, inputs[0]);
    }

    /// <summary>
    /// Computes the one dimension that varies from the number of elements. Where two vary and the first is one of them,
    /// the first counts the rows, and a raw request is one row.
    /// </summary>
    private static void FillIn(Span<long> shape, TensorSpec input, int elements)
    {
        var varying = shape.Count(-1);
        if (varying == 0)
            return;
        if (varying > 1 && shape[0] < 0)
        {
            shape[0] = 1;
            varying--;
        }

        if (varying > 1)
            throw Unfit($"the input '{input.Name}' has more than one dimension that varies");

        long rest = 1;
        foreach (var dimension in shape)
            rest *= Math.Abs(dimension);
        shape[shape.IndexOf(-1)] = rest == 0 ? 0 : elements / rest;
    }

    private static RequestException Unfit(string why) =>
        new(PredictFailure.InvalidInput, $"A request of raw bytes does not say enough: {why}.");
}
