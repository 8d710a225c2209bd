using System.Runtime.InteropServices;
using Fairlead.Core.Models;

namespace Fairlead.Serving.Protocols.OpenInference.Rest;

/// <summary>One input of a request: what was said of it, and where its data lies.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct InputPart()
{
    public const int None = -1;

    /// <summary>Negative length: not said.</summary>
    public JsonText Name = new(0, None, Escaped: false);

    public ElementType Type;

    public bool HasType;

    /// <summary>Where its dimensions begin among those of all inputs.</summary>
    public int ShapeAt;

    /// <summary>Number of dimensions.</summary>
    public int Rank = None;

    /// <summary>Product of the dimensions.</summary>
    public int Count;

    /// <summary>Where its JSON array begins.</summary>
    public int DataAt = None;

    public int DataLength;

    /// <summary>Bytes behind the JSON that are its data.</summary>
    public int BinarySize = None;

    public int BinaryAt;

    public readonly bool IsBinary => BinarySize >= 0;
}

/// <summary>One output that a request asks for.</summary>
/// <param name="Name">Negative length: not said.</param>
/// <param name="Binary">How it is wanted; null: as the request says for all.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct OutputPart(JsonText Name, bool? Binary);
