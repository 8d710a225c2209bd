using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.TestModels;

internal static class TextModels
{
    public static IEnumerable<TestModel> All() => [Sentiment(), StopWords(), Echo()];

    private static TestModel Sentiment()
    {
        var model = new OnnxModelBuilder("text_sentiment").WithMachineLearning();
        var graph = model.Graph
            .Input("text", ElementType.String, "N")
            .Output("label", ElementType.String, "N")
            .Output("score", ElementType.Float, "N", 1);
        var lower = graph.Node("StringNormalizer", ["text"])
            .With("case_change_action", "LOWER").With("is_case_sensitive", 1).With("locale", "C");
        graph.Node("StringSplit", [lower], "words", "word_counts");

        // Three words, then one pair of words.
        var counts = graph.Node("TfIdfVectorizer", ["words"])
            .With("mode", "TF").With("min_gram_length", 1).With("max_gram_length", 2).With("max_skip_count", 0)
            .With("ngram_counts", [0L, 3L]).With("ngram_indexes", [0L, 1L, 2L, 3L])
            .With("pool_strings", ["good", "bad", "film", "not", "good"]);
        var weights = graph.Initializer("weights", [1f, -2f, 0.25f, -3f], 4, 1);
        graph.Node("MatMul", [counts, weights], "score");
        var positive = graph.Node("Greater", ["score", graph.Initializer("zero", [0f])]);
        var flat = graph.Node("Reshape", [positive, graph.Initializer("flat", [-1L], 1)]);
        graph.Node("Where",
            [
                flat,
                graph.Initializer(OnnxTensor.CreateStrings("yes", ["positive"])),
                graph.Initializer(OnnxTensor.CreateStrings("no", ["negative"])),
            ],
            "label");

        string[] texts = ["A GOOD good film", "not good", "bad film, bad"];
        float[] scores = [1 + 1 + 0.25f, 1 - 3, -2 - 2];
        return new TestModel("text_sentiment.onnx", "text classifier",
            "one string a row; lower case, split, counts of words and word pairs", model)
        {
            Batchable = true,
            Examples =
            [
                new Example(
                    [("text", Tensor.Of(texts, 3))],
                    [
                        ("label", Tensor.Of(["positive", "negative", "negative"], 3)),
                        ("score", Tensor.Of(scores, 3, 1)),
                    ]),
            ],
        };
    }

    private static TestModel StopWords()
    {
        var model = new OnnxModelBuilder("text_stop_words");
        var graph = model.Graph.Input("words", ElementType.String, "words").Output("kept", ElementType.String, "kept");
        graph.Node("StringNormalizer", ["words"], "kept")
            .With("case_change_action", "UPPER").With("is_case_sensitive", 0)
            .With("stopwords", ["the", "of"]).With("locale", "C");

        return new TestModel("text_stop_words.onnx", "text filter",
            "strings out; fewer answers than inputs", model)
        {
            Batchable = false,
            Examples =
            [
                new Example(
                    [("words", Tensor.Of(["The", "lord", "of", "the", "ring"], 5))],
                    [("kept", Tensor.Of(["LORD", "RING"], 2))]),
            ],
        };
    }

    private static TestModel Echo()
    {
        var model = new OnnxModelBuilder("text_echo");
        var graph = model.Graph
            .Input("text", ElementType.String, "N", "M")
            .Output("echo", ElementType.String, "N", "M");
        graph.Node("Identity", ["text"], "echo");

        string[] texts = ["", "plain", "größe 日本 🚢", "\"quoted\"\\ \t"];
        return new TestModel("text_echo.onnx", "strings in, strings out",
            "empty, non-ASCII, quoted and escaped strings survive", model)
        {
            Batchable = true,
            Examples = [new Example([("text", Tensor.Of(texts, 2, 2))], [("echo", Tensor.Of(texts, 2, 2))])],
        };
    }
}
