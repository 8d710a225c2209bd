namespace Fairlead.Inference.Runtimes.Onnx.Format;

/// <summary>
/// Collects decision trees and writes them as one node. Nodes of a tree are numbered from its root, which is 0; a row
/// goes to the true side where its feature is less than or equal to the threshold.
/// </summary>
public sealed class OnnxTreeEnsemble
{
    private readonly List<long> _trees = [];
    private readonly List<long> _nodes = [];
    private readonly List<long> _features = [];
    private readonly List<float> _thresholds = [];
    private readonly List<string> _modes = [];
    private readonly List<long> _whenTrue = [];
    private readonly List<long> _whenFalse = [];
    private readonly List<long> _leafTrees = [];
    private readonly List<long> _leafNodes = [];
    private readonly List<long> _leafTargets = [];
    private readonly List<float> _leafWeights = [];
    private long _tree = -1;

    /// <summary>
    /// The greatest float that is not above a threshold. For every float x, x &lt;= threshold exactly when
    /// x &lt;= this; rounding to the nearest float would send some rows to the other side.
    /// </summary>
    public static float RoundDown(double threshold)
    {
        var nearest = (float)threshold;
        return nearest > threshold ? float.BitDecrement(nearest) : nearest;
    }

    public OnnxTreeEnsemble BeginTree()
    {
        _tree++;
        return this;
    }

    /// <summary>Adds an inner node. The threshold is rounded down (<see cref="RoundDown"/>).</summary>
    public OnnxTreeEnsemble Branch(int node, int feature, double threshold, int whenTrue, int whenFalse)
    {
        Add("BRANCH_LEQ", node, feature, RoundDown(threshold), whenTrue, whenFalse);
        return this;
    }

    /// <param name="node">The number of the node in its tree.</param>
    /// <param name="weights">What the leaf adds to each target or class.</param>
    public OnnxTreeEnsemble Leaf(int node, params ReadOnlySpan<float> weights)
    {
        Add("LEAF", node, 0, 0, 0, 0);
        for (var target = 0; target < weights.Length; target++)
        {
            _leafTrees.Add(_tree);
            _leafNodes.Add(node);
            _leafTargets.Add(target);
            _leafWeights.Add(weights[target]);
        }

        return this;
    }

    /// <summary>Adds the sum of the trees: <c>[N, features]</c> to <c>[N, targets]</c>.</summary>
    public OnnxNodeBuilder AddRegressor(
        OnnxGraphBuilder graph, string input, int targets, float[]? baseValues = null, string? output = null)
    {
        var node = AddTrees(graph, "TreeEnsembleRegressor", input, output is null ? [] : [output])
            .With("n_targets", targets)
            .With("target_treeids", _leafTrees)
            .With("target_nodeids", _leafNodes)
            .With("target_ids", _leafTargets)
            .With("target_weights", _leafWeights);
        return baseValues is null ? node : node.With("base_values", baseValues);
    }

    /// <summary>Adds a classifier with the outputs label <c>[N]</c> and scores <c>[N, classes]</c>.</summary>
    public OnnxNodeBuilder AddClassifier(
        OnnxGraphBuilder graph, string input, string label, string scores, string postTransform = "NONE") =>
        AddTrees(graph, "TreeEnsembleClassifier", input, [label, scores])
            .With("post_transform", postTransform)
            .With("class_treeids", _leafTrees)
            .With("class_nodeids", _leafNodes)
            .With("class_ids", _leafTargets)
            .With("class_weights", _leafWeights);

    private OnnxNodeBuilder AddTrees(OnnxGraphBuilder graph, string op, string input, string[] outputs) =>
        graph.Node(OnnxModelBuilder.MachineLearning, op, [input], outputs)
            .With("nodes_treeids", _trees)
            .With("nodes_nodeids", _nodes)
            .With("nodes_featureids", _features)
            .With("nodes_values", _thresholds)
            .With("nodes_modes", _modes)
            .With("nodes_truenodeids", _whenTrue)
            .With("nodes_falsenodeids", _whenFalse);

    private void Add(string mode, int node, int feature, float threshold, int whenTrue, int whenFalse)
    {
        if (_tree < 0)
            throw new InvalidOperationException($"{nameof(BeginTree)} comes before the nodes of a tree.");

        _trees.Add(_tree);
        _nodes.Add(node);
        _features.Add(feature);
        _thresholds.Add(threshold);
        _modes.Add(mode);
        _whenTrue.Add(whenTrue);
        _whenFalse.Add(whenFalse);
    }
}
