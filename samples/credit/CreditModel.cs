using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.Samples.Credit;

/// <summary>What training gives: a model in the training library, and the same model as ONNX.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="Trainer">The method, in words.</param>
/// <param name="Parameters">The settings of the training.</param>
/// <param name="ProbabilitiesOfBad">Asks the training library.</param>
/// <param name="Onnx">The graph with the outputs of <see cref="AddOutputs"/>.</param>
public sealed record CreditModel(
    string Name,
    string Trainer,
    IReadOnlyDictionary<string, double> Parameters,
    Func<IReadOnlyList<Applicant>, float[]> ProbabilitiesOfBad,
    OnnxModelBuilder Onnx)
{
    public static IReadOnlyList<string> Classes { get; } = ["good", "bad"];

    /// <summary>
    /// Ends a graph: from the logit of "bad", <c>[N,1]</c>, to <c>probabilities</c> in the order of
    /// <see cref="Classes"/> and the <c>label</c> that is more probable.
    /// </summary>
    public static void AddOutputs(OnnxGraphBuilder graph, string logit)
    {
        var bad = graph.Node("Sigmoid", [logit]);
        var good = graph.Node("Sub", [graph.Initializer("certain", [1f]), bad]);
        graph.Node("Concat", [good, bad], "probabilities").With("axis", 1);
        var best = graph.Node("ArgMax", ["probabilities"]).With("axis", 1).With("keepdims", 0);
        graph.Node(OnnxModelBuilder.MachineLearning, "LabelEncoder", [best], "label")
            .With("keys_int64s", [0L, 1L])
            .With("values_strings", Classes);
        graph.Output("label", ElementType.String, "N").Output("probabilities", ElementType.Float, "N", 2);
    }
}
