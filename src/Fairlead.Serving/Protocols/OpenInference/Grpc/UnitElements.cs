using System.Buffers.Text;
using System.Globalization;
using Fairlead.Client.OpenInference;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;
using Fairlead.Serving.Predict;
using Fairlead.Statistics.Assignment;

namespace Fairlead.Serving.Protocols.OpenInference.Grpc;

/// <summary>
/// Hashes the values that can be a unit of assignment. A number is hashed as its shortest decimal text, so that 17
/// is the same unit in a parameter, in a tensor and in JSON.
/// </summary>
internal static class UnitElements
{
    /// <summary>Hashes a parameter; false for a bool, an empty text and a very long one.</summary>
    public static bool TryHash(InferParameter parameter, out ulong hash)
    {
        var text = TextOf(parameter);
        hash = 0;
        if (text.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(text) > RequestLimits.MaxUnitBytes)
            return false;
        hash = UnitHash.Of(text.AsSpan());
        return true;
    }

    /// <summary>A parameter as text; empty for a bool.</summary>
    public static string TextOf(InferParameter parameter) => parameter.ParameterChoiceCase switch
    {
        InferParameter.ParameterChoiceOneofCase.StringParam => parameter.StringParam,
        InferParameter.ParameterChoiceOneofCase.Int64Param =>
            parameter.Int64Param.ToString(CultureInfo.InvariantCulture),
        InferParameter.ParameterChoiceOneofCase.Uint64Param =>
            parameter.Uint64Param.ToString(CultureInfo.InvariantCulture),
        InferParameter.ParameterChoiceOneofCase.DoubleParam =>
            parameter.DoubleParam.ToString("R", CultureInfo.InvariantCulture),
        _ => "",
    };

    /// <summary>Hashes a tensor's elements, which must agree: all rows of a request go to one arm.</summary>
    public static bool TryHash(Tensor tensor, string name, out ulong hash)
    {
        hash = 0;
        var found = false;
        for (var i = 0; i < tensor.ElementCount; i++)
        {
            if (!TryHashElement(tensor, i, out var element))
                continue;
            if (found && element != hash)
            {
                throw new RequestException(PredictFailure.InvalidInput,
                    $"The rows belong to different units (input '{name}', element {i}); send the rows of each unit in "
                    + "a request of their own.");
            }

            hash = element;
            found = true;
        }

        return found;
    }

    private static bool TryHashElement(Tensor tensor, int at, out ulong hash)
    {
        Span<byte> text = stackalloc byte[32];
        hash = 0;
        int length;
        switch (tensor.Type)
        {
            case ElementType.String:
                var element = tensor.StringAt(at);
                if (element.Length is 0 or > RequestLimits.MaxUnitBytes)
                    return false;
                hash = UnitHash.Of(element);
                return true;
            case ElementType.Float32:
                Utf8Formatter.TryFormat(tensor.As<float>()[at], text, out length);
                break;
            case ElementType.Float64:
                Utf8Formatter.TryFormat(tensor.As<double>()[at], text, out length);
                break;
            case ElementType.UInt64:
                Utf8Formatter.TryFormat(tensor.As<ulong>()[at], text, out length);
                break;
            case ElementType.Bool or ElementType.Float16 or ElementType.BFloat16:
                return false;
            default:
                Utf8Formatter.TryFormat(Integer(tensor, at), text, out length);
                break;
        }

        hash = UnitHash.Of(text[..length]);
        return true;
    }

    private static long Integer(Tensor tensor, int at) => tensor.Type switch
    {
        ElementType.Int64 => tensor.As<long>()[at],
        ElementType.Int32 => tensor.As<int>()[at],
        ElementType.Int16 => tensor.As<short>()[at],
        ElementType.Int8 => tensor.As<sbyte>()[at],
        ElementType.UInt32 => tensor.As<uint>()[at],
        ElementType.UInt16 => tensor.As<ushort>()[at],
        _ => tensor.Bytes[at],
    };
}
