using Fairlead.Inference.Runtimes.Onnx.Format;
using Microsoft.ML;
using Microsoft.ML.Calibrators;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;

namespace Fairlead.Samples.Credit;

/// <summary>Trains the two versions with ML.NET and writes down what they learnt as ONNX graphs.</summary>
/// <remarks>One thread and one seed: the same rows give the same models.</remarks>
public sealed class Training(IReadOnlyList<Applicant> rows, int seed)
{
    private readonly MLContext _context = new(seed);
    private readonly Preparation _preparation = new(rows);

    /// <summary>A logistic regression on features of mean 0 and deviation 1.</summary>
    public CreditModel Logistic() => Logistic("logistic", isScaled: true);

    /// <summary>
    /// The same regression, exported without its scaling: a mistake that is easily made and that no test of the file
    /// shows, kept so that its way through a rollout can be watched.
    /// </summary>
    public OnnxModelBuilder Unscaled() => Logistic("unscaled", isScaled: false).Onnx;

    private CreditModel Logistic(string name, bool isScaled)
    {
        const float Ridge = 1f;
        var scaling = Scaling.Of([.. rows.Select(_preparation.Features)], _preparation.NumberCount);
        var trainer = _context.BinaryClassification.Trainers.LbfgsLogisticRegression(
            new LbfgsLogisticRegressionBinaryTrainer.Options
            {
                L1Regularization = 0,
                L2Regularization = Ridge,
                NumberOfThreads = 1,
                OptimizationTolerance = 1e-7f,
            });
        float[] Features(Applicant row) => scaling.Apply(_preparation.Features(row));
        var trained = trainer.Fit(Data(rows, Features));
        var linear = trained.Model.SubModel;

        var onnx = Begin(name);
        var features = _preparation.AddTo(onnx.Graph);
        string scaled = isScaled
            ? onnx.Graph.Node(OnnxModelBuilder.MachineLearning, "Scaler", [features])
                .With("offset", scaling.Offset)
                .With("scale", scaling.Scale)
            : features;
        var logit = onnx.Graph.Node("Gemm",
            [
                scaled,
                onnx.Graph.Initializer("weights", linear.Weights.ToArray(), linear.Weights.Count, 1),
                onnx.Graph.Initializer("bias", [linear.Bias], 1),
            ]);
        CreditModel.AddOutputs(onnx.Graph, Calibrated(onnx.Graph, logit, trained.Model.Calibrator));

        return new CreditModel(
            name,
            "logistic regression (ML.NET, L-BFGS)",
            new Dictionary<string, double> { ["l1Regularization"] = 0, ["l2Regularization"] = Ridge },
            Ask(trained, Features),
            onnx);
    }

    /// <summary>Gradient-boosted trees.</summary>
    public CreditModel Boosted()
    {
        var options = new FastTreeBinaryTrainer.Options
        {
            NumberOfTrees = 120,
            NumberOfLeaves = 8,
            MinimumExampleCountPerLeaf = 20,
            LearningRate = 0.07,
            NumberOfThreads = 1,
            Seed = seed,
            FeatureSelectionSeed = seed,
        };
        var trainer = _context.BinaryClassification.Trainers.FastTree(options);
        var trained = trainer.Fit(Data(rows, _preparation.Features));

        var onnx = Begin("boosted");
        var features = _preparation.AddTo(onnx.Graph);
        var score = Trees(trained.Model.SubModel.TrainedTreeEnsemble, onnx.Graph, features);
        CreditModel.AddOutputs(onnx.Graph, Calibrated(onnx.Graph, score, trained.Model.Calibrator));

        return new CreditModel(
            "boosted",
            "gradient-boosted trees (ML.NET, FastTree)",
            new Dictionary<string, double>
            {
                ["trees"] = options.NumberOfTrees,
                ["leaves"] = options.NumberOfLeaves,
                ["minimumExamplesPerLeaf"] = options.MinimumExampleCountPerLeaf,
                ["learningRate"] = options.LearningRate,
            },
            Ask(trained, _preparation.Features),
            onnx);
    }

    private static OnnxModelBuilder Begin(string name) =>
        new OnnxModelBuilder(name).WithMachineLearning().Metadata("classes", string.Join(',', CreditModel.Classes));

    /// <summary>ML.NET's calibration is a straight line through the score, inside a sigmoid.</summary>
    private static string Calibrated(OnnxGraphBuilder graph, string score, PlattCalibrator line)
    {
        var tilted = graph.Node("Mul", [score, graph.Initializer("slope", [(float)-line.Slope])]);
        return graph.Node("Add", [tilted, graph.Initializer("offset", [(float)-line.Offset])]);
    }

    private static string Trees(RegressionTreeEnsemble ensemble, OnnxGraphBuilder graph, string features)
    {
        var trees = new OnnxTreeEnsemble();
        for (var i = 0; i < ensemble.Trees.Count; i++)
        {
            var tree = ensemble.Trees[i];
            var weight = ensemble.TreeWeights[i];

            // In ML.NET a negative child is the complement of a leaf's number; here leaves follow the branches.
            int Child(int child) => child >= 0 ? child : tree.NumberOfNodes + ~child;

            trees.BeginTree();
            for (var node = 0; node < tree.NumberOfNodes; node++)
            {
                trees.Branch(
                    node,
                    tree.NumericalSplitFeatureIndexes[node],
                    tree.NumericalSplitThresholds[node],
                    Child(tree.LeftChild[node]),
                    Child(tree.RightChild[node]));
            }

            for (var leaf = 0; leaf < tree.NumberOfLeaves; leaf++)
                trees.Leaf(tree.NumberOfNodes + leaf, (float)(weight * tree.LeafValues[leaf]));
        }

        return trees.AddRegressor(graph, features, targets: 1, baseValues: [(float)ensemble.Bias]);
    }

    private IDataView Data(IEnumerable<Applicant> applicants, Func<Applicant, float[]> features) =>
        _context.Data.LoadFromEnumerable(
            applicants.Select(row => new Example { Label = row.IsBad, Features = features(row) }), Schema());

    private Func<IReadOnlyList<Applicant>, float[]> Ask(ITransformer trained, Func<Applicant, float[]> features) =>
        applicants => [.. trained.Transform(Data(applicants, features)).GetColumn<float>("Probability")];

    private SchemaDefinition Schema()
    {
        var schema = SchemaDefinition.Create(typeof(Example));
        schema[nameof(Example.Features)].ColumnType =
            new VectorDataViewType(NumberDataViewType.Single, _preparation.FeatureCount);
        return schema;
    }

    private sealed class Example
    {
        public bool Label { get; set; }

        public float[] Features { get; set; } = [];
    }
}
