namespace Fairlead.TestModels;

/// <summary>The mathematics behind the expected answers, in double and in plain loops.</summary>
internal static class Arithmetic
{
    /// <summary>Weights in [-1, 1) that every number format down to bfloat16 holds exactly.</summary>
    public static float[] Weights(int seed, int count)
    {
        var state = (uint)seed;
        var weights = new float[count];
        for (var i = 0; i < count; i++)
        {
            state = unchecked((state * 1664525) + 1013904223);
            weights[i] = ((int)(state >> 26) - 32) / 32f;
        }

        return weights;
    }

    /// <summary><c>[rows, inner] x [inner, columns]</c></summary>
    public static double[] MatMul(double[] left, float[] right, int inner)
    {
        var rows = left.Length / inner;
        var columns = right.Length / inner;
        var product = new double[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                for (var k = 0; k < inner; k++)
                    product[(row * columns) + column] += left[(row * inner) + k] * right[(k * columns) + column];
            }
        }

        return product;
    }

    public static double[] AddToRows(double[] matrix, float[] row) =>
        [.. matrix.Select((value, i) => value + row[i % row.Length])];

    public static double[] Relu(double[] values) => [.. values.Select(value => Math.Max(value, 0))];

    public static double[] Softmax(double[] matrix, int columns) =>
        [.. matrix.Chunk(columns).SelectMany(row => row.Select(v => Math.Exp(v) / row.Sum(Math.Exp)))];

    public static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));

    public static int ArgMax(double[] row) => Array.IndexOf(row, row.Max());

    public static double[] Wide(float[] values) => [.. values.Select(value => (double)value)];

    public static float[] Narrow(double[] values) => [.. values.Select(value => (float)value)];
}
