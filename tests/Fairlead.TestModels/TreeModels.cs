using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.TestModels;

internal static class TreeModels
{
    private static readonly float[] Rows = [1, 10, 3, 10, 2, -4, 7, 0.5f];

    public static IEnumerable<TestModel> All() => [Classifier(), Regressor()];

    private static TestModel Classifier()
    {
        var model = new OnnxModelBuilder("tree_classifier").WithMachineLearning();
        var graph = model.Graph
            .Input("x", ElementType.Float, "N", 2)
            .Output("label", ElementType.String, "N")
            .Output("probabilities", ElementType.Float, "N", 3);
        new OnnxTreeEnsemble()
            .BeginTree().Branch(0, 0, 2f, 1, 2).Leaf(1, 0.5f, 0.25f, 0).Leaf(2, 0, 0.125f, 0.75f)
            .BeginTree().Branch(0, 1, 5f, 1, 2).Branch(1, 0, 5f, 3, 4).Leaf(2, 0.125f, 0.25f, 0)
            .Leaf(3, 0.25f, 0, 0.125f).Leaf(4, 0, 0.5f, 0.25f)
            .AddClassifier(graph, "x", "label", "probabilities", "SOFTMAX")
            .With("classlabels_strings", ["low", "middle", "high"]);

        var scores = Rows.Chunk(2).Select(row =>
        {
            double[] first = row[0] <= 2 ? [0.5, 0.25, 0] : [0, 0.125, 0.75];
            double[] second = row[1] > 5 ? [0.125, 0.25, 0] : row[0] <= 5 ? [0.25, 0, 0.125] : [0, 0.5, 0.25];
            return Arithmetic.Softmax([.. first.Zip(second, (a, b) => a + b)], 3);
        }).ToArray();
        string[] labels = [.. scores.Select(row => new[] { "low", "middle", "high" }[Arithmetic.ArgMax(row)])];

        return new TestModel("tree_classifier.onnx", "tree ensemble, classifier",
            "three classes with string labels, probabilities as a plain tensor", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [("x", Tensor.Of(Rows, 4, 2))],
                    [
                        ("label", Tensor.Of(labels, 4)),
                        ("probabilities", Tensor.Of(Arithmetic.Narrow([.. scores.SelectMany(row => row)]), 4, 3)),
                    ]),
            ],
        };
    }

    private static TestModel Regressor()
    {
        var model = new OnnxModelBuilder("tree_regressor").WithMachineLearning();
        var graph = model.Graph.Input("x", ElementType.Float, "N", 2).Output("y", ElementType.Float, "N", 1);
        new OnnxTreeEnsemble()
            .BeginTree().Branch(0, 0, 2f, 1, 2).Leaf(1, -1f).Leaf(2, 4f)
            .BeginTree().Branch(0, 1, 0.5f, 1, 2).Leaf(1, 0.25f).Leaf(2, 0.75f)
            .AddRegressor(graph, "x", targets: 1, baseValues: [100f], output: "y");

        float[] y = [.. Rows.Chunk(2).Select(row => 100 + (row[0] <= 2 ? -1 : 4) + (row[1] <= 0.5f ? 0.25f : 0.75f))];
        return new TestModel("tree_regressor.onnx", "tree ensemble, regressor",
            "sum of trees and a base value; a row on the threshold", model)
        {
            Batchable = true,
            Examples = [new Example([("x", Tensor.Of(Rows, 4, 2))], [("y", Tensor.Of(y, 4, 1))])],
        };
    }
}
