using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.TestModels;

/// <summary>Rows of named columns, as classical machine learning exports them.</summary>
internal static class TabularModels
{
    private const string Ml = OnnxModelBuilder.MachineLearning;

    public static IEnumerable<TestModel> All() =>
        [PipelineWithStringLabels(), PipelineWithIntegerLabels(), ScalarColumns(), LinearRegressor()];

    private static TestModel PipelineWithStringLabels()
    {
        string[] colors = ["blue", "green", "red"];
        string[] sizes = ["S", "M", "L"];
        string[] labels = ["apple", "grape", "plum"];
        var coefficients = Arithmetic.Weights(1, 15);
        var intercepts = Arithmetic.Weights(2, 3);

        var model = new OnnxModelBuilder("pipeline_string_labels").WithMachineLearning();
        var graph = model.Graph
            .Input("color", ElementType.String, "N", 1)
            .Input("size", ElementType.String, "N", 1)
            .Input("weight", ElementType.Float, "N", 1)
            .Output("label", ElementType.String, "N")
            .Output("probability", OnnxType.Sequence(
                OnnxType.Map(ElementType.String, OnnxType.TensorOfAnyRank(ElementType.Float))));
        var hot = graph.Node(Ml, "OneHotEncoder", ["color"]).With("cats_strings", colors).With("zeros", 1);
        var flat = graph.Node("Flatten", [hot]).With("axis", 1);
        var size = graph.Node(Ml, "LabelEncoder", ["size"])
            .With("keys_strings", sizes).With("values_floats", [0f, 1f, 2f]).With("default_float", -1f);
        var weight = graph.Node(Ml, "Scaler", ["weight"]).With("offset", [150f]).With("scale", [0.02f]);
        var features = graph.Node("Concat", [flat, size, weight]).With("axis", 1);
        graph.Node(Ml, "LinearClassifier", [features], "label", "scores")
            .With("coefficients", coefficients).With("intercepts", intercepts)
            .With("classlabels_strings", labels).With("multi_class", 1).With("post_transform", "SOFTMAX");
        var normal = graph.Node(Ml, "Normalizer", ["scores"]).With("norm", "L1");
        graph.Node(Ml, "ZipMap", [normal], "probability").With("classlabels_strings", labels);

        (string Color, string Size, float Weight)[] rows = [("red", "S", 180), ("green", "L", 5), ("pink", "XL", 90)];
        var scores = rows.Select(row =>
        {
            double[] x =
            [
                .. colors.Select(color => color == row.Color ? 1.0 : 0.0),
                Array.IndexOf(sizes, row.Size),
                (row.Weight - 150) * 0.02,
            ];
            var z = intercepts.Select((b, c) => b + x.Select((value, i) => value * coefficients[(c * 5) + i]).Sum());
            return Arithmetic.Softmax([.. z], 3);
        }).ToArray();

        return new TestModel("pipeline_string_labels.onnx", "scikit-learn pipeline",
            "string columns; one-hot, label encoder, scaler; probabilities as maps with string keys", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [
                        ("color", Tensor.Of(rows.Select(row => row.Color).ToArray(), 3, 1)),
                        ("size", Tensor.Of(rows.Select(row => row.Size).ToArray(), 3, 1)),
                        ("weight", Tensor.Of(rows.Select(row => row.Weight).ToArray(), 3, 1)),
                    ],
                    [
                        ("label", Tensor.Of(scores.Select(row => labels[Arithmetic.ArgMax(row)]).ToArray(), 3)),
                        ("probability", new Sequence(
                            [.. scores.Select(row => new Map(labels, Arithmetic.Narrow(row)))])),
                    ]),
            ],
        };
    }

    private static TestModel PipelineWithIntegerLabels()
    {
        var coefficients = Arithmetic.Weights(3, 4);
        const float Intercept = 0.25f;
        float[] offset = [5.8f, 3.1f, 3.8f, 1.2f];
        float[] scale = [1.25f, 2.25f, 0.5f, 1.5f];

        var model = new OnnxModelBuilder("pipeline_integer_labels").WithMachineLearning();
        var graph = model.Graph
            .Input("float_input", ElementType.Float, "", 4)
            .Output("output_label", ElementType.Int64, "")
            .Output("output_probability", OnnxType.Sequence(
                OnnxType.Map(ElementType.Int64, OnnxType.TensorOfAnyRank(ElementType.Float))));
        var scaled = graph.Node(Ml, "Scaler", ["float_input"]).With("offset", offset).With("scale", scale);
        graph.Node(Ml, "LinearClassifier", [scaled], "output_label", "scores")
            .With("coefficients", [.. coefficients.Select(c => -c), .. coefficients])
            .With("intercepts", [-Intercept, Intercept])
            .With("classlabels_ints", [0L, 1L]).With("multi_class", 1).With("post_transform", "LOGISTIC");
        var normal = graph.Node(Ml, "Normalizer", ["scores"]).With("norm", "L1");
        graph.Node(Ml, "ZipMap", [normal], "output_probability").With("classlabels_int64s", [0L, 1L]);

        float[] rows = [5.1f, 3.5f, 1.4f, 0.2f, 6.7f, 3f, 5.2f, 2.3f];
        var positive = rows.Chunk(4).Select(row => Arithmetic.Sigmoid(
            Intercept + row.Select((x, i) => (x - offset[i]) * scale[i] * (double)coefficients[i]).Sum())).ToArray();

        return new TestModel("pipeline_integer_labels.onnx", "scikit-learn pipeline",
            "one matrix of floats with an unnamed free dimension; probabilities as maps with integer keys", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [("float_input", Tensor.Of(rows, 2, 4))],
                    [
                        ("output_label", Tensor.Of(positive.Select(p => p > 0.5 ? 1L : 0L).ToArray(), 2)),
                        ("output_probability", new Sequence(
                            [.. positive.Select(p => new Map(new long[] { 0, 1 }, [(float)(1 - p), (float)p]))])),
                    ]),
            ],
        };
    }

    private static TestModel ScalarColumns()
    {
        string[] countries = ["DE", "FR", "PL"];
        float[] coefficients = [0.5f, 0.001f, 2f, 10f, 20f, 30f, 100f];

        var model = new OnnxModelBuilder("scalar_columns").WithMachineLearning();
        var graph = model.Graph
            .Input("age", ElementType.Float, "N", 1)
            .Input("income", ElementType.Double, "N", 1)
            .Input("visits", ElementType.Int64, "N", 1)
            .Input("country", ElementType.String, "N", 1)
            .Input("member", ElementType.Bool, "N", 1)
            .Output("spend", ElementType.Float, "N", 1);
        string Number(string name) => graph.Node("Cast", [name]).With("to", (long)ElementType.Float);
        var filled = graph.Node(Ml, "Imputer", ["age"])
            .With("imputed_value_floats", [40f]).With("replaced_value_float", float.NaN);
        var hot = graph.Node(Ml, "OneHotEncoder", ["country"]).With("cats_strings", countries).With("zeros", 1);
        var country = graph.Node("Flatten", [hot]).With("axis", 1);
        var features = graph.Node("Concat", [filled, Number("income"), Number("visits"), country, Number("member")])
            .With("axis", 1);
        graph.Node(Ml, "LinearRegressor", [features], "spend")
            .With("coefficients", coefficients).With("intercepts", [1f]);

        static float Spend(double age, double income, long visits, double country, bool member) =>
            (float)(1 + (0.5 * age) + (0.001 * income) + (2 * visits) + country + (member ? 100 : 0));

        return new TestModel("scalar_columns.onnx", "regressor on named columns",
            "one `[N,1]` input a column, of float, double, integer, string and bool; a missing age (NaN) is imputed",
            model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [
                        ("age", Tensor.Of([30f, float.NaN], 2, 1)),
                        ("income", Tensor.Of([42_000.0, 0], 2, 1)),
                        ("visits", Tensor.Of([7L, 0], 2, 1)),
                        ("country", Tensor.Of(["PL", ""], 2, 1)),
                        ("member", Tensor.Of([true, false], 2, 1)),
                    ],
                    [("spend", Tensor.Of([Spend(30, 42_000, 7, 30, true), Spend(40, 0, 0, 0, false)], 2, 1))]),
            ],
        };
    }

    private static TestModel LinearRegressor()
    {
        var model = new OnnxModelBuilder("linear_regressor").WithMachineLearning();
        var graph = model.Graph.Input("x", ElementType.Float, "N", 3).Output("y", ElementType.Float, "N", 1);
        graph.Node(Ml, "LinearRegressor", ["x"], "y")
            .With("coefficients", [2f, -1f, 0.5f]).With("intercepts", [10f]);

        return new TestModel("linear_regressor.onnx", "linear regressor", "the smallest useful model", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [("x", Tensor.Of([1f, 2, 3, 4, 5, 6], 2, 3))],
                    [("y", Tensor.Of([10f + 2 - 2 + 1.5f, 10f + 8 - 5 + 3], 2, 1))]),
                new Example([("x", Tensor.Of<float>([], 0, 3))], [("y", Tensor.Of<float>([], 0, 1))]),
            ],
        };
    }
}
