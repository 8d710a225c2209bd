using Fairlead.Inference.Runtimes.Onnx.Format;

namespace Fairlead.Samples.Ridership;

/// <summary>
/// Riders of a day from calendar and weather, by ridge regression. It is given nothing that grows with the years, as
/// models often are: what it learnt of the first years is all it will ever know.
/// </summary>
public sealed class RidershipModel
{
    private const double Ridge = 1;

    private readonly double[] _weights;

    private RidershipModel(double[] weights) => _weights = weights;

    /// <summary>What the model is told of a day, in this order.</summary>
    public static IReadOnlyList<string> FeatureNames { get; } =
    [
        "constant", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "holiday", "year_sin",
        "year_cos", "half_year_sin", "half_year_cos", "temperature", "temperature_squared", "rain", "snow",
    ];

    public static double[] Features(Day day)
    {
        var turn = 2 * Math.PI * (day.Date.DayOfYear - 1) / 365.25;
        var features = new double[FeatureNames.Count];
        features[0] = 1;
        if (day.Date.DayOfWeek != DayOfWeek.Sunday)
            features[(int)day.Date.DayOfWeek] = 1;
        var warmth = (day.Temperature - 50) / 20;
        double[] rest =
        [
            day.IsHoliday ? 1 : 0, Math.Sin(turn), Math.Cos(turn), Math.Sin(2 * turn), Math.Cos(2 * turn), warmth,
            warmth * warmth, day.Rain * 10, day.Snow,
        ];
        rest.CopyTo(features, 7);
        return features;
    }

    /// <summary>Fits the weights: (XᵀX + λI)w = Xᵀy, the constant without λ.</summary>
    public static RidershipModel Fit(IReadOnlyList<Day> days)
    {
        var size = FeatureNames.Count;
        var (matrix, right) = (new double[size, size], new double[size]);
        foreach (var day in days)
        {
            var x = Features(day);
            for (var i = 0; i < size; i++)
            {
                right[i] += x[i] * day.Riders;
                for (var j = 0; j < size; j++)
                    matrix[i, j] += x[i] * x[j];
            }
        }

        for (var i = 1; i < size; i++)
            matrix[i, i] += Ridge;
        return new(Solve(matrix, right));
    }

    public double Predict(Day day) => Features(day).Zip(_weights, (x, w) => x * w).Sum();

    /// <summary>The model as a graph from <c>features</c>, <c>[N,16]</c>, to <c>riders</c>, <c>[N]</c>.</summary>
    public OnnxModelBuilder ToOnnx()
    {
        var onnx = new OnnxModelBuilder("ridership").Metadata("features", string.Join(',', FeatureNames));
        var graph = onnx.Graph.Input("features", ElementType.Float, "N", FeatureNames.Count);
        var weights = graph.Initializer("weights", [.. _weights.Select(w => (float)w)], FeatureNames.Count, 1);
        var column = graph.Node("MatMul", ["features", weights]);
        graph.Node("Squeeze", [column, graph.Initializer("axis", [1L], 1)], "riders");
        graph.Output("riders", ElementType.Float, "N");
        return onnx;
    }

    /// <summary>Elimination of a positive definite system.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var size = right.Length;
        for (var pivot = 0; pivot < size; pivot++)
        {
            for (var row = pivot + 1; row < size; row++)
            {
                var factor = matrix[row, pivot] / matrix[pivot, pivot];
                for (var column = pivot; column < size; column++)
                    matrix[row, column] -= factor * matrix[pivot, column];
                right[row] -= factor * right[pivot];
            }
        }

        for (var row = size - 1; row >= 0; row--)
        {
            for (var column = row + 1; column < size; column++)
                right[row] -= matrix[row, column] * right[column];
            right[row] /= matrix[row, row];
        }

        return right;
    }
}
