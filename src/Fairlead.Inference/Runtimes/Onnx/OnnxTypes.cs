using Fairlead.Core.Models;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Fairlead.Inference.Runtimes.Onnx;

/// <summary>The two names of each element type: ours and ONNX Runtime's.</summary>
internal static class OnnxTypes
{
    /// <summary>Our name of the library's type; null for the few types that no protocol carries.</summary>
    public static ElementType? From(TensorElementType type) => type switch
    {
        TensorElementType.Bool => ElementType.Bool,
        TensorElementType.UInt8 => ElementType.UInt8,
        TensorElementType.UInt16 => ElementType.UInt16,
        TensorElementType.UInt32 => ElementType.UInt32,
        TensorElementType.UInt64 => ElementType.UInt64,
        TensorElementType.Int8 => ElementType.Int8,
        TensorElementType.Int16 => ElementType.Int16,
        TensorElementType.Int32 => ElementType.Int32,
        TensorElementType.Int64 => ElementType.Int64,
        TensorElementType.Float16 => ElementType.Float16,
        TensorElementType.BFloat16 => ElementType.BFloat16,
        TensorElementType.Float => ElementType.Float32,
        TensorElementType.Double => ElementType.Float64,
        TensorElementType.String => ElementType.String,
        _ => null,
    };

    /// <summary>The library's name of our type.</summary>
    public static TensorElementType To(ElementType type) => type switch
    {
        ElementType.Bool => TensorElementType.Bool,
        ElementType.UInt8 => TensorElementType.UInt8,
        ElementType.UInt16 => TensorElementType.UInt16,
        ElementType.UInt32 => TensorElementType.UInt32,
        ElementType.UInt64 => TensorElementType.UInt64,
        ElementType.Int8 => TensorElementType.Int8,
        ElementType.Int16 => TensorElementType.Int16,
        ElementType.Int32 => TensorElementType.Int32,
        ElementType.Int64 => TensorElementType.Int64,
        ElementType.Float16 => TensorElementType.Float16,
        ElementType.BFloat16 => TensorElementType.BFloat16,
        ElementType.Float32 => TensorElementType.Float,
        ElementType.Float64 => TensorElementType.Double,
        ElementType.String => TensorElementType.String,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };
}
