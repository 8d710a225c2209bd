using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.TestModels;

/// <summary>Tensors of unusual shapes, numbers and names.</summary>
internal static class ShapeModels
{
    public static IEnumerable<TestModel> All() =>
    [
        SequenceLength(), Scalars(), MaybeEmpty(), ManyOutputs(), Constant(), NoInputs(), OddNames(), Division(),
        Range(), Lookup(),
    ];

    private static TestModel SequenceLength()
    {
        var table = Arithmetic.Weights(15, 6 * 2);
        var model = new OnnxModelBuilder("shape_sequence_length");
        var graph = model.Graph
            .Input("tokens", ElementType.Int64, "batch", "length")
            .Output("states", ElementType.Float, "batch", "length", 2)
            .Output("pooled", ElementType.Float, "batch", 2);
        graph.Node("Gather", [graph.Initializer("table", table, 6, 2), "tokens"], "states").With("axis", 0);
        graph.Node("ReduceMean", ["states", graph.Initializer("axes", [1L], 1)], "pooled").With("keepdims", 0);

        long[] tokens = [0, 1, 2, 5, 5, 3];
        float[] states = [.. tokens.SelectMany(token => table[(int)(token * 2)..(int)((token * 2) + 2)])];
        var pooled = new float[4];
        for (var i = 0; i < states.Length; i++)
            pooled[(i / 6 * 2) + (i % 2)] += states[i] / 3;

        return new TestModel("shape_sequence_length.onnx", "token embeddings",
            "two free dimensions: rows can be joined only when their lengths are equal", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [("tokens", Tensor.Of(tokens, 2, 3))],
                    [("states", Tensor.Of(states, 2, 3, 2)), ("pooled", Tensor.Of(pooled, 2, 2))]),
            ],
        };
    }

    private static TestModel Scalars()
    {
        var model = new OnnxModelBuilder("shape_scalar");
        var graph = model.Graph
            .Input("x", ElementType.Float, "N").Input("factor", ElementType.Float).Output("sum", ElementType.Float);
        graph.Node("ReduceSum", [graph.Node("Mul", ["x", "factor"])], "sum").With("keepdims", 0);

        return new TestModel("shape_scalar.onnx", "scalar in, scalar out", "tensors without dimensions", model)
        {
            Examples =
            [
                new Example(
                    [("x", Tensor.Of([1f, 2, 3], 3)), ("factor", Tensor.Of([10f]))], [("sum", Tensor.Of([60f]))]),
            ],
        };
    }

    private static TestModel MaybeEmpty()
    {
        var model = new OnnxModelBuilder("shape_maybe_empty");
        var graph = model.Graph.Input("x", ElementType.Float, "N").Output("positive", ElementType.Float, "M");
        var keep = graph.Node("Greater", ["x", graph.Initializer("zero", [0f])]);
        graph.Node("Compress", ["x", keep], "positive").With("axis", 0);

        return new TestModel("shape_maybe_empty.onnx", "filter", "an answer of length zero", model)
        {
            Batchable = false,
            Examples =
            [
                new Example([("x", Tensor.Of([-1f, -2], 2))], [("positive", Tensor.Of<float>([], 0))]),
                new Example([("x", Tensor.Of([-1f, 2], 2))], [("positive", Tensor.Of([2f], 1))]),
            ],
        };
    }

    private static TestModel ManyOutputs()
    {
        var model = new OnnxModelBuilder("shape_many_outputs");
        var graph = model.Graph
            .Input("x", ElementType.Float, "N", 3)
            .Output("largest", ElementType.Float, "N", 2)
            .Output("places", ElementType.Int64, "N", 2)
            .Output("any_negative", ElementType.Bool, "N", 1)
            .Output("rows", ElementType.Int64, 2);
        graph.Node("TopK", ["x", graph.Initializer("k", [2L], 1)], "largest", "places");
        var axes = graph.Initializer("axes", [1L], 1);
        var least = graph.Node("ReduceMin", ["x", axes]).With("keepdims", 1);
        graph.Node("Less", [least, graph.Initializer("zero", [0f])], "any_negative");
        graph.Node("Shape", ["x"], "rows");

        return new TestModel("shape_many_outputs.onnx", "four outputs",
            "different types and ranks; one output does not belong to the rows", model)
        {
            Batchable = false,
            Examples =
            [
                new Example(
                    [("x", Tensor.Of([1f, 3, 2, -1, -3, -2], 2, 3))],
                    [
                        ("largest", Tensor.Of([3f, 2, -1, -2], 2, 2)),
                        ("places", Tensor.Of([1L, 2, 0, 2], 2, 2)),
                        ("any_negative", Tensor.Of([false, true], 2, 1)),
                        ("rows", Tensor.Of([2L, 3], 2)),
                    ]),
            ],
        };
    }

    private static TestModel Constant()
    {
        var model = new OnnxModelBuilder("shape_constant", opset: 13, irVersion: 7);
        var graph = model.Graph.Input("x", ElementType.Float, "N").Output("y", ElementType.Float, "N");
        var two = graph.Node("Constant", []).With("value", OnnxTensor.Create<float>("", [2f]));
        var one = graph.Node("Constant", []).With("value_float", 1f);
        graph.Node("Add", [graph.Node("Mul", ["x", two]), one], "y");

        return new TestModel("shape_constant.onnx", "constants as nodes",
            "no initializers; an older operator set", model)
        {
            Batchable = true,
            Examples = [new Example([("x", Tensor.Of([1f, -1], 2))], [("y", Tensor.Of([3f, -1], 2))])],
        };
    }

    private static TestModel NoInputs()
    {
        var model = new OnnxModelBuilder("shape_no_inputs").Metadata("purpose", "answers without being asked");
        var graph = model.Graph.Output("answer", ElementType.Int32, 2);
        graph.Node("Constant", [], "answer").With("value", OnnxTensor.Create<int>("", [4, 2], 2));

        return new TestModel("shape_no_inputs.onnx", "no inputs", "a call without tensors", model)
        {
            Examples = [new Example([], [("answer", Tensor.Of([4, 2], 2))])],
        };
    }

    private static TestModel OddNames()
    {
        var model = new OnnxModelBuilder("shape_odd_names");
        var graph = model.Graph.Input("größe:0", ElementType.Float, "N").Output("a/b c", ElementType.Float, "N");
        graph.Node("Neg", ["größe:0"], "a/b c");

        return new TestModel("shape_odd_names.onnx", "odd names",
            "names with a colon, a slash, a space and letters beyond ASCII", model)
        {
            Batchable = true,
            Examples = [new Example([("größe:0", Tensor.Of([1.5f], 1))], [("a/b c", Tensor.Of([-1.5f], 1))])],
        };
    }

    private static TestModel Division()
    {
        var model = new OnnxModelBuilder("shape_division");
        var graph = model.Graph
            .Input("a", ElementType.Float, "N")
            .Input("b", ElementType.Float, "N")
            .Output("ratio", ElementType.Float, "N");
        graph.Node("Div", ["a", "b"], "ratio");

        return new TestModel("shape_division.onnx", "division", "answers that are NaN and infinite", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [("a", Tensor.Of([1f, -1, 0, 3], 4)), ("b", Tensor.Of([0f, 0, 0, 2], 4))],
                    [("ratio", Tensor.Of([float.PositiveInfinity, float.NegativeInfinity, float.NaN, 1.5f], 4))]),
            ],
        };
    }

    private static TestModel Range()
    {
        var model = new OnnxModelBuilder("shape_range");
        var graph = model.Graph.Input("count", ElementType.Int64).Output("numbers", ElementType.Int64, "count");
        graph.Node("Range", [graph.Initializer("start", [0L]), "count", graph.Initializer("step", [1L])], "numbers");

        return new TestModel("shape_range.onnx", "range", "an answer as large as the caller asks for", model)
        {
            Examples = [new Example([("count", Tensor.Of([3L]))], [("numbers", Tensor.Of([0L, 1, 2], 3))])],
        };
    }

    private static TestModel Lookup()
    {
        var model = new OnnxModelBuilder("shape_lookup");
        var graph = model.Graph.Input("index", ElementType.Int64, "N").Output("value", ElementType.Float, "N");
        graph.Node("Gather", [graph.Initializer("table", [10f, 20f, 30f], 3), "index"], "value");

        return new TestModel("shape_lookup.onnx", "look-up", "fails at run time when an index is beyond 2", model)
        {
            Batchable = true,
            Examples = [new Example([("index", Tensor.Of([2L, 0], 2))], [("value", Tensor.Of([30f, 10], 2))])],
        };
    }
}
