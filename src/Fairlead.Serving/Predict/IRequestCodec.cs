using System.Buffers;
using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;

namespace Fairlead.Serving.Predict;

/// <summary>
/// A protocol's half of the pipeline: it holds one request in the form in which it arrived, and is asked for tensors
/// once it is known which version answers. Kept and used again by its door.
/// </summary>
public interface IRequestCodec
{
    /// <summary>
    /// Finds the unit of assignment. False when the request has none; the stable variant answers then. Throws
    /// <see cref="RequestException"/> when the request names several.
    /// </summary>
    bool TryReadUnit(UnitRule rule, out ulong unitHash);

    /// <summary>
    /// Copies the text of a unit that stands beside the inputs, in a header or a parameter. Returns its bytes in UTF-8;
    /// 0 when it is not there, or longer than there is room.
    /// </summary>
    int CopyUnit(UnitRule rule, Span<byte> utf8) => 0;

    /// <summary>
    /// Writes the request's inputs into tensors, in the order of the signature. Throws <see cref="RequestException"/>.
    /// </summary>
    void ReadInputs(Signature signature, TensorSet inputs);

    /// <summary>Writes the answer's body.</summary>
    void WriteAnswer(PredictCall call, IBufferWriter<byte> body);
}
