using Fairlead.Core.Endpoints;
using Fairlead.Core.Models;
using Fairlead.Inference.Tensors;

namespace Fairlead.Serving.Records;

/// <summary>
/// What an endpoint's <c>log:</c> says of each field, for what is kept of requests in another form than records. An
/// element is kept no better than the tensor that it is part of.
/// </summary>
/// <param name="log">What the endpoint says; null: it says nothing, and everything is kept.</param>
/// <param name="key">The key of hashes; null where there is none now: what would be hashed is redacted.</param>
internal sealed class TreatedFields(LogSpec? log, byte[]? key)
{
    /// <summary>In place of a value that is not kept.</summary>
    public const string Redacted = "(redacted)";

    /// <summary>What becomes of one element of a row.</summary>
    public FieldTreatment Of(TensorSpec spec, int element)
    {
        if (log is null)
            return FieldTreatment.Keep;
        var treatment = log.Treatment(spec.Name);
        if (!spec.Fields.IsDefaultOrEmpty)
        {
            var field = log.Treatment(spec.Fields[element % spec.Fields.Length]);
            treatment = (FieldTreatment)Math.Max((int)treatment, (int)field);
        }

        return treatment == FieldTreatment.Hash && key is null ? FieldTreatment.Redact : treatment;
    }

    /// <summary>The tensor as a whole is not kept.</summary>
    public bool Omits(TensorSpec spec) => log?.Treatment(spec.Name) == FieldTreatment.Omit;

    /// <summary>The hash of an element, the same as records have of it.</summary>
    public string HashOf(Tensor tensor, int index)
    {
        Span<byte> hash = stackalloc byte[KeyedHash.Length];
        if (tensor.Type == ElementType.String)
        {
            KeyedHash.Write(key!, tensor.StringAt(index), hash);
        }
        else
        {
            Span<byte> text = stackalloc byte[64];
            KeyedHash.Write(key!, text[..RecordEncoder.TextOf(tensor, index, text)], hash);
        }

        return Convert.ToHexStringLower(hash);
    }
}
