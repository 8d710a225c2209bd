using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.Samples.Moderation;

/// <summary>One regression for each kind of content, in the order of <see cref="PostGenerator.Kinds"/>.</summary>
/// <param name="Name">The name of its folder.</param>
/// <param name="Trainer">The method, in words.</param>
/// <param name="Columns">The regressions; the same one may stand for several kinds.</param>
public sealed record ModerationModel(string Name, string Trainer, IReadOnlyList<Regression> Columns)
{
    private const string Classes = "fine,toxic";

    /// <summary>
    /// Writes the graph: words of the text are counted, each kind's regression gives a logit, and the post's kind
    /// chooses among them.
    /// </summary>
    public OnnxModelBuilder ToOnnx(IReadOnlyList<string> vocabulary)
    {
        var model = new OnnxModelBuilder($"moderation_{Name}").WithMachineLearning().Metadata("classes", Classes);
        var graph = model.Graph.Input("text", ElementType.String, "N").Input("kind", ElementType.String, "N");
        var lower = graph.Node("StringNormalizer", ["text"])
            .With("case_change_action", "LOWER").With("is_case_sensitive", 1).With("locale", "C");
        graph.Node("StringSplit", [lower], "words", "word_counts");
        var counts = graph.Node("TfIdfVectorizer", ["words"])
            .With("mode", "TF").With("min_gram_length", 1).With("max_gram_length", 1).With("max_skip_count", 0)
            .With("ngram_counts", [0L])
            .With("ngram_indexes", Enumerable.Range(0, vocabulary.Count).Select(i => (long)i))
            .With("pool_strings", vocabulary);
        var kinds = Columns.Count;
        float[] weights = [.. Enumerable.Range(0, vocabulary.Count)
            .SelectMany(word => Columns.Select(column => (float)column.Weights[word]))];
        var products = graph.Node("MatMul", [counts, graph.Initializer("weights", weights, vocabulary.Count, kinds)]);
        float[] biases = [.. Columns.Select(column => (float)column.Bias)];
        var logits = graph.Node("Add", [products, graph.Initializer("biases", biases, kinds)]);

        var place = graph.Node(OnnxModelBuilder.MachineLearning, "LabelEncoder", ["kind"])
            .With("keys_strings", PostGenerator.Kinds)
            .With("values_int64s", Enumerable.Range(0, kinds).Select(i => (long)i))
            .With("default_int64", 0);
        var chosen = graph.Node("OneHot",
            [place, graph.Initializer("kinds", [(long)kinds], 1), graph.Initializer("no_yes", [0f, 1f], 2)]);
        var own = graph.Node("ReduceSum",
            [graph.Node("Mul", [logits, chosen]), graph.Initializer("columns", [1L], 1)]).With("keepdims", 1);

        var toxic = graph.Node("Sigmoid", [own]);
        var fine = graph.Node("Sub", [graph.Initializer("certain", [1f]), toxic]);
        graph.Node("Concat", [fine, toxic], "probabilities").With("axis", 1);
        var best = graph.Node("ArgMax", ["probabilities"]).With("axis", 1).With("keepdims", 0);
        graph.Node(OnnxModelBuilder.MachineLearning, "LabelEncoder", [best], "label")
            .With("keys_int64s", [0L, 1L]).With("values_strings", Classes.Split(','));
        graph.Output("label", ElementType.String, "N").Output("probabilities", ElementType.Float, "N", 2);
        return model;
    }

    /// <summary>The probability that a post is toxic, computed without the graph.</summary>
    public double Ask(IReadOnlyList<string> vocabulary, Post post)
    {
        var column = Columns[PostGenerator.Kinds.ToList().IndexOf(post.Kind)];
        var logit = column.Bias
            + post.Words.Sum(word => vocabulary.ToList().IndexOf(word) is >= 0 and var at ? column.Weights[at] : 0);
        return 1 / (1 + Math.Exp(-logit));
    }
}
