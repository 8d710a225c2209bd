using Fairlead.Inference.Runtimes.Onnx.Format;
using Microsoft.ML.OnnxRuntime;

namespace Fairlead.TestModels;

/// <summary>One model for each number format.</summary>
internal static class NumericTypeModels
{
    private static readonly float[] Weight = Arithmetic.Weights(8, 8);
    private static readonly float[] Rows = [1, -2, 0.5f, 4, 0, 1, 1, -1];

    public static IEnumerable<TestModel> All() => [Halves(), Bfloats(), Doubles(), Integers(), IntegerSum(), Logic()];

    /// <summary>What all the dense layers answer: sums exact in float, which narrower types round once.</summary>
    private static float[] Expected => Arithmetic.Narrow(Arithmetic.MatMul(Arithmetic.Wide(Rows), Weight, 4));

    private static TestModel Halves()
    {
        var model = new OnnxModelBuilder("type_float16");
        var graph = model.Graph.Input("x", ElementType.Float16, "N", 4).Output("y", ElementType.Float16, "N", 2);
        var weight = graph.Initializer("weight", Weight.Select(w => (Half)w).ToArray(), 4, 2);
        graph.Node("MatMul", ["x", weight], "y");

        return new TestModel("type_float16.onnx", "float16", "half precision in, inside and out", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [("x", Tensor.Of(Rows.Select(v => (Float16)v).ToArray(), 2, 4))],
                    [("y", Tensor.Of(Expected.Select(v => (Float16)v).ToArray(), 2, 2))]),
            ],
        };
    }

    private static TestModel Bfloats()
    {
        var model = new OnnxModelBuilder("type_bfloat16");
        var graph = model.Graph.Input("x", ElementType.Bfloat16, "N", 4).Output("y", ElementType.Bfloat16, "N", 2);
        var wide = graph.Node("Cast", ["x"]).With("to", (long)ElementType.Float);
        var product = graph.Node("MatMul", [wide, graph.Initializer("weight", Weight, 4, 2)]);
        graph.Node("Cast", [product], "y").With("to", (long)ElementType.Bfloat16);

        return new TestModel("type_bfloat16.onnx", "bfloat16", "bfloat16 in and out, float inside", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [("x", Tensor.Of(Rows.Select(v => (BFloat16)v).ToArray(), 2, 4))],
                    [("y", Tensor.Of(Expected.Select(v => (BFloat16)v).ToArray(), 2, 2))]),
            ],
        };
    }

    private static TestModel Doubles()
    {
        var model = new OnnxModelBuilder("type_double");
        var graph = model.Graph.Input("x", ElementType.Double, "N", 2).Output("y", ElementType.Double, "N", 1);
        graph.Node("MatMul", ["x", graph.Initializer("weight", [1.0, 1e-12], 2, 1)], "y");

        return new TestModel("type_double.onnx", "float64", "an answer that float would round away", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [("x", Tensor.Of([1.0, 3.0, 0.1, 0], 2, 2))],
                    [("y", Tensor.Of([1.0 + (1e-12 * 3), 0.1], 2, 1))]),
            ],
        };
    }

    private static TestModel Integers()
    {
        (string Name, ElementType Type, Tensor Value)[] columns =
        [
            ("u8", ElementType.Uint8, Tensor.Of([byte.MinValue, byte.MaxValue], 2)),
            ("u16", ElementType.Uint16, Tensor.Of([ushort.MinValue, ushort.MaxValue], 2)),
            ("u32", ElementType.Uint32, Tensor.Of([uint.MinValue, uint.MaxValue], 2)),
            ("u64", ElementType.Uint64, Tensor.Of([ulong.MinValue, ulong.MaxValue], 2)),
            ("i8", ElementType.Int8, Tensor.Of([sbyte.MinValue, sbyte.MaxValue], 2)),
            ("i16", ElementType.Int16, Tensor.Of([short.MinValue, short.MaxValue], 2)),
            ("i32", ElementType.Int32, Tensor.Of([int.MinValue, int.MaxValue], 2)),
            ("i64", ElementType.Int64, Tensor.Of([long.MinValue, long.MaxValue], 2)),
        ];

        var model = new OnnxModelBuilder("type_integers");
        foreach (var (name, type, _) in columns)
        {
            model.Graph.Input(name, type, "N").Output(name + "_out", type, "N");
            model.Graph.Node("Identity", [name], name + "_out");
        }

        return new TestModel("type_integers.onnx", "all integer types",
            "the extremes of each type survive, also those beyond 2^53", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [.. columns.Select(column => (column.Name, (Value)column.Value))],
                    [.. columns.Select(column => (column.Name + "_out", (Value)column.Value))]),
            ],
        };
    }

    private static TestModel IntegerSum()
    {
        var model = new OnnxModelBuilder("type_integer_sum");
        var graph = model.Graph
            .Input("a", ElementType.Int32, "N")
            .Input("b", ElementType.Uint8, "N")
            .Output("sum", ElementType.Int64, "N");
        var left = graph.Node("Cast", ["a"]).With("to", (long)ElementType.Int64);
        var right = graph.Node("Cast", ["b"]).With("to", (long)ElementType.Int64);
        graph.Node("Add", [left, right], "sum");

        return new TestModel("type_integer_sum.onnx", "integers of different width", "casts and integer sums", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [("a", Tensor.Of([-5, int.MaxValue], 2)), ("b", Tensor.Of<byte>([200, 255], 2))],
                    [("sum", Tensor.Of([195, int.MaxValue + 255L], 2))]),
            ],
        };
    }

    private static TestModel Logic()
    {
        var model = new OnnxModelBuilder("type_bool");
        var graph = model.Graph
            .Input("a", ElementType.Bool, "N").Input("b", ElementType.Bool, "N")
            .Output("both", ElementType.Bool, "N").Output("not_a", ElementType.Bool, "N");
        graph.Node("And", ["a", "b"], "both");
        graph.Node("Not", ["a"], "not_a");

        return new TestModel("type_bool.onnx", "bool", "bools in and out", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [("a", Tensor.Of([true, true, false], 3)), ("b", Tensor.Of([true, false, true], 3))],
                    [
                        ("both", Tensor.Of([true, false, false], 3)),
                        ("not_a", Tensor.Of([false, false, true], 3)),
                    ]),
            ],
        };
    }
}
