using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.Samples.Credit;

/// <summary>
/// Turns an application into features: missing numbers become the median and missing words the most frequent word of
/// the training rows; each word becomes a column. The same steps exist twice, for training here and inside the ONNX
/// graph for whoever calls the model.
/// </summary>
public sealed class Preparation
{
    private const string Ml = OnnxModelBuilder.MachineLearning;

    /// <summary>Stands for a word that the training rows do not have; it has no column.</summary>
    private const string Unknown = "?";

    private readonly float[] _medians;
    private readonly string[][] _words;
    private readonly string[] _modes;

    public Preparation(IReadOnlyList<Applicant> training)
    {
        _medians = [.. Columns.Numbers.Select((_, i) =>
            Median([.. training.Select(row => row.Numbers[i]).Where(value => !float.IsNaN(value))]))];
        _words = [.. Columns.Words.Select((_, i) => training.Select(row => row.Words[i])
            .Where(word => word.Length > 0).Distinct().Order(StringComparer.Ordinal).ToArray())];
        _modes = [.. Columns.Words.Select((_, i) => training.Select(row => row.Words[i])
            .Where(word => word.Length > 0).CountBy(word => word)
            .OrderByDescending(count => count.Value).ThenBy(count => count.Key, StringComparer.Ordinal).First().Key)];
    }

    public int FeatureCount => _medians.Length + _words.Sum(words => words.Length);

    /// <summary>How many features at the beginning are numbers; the others are 0 or 1.</summary>
    public int NumberCount => _medians.Length;

    public float[] Features(Applicant applicant) =>
    [
        .. applicant.Numbers.Select((value, i) => float.IsNaN(value) ? _medians[i] : value),
        .. applicant.Words.SelectMany((word, i) =>
            _words[i].Select(known => known == (word.Length == 0 ? _modes[i] : word) ? 1f : 0f)),
    ];

    /// <summary>Declares the inputs, adds the same steps to a graph and answers the name of the features.</summary>
    public string AddTo(OnnxGraphBuilder graph)
    {
        foreach (var name in Columns.InFileOrder)
            graph.Input(name, Columns.Words.Contains(name) ? ElementType.String : ElementType.Float, "N", 1);

        var numbers = graph.Node("Concat", [.. Columns.Numbers]).With("axis", 1);
        string filled = graph.Node(Ml, "Imputer", [numbers])
            .With("imputed_value_floats", _medians)
            .With("replaced_value_float", float.NaN);
        return graph.Node("Concat", [filled, .. Columns.Words.Select((name, i) => AddWord(graph, name, i))])
            .With("axis", 1);
    }

    private string AddWord(OnnxGraphBuilder graph, string name, int column)
    {
        var words = _words[column];
        var filled = graph.Node(Ml, "LabelEncoder", [name])
            .With("keys_strings", words.Prepend(""))
            .With("values_strings", words.Prepend(_modes[column]))
            .With("default_string", Unknown);
        var columns = graph.Node(Ml, "OneHotEncoder", [filled]).With("cats_strings", words).With("zeros", 1);
        return graph.Node("Flatten", [columns]).With("axis", 1);
    }

    private static float Median(float[] values)
    {
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
