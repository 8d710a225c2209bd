using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.TestModels;

internal static class ControlFlowModels
{
    public static IEnumerable<TestModel> All() => [Condition(), Loop()];

    private static TestModel Condition()
    {
        var model = new OnnxModelBuilder("control_if");
        var graph = model.Graph.Input("x", ElementType.Float, "N").Output("y", ElementType.Float, "N");
        var sum = graph.Node("ReduceSum", ["x"]).With("keepdims", 0);
        var positive = graph.Node("Greater", [sum, graph.Initializer("zero", [0f])]);
        var doubled = graph.Subgraph("doubled").Output("twice", ElementType.Float, "N");
        doubled.Node("Add", ["x", "x"], "twice");
        var negated = graph.Subgraph("negated").Output("minus", ElementType.Float, "N");
        negated.Node("Neg", ["x"], "minus");
        graph.Node("If", [positive], "y").With("then_branch", doubled).With("else_branch", negated);

        return new TestModel("control_if.onnx", "branch", "two graphs, chosen by the sum over the rows", model)
        {
            Batchable = false,
            Examples =
            [
                new Example([("x", Tensor.Of([3f, -1], 2))], [("y", Tensor.Of([6f, -2], 2))]),
                new Example([("x", Tensor.Of([-3f, 1], 2))], [("y", Tensor.Of([3f, -1], 2))]),
            ],
        };
    }

    private static TestModel Loop()
    {
        var model = new OnnxModelBuilder("control_loop");
        var graph = model.Graph
            .Input("x", ElementType.Float, "N")
            .Input("iterations", ElementType.Int64)
            .Output("y", ElementType.Float, "N");
        var body = graph.Subgraph("body")
            .Input("iteration", ElementType.Int64)
            .Input("go_on", ElementType.Bool)
            .Input("before", ElementType.Float, "N")
            .Output("still_go_on", ElementType.Bool)
            .Output("after", ElementType.Float, "N");
        body.Node("Identity", ["go_on"], "still_go_on");
        var half = body.Node("Mul", ["before", body.Initializer("half", [0.5f])]);
        body.Node("Add", [half, body.Initializer("one", [1f])], "after");
        graph.Node("Loop", ["iterations", "", "x"], "y").With("body", body);

        const int Iterations = 5;
        float[] x = [10, -6, 2];
        var y = x;
        for (var i = 0; i < Iterations; i++)
            y = [.. y.Select(value => (value * 0.5f) + 1)];

        return new TestModel("control_loop.onnx", "loop",
            "runs as long as `iterations` says (a million take seconds): time-outs and cancellation", model)
        {
            Batchable = false,
            Examples =
            [
                new Example(
                    [("x", Tensor.Of(x, 3)), ("iterations", Tensor.Of([(long)Iterations]))], [("y", Tensor.Of(y, 3))]),
            ],
        };
    }
}
