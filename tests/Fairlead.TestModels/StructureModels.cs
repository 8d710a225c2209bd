using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.TestModels;

/// <summary>Values that are no plain tensors, and models that are more than one graph in one file.</summary>
internal static class StructureModels
{
    private const string Ml = OnnxModelBuilder.MachineLearning;

    public static IEnumerable<TestModel> All() =>
        [SequenceOut(), SequenceIn(), MapIn(), OptionalIn(), Overridable(), External(), LocalFunction()];

    private static TestModel SequenceOut()
    {
        var model = new OnnxModelBuilder("structure_sequence_out");
        var graph = model.Graph
            .Input("x", ElementType.Float, "N", 2)
            .Output("parts", OnnxType.Sequence(OnnxType.Tensor(ElementType.Float, "M", 2)));
        graph.Node("SplitToSequence", ["x", graph.Initializer("split", [2L])], "parts").With("axis", 0);

        return new TestModel("structure_sequence_out.onnx", "sequence out",
            "a sequence of tensors of unequal length", model)
        {
            Batchable = false,
            Examples =
            [
                new Example(
                    [("x", Tensor.Of([1f, 2, 3, 4, 5, 6], 3, 2))],
                    [("parts", new Sequence(Tensor.Of([1f, 2, 3, 4], 2, 2), Tensor.Of([5f, 6], 1, 2)))]),
            ],
        };
    }

    private static TestModel SequenceIn()
    {
        var model = new OnnxModelBuilder("structure_sequence_in");
        var graph = model.Graph
            .Input("parts", OnnxType.Sequence(OnnxType.Tensor(ElementType.Int64, "M")))
            .Output("joined", ElementType.Int64, "N");
        graph.Node("ConcatFromSequence", ["parts"], "joined").With("axis", 0);

        return new TestModel("structure_sequence_in.onnx", "sequence in", "a sequence of tensors as an input", model)
        {
            Examples =
            [
                new Example(
                    [("parts", new Sequence(Tensor.Of([1L, 2], 2), Tensor.Of([3L], 1)))],
                    [("joined", Tensor.Of([1L, 2, 3], 3))]),
            ],
        };
    }

    private static TestModel MapIn()
    {
        var model = new OnnxModelBuilder("structure_map_in").WithMachineLearning();
        var graph = model.Graph
            .Input("features", OnnxType.Map(ElementType.String, OnnxType.Tensor(ElementType.Float)))
            .Output("vector", ElementType.Float, 1, 3);
        graph.Node(Ml, "DictVectorizer", ["features"], "vector").With("string_vocabulary", ["age", "height", "weight"]);

        return new TestModel("structure_map_in.onnx", "map in",
            "names and numbers in one map; unknown names are ignored", model)
        {
            Examples =
            [
                new Example(
                    [("features", new Map(new[] { "age", "other", "weight" }, [30, 1, 70]))],
                    [("vector", Tensor.Of([30f, 0, 70], 1, 3))]),
            ],
        };
    }

    private static TestModel OptionalIn()
    {
        var model = new OnnxModelBuilder("structure_optional_in");
        var graph = model.Graph
            .Input("maybe", OnnxType.Optional(OnnxType.Tensor(ElementType.Float, "N")))
            .Output("y", ElementType.Float, "N");
        var present = graph.Node("OptionalHasElement", ["maybe"]);
        var given = graph.Subgraph("given").Output("given_value", ElementType.Float, "N");
        given.Node("OptionalGetElement", ["maybe"], "given_value");
        var missing = graph.Subgraph("missing").Output("default_value", ElementType.Float, "N");
        missing.Node("Constant", [], "default_value").With("value", OnnxTensor.Create<float>("", [-1f], 1));
        graph.Node("If", [present], "y").With("then_branch", given).With("else_branch", missing);

        return new TestModel("structure_optional_in.onnx", "optional in", "an input that may be left out", model)
        {
            Examples =
            [
                new Example([("maybe", Tensor.Of([5f, 6], 2))], [("y", Tensor.Of([5f, 6], 2))]),
                new Example([], [("y", Tensor.Of([-1f], 1))]),
            ],
        };
    }

    private static TestModel Overridable()
    {
        var model = new OnnxModelBuilder("structure_overridable");
        var graph = model.Graph
            .Input("x", ElementType.Float, "N")
            .Input("factor", ElementType.Float, 1)
            .Output("y", ElementType.Float, "N");
        graph.Initializer("factor", [10f], 1);
        graph.Node("Mul", ["x", "factor"], "y");

        return new TestModel("structure_overridable.onnx", "input with a default",
            "an initializer that callers may override", model)
        {
            Examples =
            [
                new Example([("x", Tensor.Of([1f, 2], 2))], [("y", Tensor.Of([10f, 20], 2))]),
                new Example(
                    [("x", Tensor.Of([1f, 2], 2)), ("factor", Tensor.Of([3f], 1))], [("y", Tensor.Of([3f, 6], 2))]),
            ],
        };
    }

    private static TestModel External()
    {
        var weight = Arithmetic.Weights(16, 4 * 3);
        var bias = Arithmetic.Weights(17, 3);
        var model = new OnnxModelBuilder("external").Metadata("weights", "in weights.bin");
        var graph = model.Graph.Input("x", ElementType.Float, "N", 4).Output("y", ElementType.Float, "N", 3);
        graph.Node("Gemm",
            [
                "x",
                graph.ExternalInitializer("weights.bin", "weight", weight, 4, 3),
                graph.ExternalInitializer("weights.bin", "bias", bias, 3),
            ],
            "y");

        var x = Arithmetic.Weights(18, 8);
        var y = Arithmetic.AddToRows(Arithmetic.MatMul(Arithmetic.Wide(x), weight, 4), bias);
        return new TestModel("external/model.onnx", "external data", "weights in a file next to the model", model)
        {
            Batchable = true,
            Examples = [new Example([("x", Tensor.Of(x, 2, 4))], [("y", Tensor.Of(Arithmetic.Narrow(y), 2, 3))])],
        };
    }

    private static TestModel LocalFunction()
    {
        const string Domain = "fairlead.test";
        var model = new OnnxModelBuilder("structure_function").Opset(Domain, 1);
        model.Function(new FunctionProto
        {
            Name = "AddTwice",
            Domain = Domain,
            Input = { "a", "b" },
            Output = { "sum" },
            OpsetImport = { new OperatorSetIdProto { Version = 21 } },
            Node =
            {
                new NodeProto { OpType = "Add", Input = { "a", "b" }, Output = { "once" } },
                new NodeProto { OpType = "Add", Input = { "once", "b" }, Output = { "sum" } },
            },
        });
        model.Graph
            .Input("x", ElementType.Float, "N").Input("b", ElementType.Float, "N").Output("y", ElementType.Float, "N")
            .Node(Domain, "AddTwice", ["x", "b"], "y");

        return new TestModel("structure_function.onnx", "local function",
            "an operator that the model defines itself", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [("x", Tensor.Of([1f, 2], 2)), ("b", Tensor.Of([10f, 20], 2))], [("y", Tensor.Of([21f, 42], 2))]),
            ],
        };
    }
}
