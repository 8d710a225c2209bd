using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.TestModels;

/// <summary>Models that may run in batches, and models that only look as if they might.</summary>
internal static class BatchModels
{
    private static readonly float[] First = Arithmetic.Weights(9, 4 * 8);
    private static readonly float[] Second = Arithmetic.Weights(10, 8 * 3);
    private static readonly float[] Bias = Arithmetic.Weights(11, 8);

    public static IEnumerable<TestModel> All() =>
        [Perceptron(), OneRow(), OneRowInDisguise(), Standardising(), Reversing(), Cumulative(), TimeMajor()];

    private static TestModel Perceptron()
    {
        var model = new OnnxModelBuilder("batch_mlp");
        AddLayers(model.Graph.Input("x", ElementType.Float, "batch", 4).Output("y", ElementType.Float, "batch", 3));

        var rows = Arithmetic.Weights(12, 5 * 4);
        return new TestModel("batch_mlp.onnx", "dense layers", "any number of rows, also none", model)
        {
            Batchable = true,
            Examples =
            [
                new Example([("x", Tensor.Of(rows, 5, 4))], [("y", Tensor.Of(Layers(rows), 5, 3))]),
                new Example([("x", Tensor.Of(rows[..4], 1, 4))], [("y", Tensor.Of(Layers(rows[..4]), 1, 3))]),
                new Example([("x", Tensor.Of<float>([], 0, 4))], [("y", Tensor.Of<float>([], 0, 3))]),
            ],
        };
    }

    private static TestModel OneRow()
    {
        var model = new OnnxModelBuilder("batch_fixed");
        AddLayers(model.Graph.Input("x", ElementType.Float, 1, 4).Output("y", ElementType.Float, 1, 3));

        var row = Arithmetic.Weights(13, 4);
        return new TestModel("batch_fixed.onnx", "dense layers, one row", "the batch is fixed at 1", model)
        {
            Batchable = false,
            Examples = [new Example([("x", Tensor.Of(row, 1, 4))], [("y", Tensor.Of(Layers(row), 1, 3))])],
        };
    }

    private static TestModel OneRowInDisguise()
    {
        var model = new OnnxModelBuilder("batch_fixed_inside");
        var graph = model.Graph.Input("x", ElementType.Float, "N", 4).Output("y", ElementType.Float, "N", 2);
        var row = graph.Node("Reshape", ["x", graph.Initializer("one", [1L, 4L], 2)]);
        graph.Node("MatMul", [row, graph.Initializer("weight", First[..8], 4, 2)], "y");

        var x = Arithmetic.Weights(14, 4);
        var y = Arithmetic.Narrow(Arithmetic.MatMul(Arithmetic.Wide(x), First[..8], 4));
        return new TestModel("batch_fixed_inside.onnx", "one row inside",
            "promises a free batch, fails on two rows", model)
        {
            Batchable = false,
            Examples = [new Example([("x", Tensor.Of(x, 1, 4))], [("y", Tensor.Of(y, 1, 2))])],
        };
    }

    private static TestModel Standardising()
    {
        var model = new OnnxModelBuilder("batch_standardising");
        var graph = model.Graph.Input("x", ElementType.Float, "N", 2).Output("y", ElementType.Float, "N", 2);
        var mean = graph.Node("ReduceMean", ["x", graph.Initializer("axis", [0L], 1)]).With("keepdims", 1);
        graph.Node("Sub", ["x", mean], "y");

        return new TestModel("batch_standardising.onnx", "centred over the batch",
            "a row's answer depends on the other rows", model)
        {
            Batchable = false,
            Examples =
            [
                new Example(
                    [("x", Tensor.Of([1f, 10, 3, 50], 2, 2))], [("y", Tensor.Of([-1f, -20, 1, 20], 2, 2))]),
                new Example([("x", Tensor.Of([1f, 10], 1, 2))], [("y", Tensor.Of([0f, 0], 1, 2))]),
            ],
        };
    }

    private static TestModel Reversing()
    {
        var model = new OnnxModelBuilder("batch_reversing");
        var graph = model.Graph.Input("x", ElementType.Float, "N", 2).Output("y", ElementType.Float, "N", 2);
        graph.Node("Slice",
            [
                "x",
                graph.Initializer("starts", [-1L], 1),
                graph.Initializer("ends", [long.MinValue], 1),
                graph.Initializer("axes", [0L], 1),
                graph.Initializer("steps", [-1L], 1),
            ],
            "y");

        return new TestModel("batch_reversing.onnx", "rows in reverse", "answers come back in another order", model)
        {
            Batchable = false,
            Examples =
            [
                new Example(
                    [("x", Tensor.Of([1f, 2, 3, 4, 5, 6], 3, 2))], [("y", Tensor.Of([5f, 6, 3, 4, 1, 2], 3, 2))]),
            ],
        };
    }

    private static TestModel Cumulative()
    {
        var model = new OnnxModelBuilder("batch_cumulative");
        var graph = model.Graph.Input("x", ElementType.Float, "N", 1).Output("y", ElementType.Float, "N", 1);
        graph.Node("CumSum", ["x", graph.Initializer("axis", [0L])], "y");

        return new TestModel("batch_cumulative.onnx", "running sum",
            "the first row of a batch is right, the others depend on those before", model)
        {
            Batchable = false,
            Examples = [new Example([("x", Tensor.Of([1f, 2, 4], 3, 1))], [("y", Tensor.Of([1f, 3, 7], 3, 1))])],
        };
    }

    private static TestModel TimeMajor()
    {
        var model = new OnnxModelBuilder("batch_second");
        var graph = model.Graph.Input("x", ElementType.Float, "time", "batch").Output("y", ElementType.Float, "batch");
        graph.Node("ReduceSum", ["x", graph.Initializer("axis", [0L], 1)], "y").With("keepdims", 0);

        return new TestModel("batch_second.onnx", "time first, batch second",
            "the first dimension of the input is not the batch", model)
        {
            Batchable = false,
            Examples =
            [
                new Example([("x", Tensor.Of([1f, 2, 10, 20, 100, 200], 3, 2))], [("y", Tensor.Of([111f, 222], 2))]),
            ],
        };
    }

    private static void AddLayers(OnnxGraphBuilder graph)
    {
        var hidden = graph.Node("Gemm",
            ["x", graph.Initializer("first", First, 4, 8), graph.Initializer("bias", Bias, 8)]);
        var logits = graph.Node("MatMul", [graph.Node("Relu", [hidden]), graph.Initializer("second", Second, 8, 3)]);
        graph.Node("Softmax", [logits], "y").With("axis", -1);
    }

    private static float[] Layers(float[] rows)
    {
        var hidden = Arithmetic.Relu(Arithmetic.AddToRows(Arithmetic.MatMul(Arithmetic.Wide(rows), First, 4), Bias));
        return Arithmetic.Narrow(Arithmetic.Softmax(Arithmetic.MatMul(hidden, Second, 8), 3));
    }
}
