using System.Collections.Immutable;
using System.Text.Json;
using Fairlead.Core.Models;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.Inference.Runtimes.Onnx;

/// <summary>Reads what a session takes and gives.</summary>
internal static class OnnxSignature
{
    /// <summary>
    /// Metadata key of an ONNX file that names the columns of a matrix input: a JSON array of strings, under
    /// <c>fairlead.fields.INPUT</c> or, for a model with one input, under <c>feature_names</c>.
    /// </summary>
    private const string FieldsKey = "fairlead.fields.";

    /// <summary>
    /// Reads the signature; throws <see cref="ModelLoadException"/> for inputs and outputs that cannot be served.
    /// </summary>
    public static Signature Read(InferenceSession session)
    {
        var metadata = session.ModelMetadata.CustomMetadataMap;
        var inputs = ImmutableArray.CreateBuilder<TensorSpec>();
        foreach (var name in session.InputNames)
            inputs.Add(Input(name, session.InputMetadata[name], metadata, session.InputNames.Count == 1));
        var overridable = session.OverridableInitializerMetadata;
        foreach (var (name, node) in overridable.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            inputs.Add(Input(name, node, metadata, alone: false) with { Optional = true });

        var outputs = ImmutableArray.CreateBuilder<TensorSpec>();
        foreach (var name in session.OutputNames)
            AddOutput(outputs, name, session.OutputMetadata[name]);
        return new Signature(inputs.ToImmutable(), outputs.ToImmutable());
    }

    private static TensorSpec Input(
        string name, NodeMetadata node, Dictionary<string, string> metadata, bool alone)
    {
        var optional = node.OnnxValueType == OnnxValueType.ONNX_TYPE_OPTIONAL;
        var inner = optional ? node.AsOptionalMetadata().ElementMeta : node;
        if (inner.OnnxValueType != OnnxValueType.ONNX_TYPE_TENSOR)
        {
            throw new ModelLoadException(
                $"The input '{name}' is a {Describe(inner)}; only tensors can be taken as inputs. "
                + "Convert the model so that it takes tensors.");
        }

        return Tensor($"input '{name}'", name, inner) with
        {
            Optional = optional,
            Fields = Fields(name, metadata, alone),
        };
    }

    private static void AddOutput(ImmutableArray<TensorSpec>.Builder outputs, string name, NodeMetadata node)
    {
        var optional = node.OnnxValueType == OnnxValueType.ONNX_TYPE_OPTIONAL;
        var inner = optional ? node.AsOptionalMetadata().ElementMeta : node;
        if (inner.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR)
        {
            outputs.Add(Tensor($"output '{name}'", name, inner));
            return;
        }

        if (inner.OnnxValueType != OnnxValueType.ONNX_TYPE_SEQUENCE)
            throw new ModelLoadException($"The output '{name}' is a {Describe(inner)}, which no protocol carries.");

        var element = inner.AsSequenceMetadata().ElementMeta;
        if (element.OnnxValueType == OnnxValueType.ONNX_TYPE_MAP)
        {
            var map = element.AsMapMetadata();
            var scores = Type(map.ValueMetadata.ElementDataType, $"output '{name}'");
            var keys = Type(map.KeyDataType, $"output '{name}'");
            if (scores == ElementType.String)
                throw new ModelLoadException($"The output '{name}' maps to strings, which no protocol carries.");

            outputs.Add(new TensorSpec(name, scores, [-1, -1]) { Kind = ValueKind.MapScores });
            outputs.Add(new TensorSpec(name + ".keys", keys, [-1]) { Kind = ValueKind.MapKeys });
        }
        else if (element.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR)
        {
            var item = Tensor($"output '{name}'", name, element);
            ImmutableArray<long> shape = [-1, .. item.Shape.Skip(1)];
            outputs.Add(item with { Shape = shape, DimensionNames = [], Kind = ValueKind.SequenceItems });
            outputs.Add(
                new TensorSpec(name + ".lengths", ElementType.Int64, [-1]) { Kind = ValueKind.SequenceLengths });
        }
        else
        {
            throw new ModelLoadException(
                $"The output '{name}' is a sequence of {Describe(element)}, which no protocol carries.");
        }
    }

    private static TensorSpec Tensor(string where, string name, NodeMetadata node)
    {
        var type = Type(node.ElementDataType, where);
        if (node.Dimensions.Length > Tensors.Tensor.MaxRank)
        {
            throw new ModelLoadException(
                $"The {where} has {node.Dimensions.Length} dimensions; at most {Tensors.Tensor.MaxRank} are carried.");
        }

        return new TensorSpec(name, type, [.. node.Dimensions.Select(dimension => (long)dimension)])
        {
            DimensionNames = [.. node.SymbolicDimensions],
        };
    }

    private static ElementType Type(Microsoft.ML.OnnxRuntime.Tensors.TensorElementType type, string where) =>
        OnnxTypes.From(type)
        ?? throw new ModelLoadException($"The {where} has elements of type {type}, which no protocol carries.");

    private static ImmutableArray<string> Fields(string input, Dictionary<string, string> metadata, bool alone)
    {
        if (metadata.TryGetValue(FieldsKey + input, out var ours))
        {
            return ParseFields(ours) ?? throw new ModelLoadException(
                $"The model's metadata names the fields of '{input}' with something that is no JSON array of strings.");
        }

        // Other programs write this key too, and not always as JSON; then the columns simply have no names.
        return alone && metadata.TryGetValue("feature_names", out var common) ? ParseFields(common) ?? [] : [];
    }

    private static ImmutableArray<string>? ParseFields(string json)
    {
        try
        {
            var fields = JsonSerializer.Deserialize<string?[]>(json);
            return fields is null || fields.Contains(null) ? null : [.. fields!];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Describe(NodeMetadata node) =>
        node.OnnxValueType.ToString().Replace("ONNX_TYPE_", "", StringComparison.Ordinal).ToLowerInvariant();
}
