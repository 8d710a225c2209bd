namespace Fairlead.Core.Models;

/// <summary>The type of a tensor's elements, under the names that the Open Inference Protocol gives them.</summary>
public enum ElementType
{
    Bool,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Int8,
    Int16,
    Int32,
    Int64,
    Float16,
    BFloat16,
    Float32,
    Float64,

    /// <summary>A byte string per element, UTF-8 by convention (<c>BYTES</c> on the wire).</summary>
    String,
}

/// <summary>What is known of each <see cref="ElementType"/>.</summary>
public static class ElementTypes
{
    private static readonly string[] WireNames =
    [
        "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "BF16",
        "FP32", "FP64", "BYTES",
    ];

    private static readonly int[] Sizes = [1, 1, 2, 4, 8, 1, 2, 4, 8, 2, 2, 4, 8, 0];

    /// <summary>Bytes of one element; 0 for <see cref="ElementType.String"/>, whose elements vary.</summary>
    public static int Size(this ElementType type) => Sizes[(int)type];

    /// <summary>The name on the wire, such as <c>FP32</c>.</summary>
    public static string WireName(this ElementType type) => WireNames[(int)type];

    /// <summary>Reads a name of the wire; false when it is none.</summary>
    public static bool TryParse(ReadOnlySpan<char> wireName, out ElementType type)
    {
        for (var i = 0; i < WireNames.Length; i++)
        {
            if (wireName.SequenceEqual(WireNames[i]))
            {
                type = (ElementType)i;
                return true;
            }
        }

        type = default;
        return false;
    }
}
